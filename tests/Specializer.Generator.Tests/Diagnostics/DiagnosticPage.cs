using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>
/// A page of docs/diagnostics: a title, the meaning of the diagnostic, and the sections Broken, Fixed and See also. A section
/// with an example has a block of C#. It has a block of XML if the project file matters, and a block of JSON if a config.json
/// does.
/// </summary>
internal sealed partial class DiagnosticPage(string id)
{
    private readonly string _text = RepositoryFiles.Read("docs", "diagnostics", id + ".md");

    /// <summary>Diagnostics that the targets of the package, instead of an analyzer, report before the compiler starts.</summary>
    public static IReadOnlyList<string> OfTheTargets { get; } =
    ["SPZ9001", "SPZ9002", "SPZ9003", "SPZ9004", "SPZ9005", "SPZ9006", "SPZ9007"];

    public string Text => _text;

    public string Title => _text[..(_text.IndexOf('\n') + 1)].Trim();

    /// <summary>The headings, in order.</summary>
    public IEnumerable<string> Sections => SectionHeading().Matches(_text).Select(static match => match.Groups[1].Value);

    /// <summary>The example of a section, compiled with the properties of its project file.</summary>
    public CSharpCompilation Example(string section)
    {
        string text = Section(section);
        string code = Assert(CSharpBlock().Match(text), section, "C#");
        Match project = XmlBlock().Match(text);
        var options = new ProjectOptions();
        if (project.Success)
        {
            string properties = project.Groups[1].Value;
            Match version = LanguageVersionProperty().Match(properties);
            options = options with
            {
                Optimization = properties.Contains("<Optimize>false</Optimize>", StringComparison.Ordinal)
                    ? OptimizationLevel.Debug
                    : OptimizationLevel.Release,
                AllowUnsafe = properties.Contains("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", StringComparison.Ordinal),
                LanguageVersion =
                    version.Success && LanguageVersionFacts.TryParse(version.Groups[1].Value, out LanguageVersion parsed)
                        ? parsed
                        : LanguageVersion.Latest,
            };
        }

        return TestProject.Compile(options, code);
    }

    /// <summary>The config.json of a section, if it has one, as the additional file models/small/config.json.</summary>
    public AdditionalText[] AdditionalFiles(string section)
    {
        Match json = JsonBlock().Match(Section(section));
        return json.Success ? [new InMemoryText("/project/models/small/config.json", json.Groups[1].Value)] : [];
    }

    private string Section(string name)
    {
        int start = _text.IndexOf("\n## " + name + "\n", StringComparison.Ordinal);
        if (start < 0)
        {
            throw new InvalidOperationException($"{id}.md has no section '{name}'.");
        }

        int end = _text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? _text[start..] : _text[start..end];
    }

    private string Assert(Match match, string section, string what) =>
        match.Success
            ? match.Groups[1].Value
            : throw new InvalidOperationException($"The section '{section}' of {id}.md has no block of {what}.");

    [GeneratedRegex(@"^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex SectionHeading();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"```xml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex XmlBlock();

    [GeneratedRegex("<LangVersion>(.*?)</LangVersion>")]
    private static partial Regex LanguageVersionProperty();
}
