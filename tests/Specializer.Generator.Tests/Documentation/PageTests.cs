using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Specializer.Generator.Diagnostics;
using Specializer.Generator.Tests.Diagnostics;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>The links of pages have targets, and their examples compile.</summary>
[Feature("documentation")]
public sealed class PageTests
{
    public static TheoryData<string> Pages => [.. MarkdownPage.All];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string page) =>
        Assert.All(
            new MarkdownPage(page).Links,
            link =>
            {
                string target =
                    link.File.Length == 0
                        ? page
                        : Path.GetRelativePath(
                                RepositoryFiles.Root,
                                Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(page)!, link.File)
                            )
                            .Replace('\\', '/');
                Assert.True(Path.Exists(Path.Combine(RepositoryFiles.Root, target)), $"{page} links to {link.File}, which does not exist.");
                Assert.True(
                    link.Heading.Length == 0 || new MarkdownPage(target).Headings.Contains(link.Heading),
                    $"{page} links to #{link.Heading} of {target}, which has no such heading."
                );
            }
        );

    [Theory]
    [MemberData(nameof(Pages))]
    public void Blocks_of_CSharp_compile(string page)
    {
        string[] blocks = [.. new MarkdownPage(page).CSharpBlocks];
        Assert.Empty(blocks.Length == 0 ? [] : Snippets.Errors(blocks));
    }

    [Fact]
    public void A_block_that_does_not_compile_is_found() => Assert.NotEmpty(Snippets.Errors(["session.Prefill(promt);"]));

    [Fact]
    public void Every_option_is_on_the_page_of_declarations()
    {
        string page = new MarkdownPage("docs/declaring-a-model.md").Text;
        var attributes = typeof(TransformerAttribute)
            .Assembly.GetExportedTypes()
            .Where(static type => typeof(Attribute).IsAssignableFrom(type));
        Assert.All(
            attributes,
            type =>
            {
                Assert.Contains("`[" + type.Name[..^"Attribute".Length] + "(", page, StringComparison.Ordinal);
                Assert.All(
                    type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly),
                    property => Assert.Matches(@"[`(, ]" + property.Name + @"[`), ]", page)
                );
            }
        );
    }

    [Fact]
    public void Every_diagnostic_is_on_the_page_of_declarations() =>
        Assert.All(
            DiagnosticDescriptors.All,
            static descriptor =>
                Assert.Contains(
                    $"[{descriptor.Id}](diagnostics/{descriptor.Id}.md)",
                    RepositoryFiles.Read("docs", "declaring-a-model.md"),
                    StringComparison.Ordinal
                )
        );

    /// <summary>Every diagnostic of the package's targets has its own page, like those of the analyzer.</summary>
    [Fact]
    public void Every_code_of_the_targets_has_a_page()
    {
        string task = RepositoryFiles.Read("runtime", "Specializer.Text.Build", "CheckChatTemplates.cs");
        Assert.Contains("\"SPZ9007\"", task, StringComparison.Ordinal);
        Assert.Contains("/docs/diagnostics/SPZ9007.md\"", task, StringComparison.Ordinal);
        IReadOnlyList<Match> errors = Regex.Matches(
            RepositoryFiles.Read("runtime", "Specializer", "Package", "Specializer.targets"),
            "<(?:Error|Warning) Code=\"(SPZ9[0-9]+)\" HelpLink=\"[^\"]*/docs/diagnostics/(SPZ9[0-9]+).md\""
        );
        Assert.Equal(
            DiagnosticPage.OfTheTargets.Except(["SPZ9007"]),
            errors.Select(static error => error.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.All(
            errors,
            static error =>
            {
                string id = error.Groups[1].Value;
                var page = new DiagnosticPage(id);
                Assert.Equal(id, error.Groups[2].Value);
                Assert.StartsWith($"# {id}: ", page.Title, StringComparison.Ordinal);
                Assert.Equal(["Broken", "Fixed", "See also"], page.Sections);
                Assert.Contains(
                    $"| [{id}]({id}.md) | {page.Title[(id.Length + 4)..]} |",
                    RepositoryFiles.Read("docs", "diagnostics", "README.md"),
                    StringComparison.Ordinal
                );
                Assert.Contains(
                    $"| [{id}](diagnostics/{id}.md) |",
                    RepositoryFiles.Read("docs", "declaring-a-model.md"),
                    StringComparison.Ordinal
                );
            }
        );
    }

    /// <summary>The example in the documentation of a generated class is one that a reader can paste.</summary>
    [Theory]
    [InlineData("smollm", "IDecoderSession")]
    [InlineData("minilm", "IEncoderSession<TokenInput>")]
    [InlineData("t5", "ISequenceToSequenceSession<TokenInput>")]
    [InlineData("whisper", "ISequenceToSequenceSession<LogMelInput>")]
    [InlineData("vit", "IEncoderSession<ImageInput>")]
    public void The_example_of_a_generated_class_compiles(string model, string session)
    {
        string declaration = $"using Specializer;\n[Transformer(\"models/{model}/config.json\")]\npublic sealed partial class Example;";
        string text = Snippets
            .Generated(declaration)
            .Files.Single(static file => file.Key.EndsWith(".Model.g.cs", StringComparison.Ordinal))
            .Value;
        Assert.Contains("public Session CreateSession(", text, StringComparison.Ordinal);
        Assert.Contains(
            "global::Specializer." + session.Replace("<", "<global::Specializer.", StringComparison.Ordinal),
            text,
            StringComparison.Ordinal
        );
        string example = Regex
            .Match(text, "<code>(.*?)</code>", RegexOptions.Singleline)
            .Groups[1]
            .Value.Replace("///", "", StringComparison.Ordinal);
        string code = System.Net.WebUtility.HtmlDecode(example);
        Assert.Contains("CreateSession", code, StringComparison.Ordinal);
        Assert.Empty(Snippets.Errors([declaration, code]));
    }

    [Fact]
    public void The_template_names_this_version_of_the_package()
    {
        string version = Regex.Match(RepositoryFiles.Read("Directory.Build.props"), "<Version>(.*?)</Version>").Groups[1].Value;
        string[] pages = ["runtime/Specializer.Templates/content/specializer-model/SpecializerModel.csproj", "docs/getting-started.md"];
        Assert.All(
            pages,
            page =>
                Assert.Contains(
                    $"<PackageReference Include=\"Specializer\" Version=\"{version}\" />",
                    RepositoryFiles.Read(page.Split('/')),
                    StringComparison.Ordinal
                )
        );
    }
}
