using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>Docs, messages and comments use the words of .NET's API documentation and of the field.</summary>
public sealed class TermTests
{
    private const string GeneratedText = "It is part of the generated text, which changes with the snapshots.";

    /// <summary>Folders and files that are not read yet. The list only shrinks.</summary>
    private static readonly string[] s_unread =
    [
        "docs/performance.md", // Rewritten with the README.
        "generator/Specializer.Generator/Emission/", // Rewritten as lowerings.
        "runtime/Specializer/Execution/", // Rewritten as capabilities.
    ];

    /// <summary>Pages whose sentences may be longer: one is rewritten soon, the other is a table of the analyzers.</summary>
    private static readonly string[] s_longSentences = ["README.md", "generator/Specializer.Generator/AnalyzerReleases.Unshipped.md"];

    /// <summary>Words that are right in one place: the file, the word and the reason.</summary>
    private static readonly (string File, string Word, string Reason)[] s_allowed =
    [
        ("generator/Specializer.Generator/Planning/EmbeddingPlanner.cs", "behind", GeneratedText),
        ("generator/Specializer.Generator/Planning/EncoderPlanner.cs", "behind", GeneratedText),
        ("generator/Specializer.Generator/Planning/LayerPlanner.cs", "behind", GeneratedText),
        ("generator/Specializer.Generator/Planning/Planner.cs", "asked for", GeneratedText),
        ("generator/Specializer.Generator/Planning/Planner.cs", "turned", GeneratedText),
    ];

    public static TheoryData<string> Folders => ["runtime", "generator", "samples", "benchmarks", "docs", "."];

    [Theory]
    [MemberData(nameof(Folders))]
    public void TextsFollowTheRules(string folder)
    {
        string[] violations =
        [
            .. Violations(folder)
                .Where(static violation => !Allowed(violation))
                .Select(static violation => $"{violation.Prose.File}:{violation.Prose.Line}: {violation.Message}"),
        ];
        Assert.True(violations.Length == 0, $"{violations.Length} violations:\n{string.Join('\n', violations)}");
    }

    [Fact]
    public void EveryExceptionIsNeeded() =>
        Assert.All(
            s_allowed,
            static allowed =>
                Assert.Contains(
                    Violations(Path.GetDirectoryName(allowed.File)!.Replace('\\', '/')),
                    violation =>
                        violation.Prose.File == allowed.File && violation.Message.Contains($"\"{allowed.Word}\"", StringComparison.Ordinal)
                )
        );

    [Fact]
    public void EveryUnreadPathExists() =>
        Assert.All(
            s_unread.Concat(s_longSentences),
            static path => Assert.True(Path.Exists(Path.Combine(RepositoryFiles.Root, path)), path)
        );

    [Theory]
    [InlineData("/// <summary>The norm behind the last layer.</summary>", "\"behind\" is not used; write after")]
    [InlineData("// Queries are turned by their position.", "\"turned\" is not used; write rotate, convert, round, iteration")]
    [InlineData("/// <returns>Where it is.</returns>", "a sentence starts with \"Where\"; start with the subject")]
    [InlineData(
        "/// <param name=\"a\">One.</param>\n/// <param name=\"b\">Of a pair the second.</param>",
        "a sentence starts with \"Of\"; start with the subject"
    )]
    [InlineData("class C { string S = $\"the file {1} is none, so mend it\"; }", "\"mend\" is not used; write fix")]
    [InlineData("class C { string S = \"behind\"; }", null)]
    [InlineData("/// <summary>The <c>behind</c> of <see cref=\"C.Turned\"/>.</summary>", null)]
    public void SourceIsChecked(string source, string? violation) =>
        Assert.Equal(
            violation,
            SourceProse.Read("C.cs", source).SelectMany(static prose => Terms.Violations(prose, checksLength: true)).FirstOrDefault()
        );

    [Theory]
    [InlineData("# What it costs", "a sentence starts with \"What\"; start with the subject")]
    [InlineData("One is\nbehind\n\nthe other.", "\"behind\" is not used; write after")]
    [InlineData("| a | from afar |", "\"from afar\" is not used; write from memory")]
    [InlineData("`behind`\n```\nbehind\n```\n[text](behind.md)", null)]
    public void PagesAreChecked(string page, string? violation) =>
        Assert.Equal(
            violation,
            PageProse.Read("page.md", page).SelectMany(static prose => Terms.Violations(prose, checksLength: true)).FirstOrDefault()
        );

    [Theory]
    [InlineData(25, 0)]
    [InlineData(26, 1)]
    public void LongSentencesAreFound(int words, int violations)
    {
        string sentence = string.Join(' ', Enumerable.Repeat("word", words)) + " (a reference, 2026).";
        var prose = new Prose("C.cs", 1, ProseKind.Documentation, sentence + " Short.");
        Assert.Equal(violations, Terms.Violations(prose, checksLength: true).Count());
        Assert.Empty(Terms.Violations(prose, checksLength: false));
        Assert.Empty(Terms.Violations(prose with { Kind = ProseKind.Comment }, checksLength: true));
    }

    private static bool Allowed((Prose Prose, string Message) violation) =>
        s_allowed.Any(allowed =>
            violation.Prose.File == allowed.File && violation.Message.Contains($"\"{allowed.Word}\"", StringComparison.Ordinal)
        );

    private static IEnumerable<(Prose Prose, string Message)> Violations(string folder) =>
        Files(folder)
            .SelectMany(static file =>
                (
                    file.EndsWith(".md", StringComparison.Ordinal)
                        ? PageProse.Read(file, RepositoryFiles.Read(file))
                        : SourceProse.Read(file, RepositoryFiles.Read(file))
                ).SelectMany(prose => Terms.Violations(prose, !s_longSentences.Contains(file)).Select(message => (prose, message)))
            );

    /// <summary>The pages and C# files of a folder; of the root, only its pages.</summary>
    private static IEnumerable<string> Files(string folder)
    {
        string root = Path.Combine(RepositoryFiles.Root, folder);
        var depth = folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;
        return new[] { "*.cs", "*.md" }
            .SelectMany(pattern => Directory.EnumerateFiles(root, pattern, depth))
            .Select(static file => Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/'))
            .Where(static file =>
                !file.Split('/').Any(static part => part is "bin" or "obj") && !file.EndsWith(".verified.cs", StringComparison.Ordinal)
            )
            .Where(static file => !s_unread.Any(unread => file.StartsWith(unread, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
    }
}
