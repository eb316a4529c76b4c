using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.TestKit;

namespace Specializer.Generator.Tests;

/// <summary>Compiles source text as a user's project that references the class library and Specializer.</summary>
internal static class TestProject
{
    /// <summary>Compiles files that are called File0.cs, File1.cs and so on.</summary>
    public static CSharpCompilation Compile(params string[] files) => Compile(new ProjectOptions(), files);

    /// <inheritdoc cref="Compile(string[])"/>
    public static CSharpCompilation Compile(ProjectOptions options, params string[] files) =>
        CSharpCompilation.Create(
            "Project",
            files.Select((text, index) => Parse(text, $"File{index}.cs", options)),
            PlatformReferences.All,
            options.CompileOptions
        );

    /// <summary>Replaces the text of one file.</summary>
    public static CSharpCompilation Edit(this CSharpCompilation compilation, int file, string text)
    {
        SyntaxTree tree = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)tree.Options, tree.FilePath));
    }

    private static SyntaxTree Parse(string text, string path, ProjectOptions options) =>
        CSharpSyntaxTree.ParseText(text, options.ParseOptions, path);
}
