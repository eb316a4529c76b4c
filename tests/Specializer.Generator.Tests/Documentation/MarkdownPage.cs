using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Specializer.TestKit;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>A page for readers: what it links to, and its blocks of C#.</summary>
/// <param name="path">The page, from the repository's root, with slashes.</param>
internal sealed partial class MarkdownPage(string path)
{
    private readonly string _text = RepositoryFiles.Read(path.Split('/'));

    /// <summary>Every page but those of diagnostics, which have tests of their own.</summary>
    public static IEnumerable<string> All =>
        Directory
            .EnumerateFiles(Path.Combine(RepositoryFiles.Root, "docs"), "*.md")
            .Select(static file => "docs/" + Path.GetFileName(file))
            .Concat([
                "README.md",
                "CONTRIBUTING.md",
                "docs/diagnostics/README.md",
                "runtime/Specializer.Tool/README.md",
                "runtime/Specializer.Templates/README.md",
            ])
            .Order(System.StringComparer.Ordinal);

    /// <summary>The targets of links within the repository: file and, if given, heading.</summary>
    public IEnumerable<(string File, string Heading)> Links =>
        Link()
            .Matches(OutsideOfBlocks())
            .Select(static match => (File: match.Groups[1].Value, Heading: match.Groups[2].Value))
            .Where(static link => !link.File.Contains("://", System.StringComparison.Ordinal));

    public IEnumerable<string> CSharpBlocks => CSharpBlock().Matches(_text).Select(static match => match.Groups[1].Value);

    public IEnumerable<string> Headings => HeadingLine().Matches(_text).Select(static match => Anchor(match.Groups[1].Value));

    public string Text => _text;

    private string OutsideOfBlocks() => AnyBlock().Replace(_text, "");

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(static character => char.IsLetterOrDigit(character) || character is ' ' or '-'))
            .Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)#\s]*)(?:#([^)]*))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"```.*?```", RegexOptions.Singleline)]
    private static partial Regex AnyBlock();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingLine();
}
