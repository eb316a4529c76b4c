using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>Docs, messages and comments use the words of .NET's API documentation and of the field.</summary>
[Feature("documentation")]
public sealed class TermTests
{
    /// <summary>Texts that need not follow the rules yet. A reviewer reads this list; it only shrinks.</summary>
    private static readonly TermException[] s_exceptions =
    [
        new("docs/performance.md", "Its sentences are shortened together with the README's.") { OnlyLength = true },
    ];

    private static readonly string[] s_folders = ["runtime", "generator", "samples", "benchmarks", "docs", "."];

    public static TheoryData<string> Folders => [.. s_folders];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Texts_follow_the_rules(string folder)
    {
        string[] violations =
        [
            .. Texts(folder).SelectMany(static prose => Violations(prose).Select(message => $"{prose.File}:{prose.Line}: {message}")),
        ];
        Assert.True(violations.Length == 0, $"{violations.Length} violations:\n{string.Join('\n', violations)}");
    }

    [Fact]
    public void Every_exception_is_needed()
    {
        Prose[] texts = [.. s_folders.SelectMany(Texts)];
        Assert.All(
            s_exceptions.Where(static exception => Path.Exists(Path.Combine(RepositoryFiles.Root, exception.Path))),
            exception => Assert.True(texts.Where(exception.Covers).Any(static prose => Terms.Violations(prose).Any()), exception.Path)
        );
    }

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
    public void Source_is_checked(string source, string? violation) =>
        Assert.Equal(violation, SourceProse.Read("C.cs", source).SelectMany(static prose => Terms.Violations(prose)).FirstOrDefault());

    [Theory]
    [InlineData("# What it costs", "a sentence starts with \"What\"; start with the subject")]
    [InlineData("One is\nbehind\n\nthe other.", "\"behind\" is not used; write after")]
    [InlineData("| a | from afar |", "\"from afar\" is not used; write from memory")]
    [InlineData("`behind`\n```\nbehind\n```\n[text](behind.md)", null)]
    public void Pages_are_checked(string page, string? violation) =>
        Assert.Equal(violation, PageProse.Read("page.md", page).SelectMany(static prose => Terms.Violations(prose)).FirstOrDefault());

    [Theory]
    [InlineData(25, 0)]
    [InlineData(26, 1)]
    public void Long_sentences_are_found(int words, int violations)
    {
        string sentence = string.Join(' ', Enumerable.Repeat("word", words)) + " (a reference, 2026).";
        var prose = new Prose("C.cs", 1, ProseKind.Documentation, sentence + " Short.");
        Assert.Equal(violations, Terms.Violations(prose).Count());
        Assert.Empty(Terms.Violations(prose with { Kind = ProseKind.Comment }));
    }

    private static IEnumerable<Prose> Texts(string folder) =>
        Files(folder)
            .SelectMany(static file =>
                file.EndsWith(".md", StringComparison.Ordinal)
                    ? PageProse.Read(file, RepositoryFiles.Read(file))
                    : SourceProse.Read(file, RepositoryFiles.Read(file))
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
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Violations(Prose prose) =>
        s_exceptions.FirstOrDefault(exception => exception.Covers(prose)) switch
        {
            null => Terms.Violations(prose),
            { OnlyLength: true } => Terms.UnusedTerms(prose),
            _ => [],
        };

    /// <summary>Texts that need not follow a rule.</summary>
    /// <param name="Path">The path of a file, or the beginning of paths.</param>
    /// <param name="Reason">The reason.</param>
    private sealed record TermException(string Path, string Reason)
    {
        /// <summary>The only kind of text that is excepted; null for all.</summary>
        public ProseKind? Kind { get; init; }

        /// <summary>Whether only the length of sentences is excepted.</summary>
        public bool OnlyLength { get; init; }

        public bool Covers(Prose prose) => prose.File.StartsWith(Path, StringComparison.Ordinal) && (Kind is null || Kind == prose.Kind);
    }
}
