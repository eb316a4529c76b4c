using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Specializer.Generator.Tests;

/// <summary>Compiles source text as a user's project that references the class library and Specializer.</summary>
internal static class TestProject
{
    private static readonly ImmutableArray<MetadataReference> s_references = [.. References()];

    /// <summary>Compiles files that are called File0.cs, File1.cs and so on.</summary>
    public static CSharpCompilation Compile(params string[] files) => Compile(new ProjectOptions(), files);

    /// <inheritdoc cref="Compile(string[])"/>
    public static CSharpCompilation Compile(ProjectOptions options, params string[] files) => CSharpCompilation.Create(
        "Project",
        files.Select((text, index) => Parse(text, $"File{index}.cs", options)),
        s_references,
        options.CompileOptions);

    /// <summary>Replaces the text of one file.</summary>
    public static CSharpCompilation Edit(this CSharpCompilation compilation, int file, string text)
    {
        SyntaxTree tree = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)tree.Options, tree.FilePath));
    }

    private static SyntaxTree Parse(string text, string path, ProjectOptions options) => CSharpSyntaxTree.ParseText(text, options.ParseOptions, path);

    /// <summary>The class library that the tests themselves run on, and nothing of the test project but Specializer.</summary>
    private static IEnumerable<MetadataReference> References()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return trusted.Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Append(typeof(TransformerAttribute).Assembly.Location)
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}
