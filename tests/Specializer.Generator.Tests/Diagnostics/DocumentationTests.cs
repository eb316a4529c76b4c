using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Diagnostics;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Every diagnostic is documented, and its page is correct.</summary>
[Feature("diagnostics")]
[Feature("documentation")]
public sealed class DocumentationTests
{
    public static TheoryData<string> Ids => [.. DiagnosticDescriptors.All.Select(static descriptor => descriptor.Id)];

    public static TheoryData<string> Pages =>
        [.. DiagnosticDescriptors.All.Select(static descriptor => descriptor.Id), .. DiagnosticPage.OfTheTargets];

    [Fact]
    public void Ids_are_distinct_and_in_order() =>
        Assert.Equal(
            Enumerable.Range(1, DiagnosticDescriptors.All.Length).Select(static number => $"SPZ{number:D4}"),
            DiagnosticDescriptors.All.Select(static descriptor => descriptor.Id)
        );

    [Fact]
    public void Every_descriptor_is_listed() =>
        Assert.Equal(
            typeof(DiagnosticDescriptors)
                .GetFields()
                .Select(static field => field.GetValue(null))
                .OfType<DiagnosticDescriptor>()
                .OrderBy(static descriptor => descriptor.Id),
            DiagnosticDescriptors.All
        );

    [Theory]
    [MemberData(nameof(Ids))]
    public void Descriptor_has_a_row_in_the_release_tracking(string id)
    {
        DiagnosticDescriptor descriptor = Descriptor(id);
        string[] rows =
        [
            .. new[] { "AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md" }
                .SelectMany(static file => RepositoryFiles.Read("generator", "Specializer.Generator", file).Split('\n'))
                .Where(row => row.StartsWith(id, StringComparison.Ordinal)),
        ];
        Assert.Equal($"{id} | {descriptor.Category} | {descriptor.DefaultSeverity} | {descriptor.Title}", Assert.Single(rows));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Descriptor_has_a_page(string id)
    {
        var page = new DiagnosticPage(id);
        Assert.Equal($"# {id}: {Descriptor(id).Title}", page.Title);
        Assert.Equal(["Broken", "Fixed", "See also"], page.Sections);
        Assert.EndsWith($"/docs/diagnostics/{id}.md", Descriptor(id).HelpLinkUri, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Broken_example_reports_exactly_this(string id)
    {
        CSharpCompilation example = new DiagnosticPage(id).Example("Broken");
        Assert.DoesNotContain(example.GetDiagnostics(), static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        AdditionalText[] files = new DiagnosticPage(id).AdditionalFiles("Broken");
        // Problems of a config.json are reported there too.
        Diagnostic[] inSource = [.. (await Analysis.Of(example, files)).Where(static diagnostic => diagnostic.Location.IsInSource)];
        // Two models that clash are both reported.
        Assert.Equal(id == "SPZ0017" ? [id, id] : [id], inSource.Select(static diagnostic => diagnostic.Id));
        Assert.Equal(Descriptor(id).DefaultSeverity == DiagnosticSeverity.Error, !GeneratorRun.Of(example, files).GeneratesAModel);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Fixed_example_reports_nothing(string id)
    {
        CSharpCompilation example = new DiagnosticPage(id).Example("Fixed");
        AdditionalText[] files = new DiagnosticPage(id).AdditionalFiles("Fixed");
        Assert.Empty(await Analysis.Of(example, files));
        Assert.NotEmpty(GeneratorRun.Of(example, files).Files);
    }

    [Fact]
    public void Fixed_examples_compile()
    {
        // Most are one and the same, and compiling takes its time.
        var examples = DiagnosticDescriptors
            .All.Select(static descriptor => new DiagnosticPage(descriptor.Id))
            .Select(static page => (Project: page.Example("Fixed"), Files: page.AdditionalFiles("Fixed")))
            .DistinctBy(static example => (example.Project.SyntaxTrees[0].ToString(), example.Project.LanguageVersion));
        Assert.All(examples, static example => GeneratorRun.Of(example.Project, example.Files).Emit());
    }

    [Fact]
    public void Index_lists_every_diagnostic()
    {
        string[] rows =
        [
            .. RepositoryFiles
                .Read("docs", "diagnostics", "README.md")
                .Split('\n')
                .Where(static row => row.StartsWith("| [SPZ0", StringComparison.Ordinal)),
        ];
        Assert.Equal(
            DiagnosticDescriptors.All.Select(static descriptor => $"| [{descriptor.Id}]({descriptor.Id}.md) | {descriptor.Title} |"),
            rows
        );
    }

    [Fact]
    public void No_page_without_a_diagnostic() =>
        Assert.Equal(
            DiagnosticDescriptors
                .All.Select(static descriptor => descriptor.Id)
                .Concat(DiagnosticPage.OfTheTargets)
                .Select(static id => id + ".md")
                .Append("README.md")
                .Order(StringComparer.Ordinal),
            Directory
                .EnumerateFiles(Path.Combine(RepositoryFiles.Root, "docs", "diagnostics"))
                .Select(static path => Path.GetFileName(path)!)
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_of_the_page_lead_somewhere(string id)
    {
        string folder = Path.Combine(RepositoryFiles.Root, "docs", "diagnostics");
        IEnumerable<string> targets = new DiagnosticPage(id).Text.Split("](").Skip(1).Select(static rest => rest[..rest.IndexOf(')')]);
        foreach (string target in targets.Where(static target => !target.Contains("://", StringComparison.Ordinal)))
        {
            Assert.True(File.Exists(Path.Combine(folder, target.Split('#')[0])), $"{id}.md links to {target}, which does not exist.");
        }
    }

    [Fact]
    public void Roslyns_wording_rules_hold() =>
        Assert.All(
            DiagnosticDescriptors.All,
            static descriptor =>
            {
                Assert.False(descriptor.Title.ToString().EndsWith('.'));
                Assert.False(descriptor.MessageFormat.ToString().EndsWith('.'));
                Assert.Equal("Specializer", descriptor.Category);
                Assert.True(descriptor.IsEnabledByDefault);
            }
        );

    private static DiagnosticDescriptor Descriptor(string id) => DiagnosticDescriptors.All.Single(descriptor => descriptor.Id == id);
}
