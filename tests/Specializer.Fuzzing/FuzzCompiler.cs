using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Planning;
using Specializer.TestKit;

namespace Specializer.Fuzzing;

/// <summary>Generates the models of a number of cases and compiles them together, since a compilation costs much by itself.</summary>
internal static class FuzzCompiler
{
    internal static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp12, DocumentationMode.None);

    private static readonly TileLibrary s_tiles = new();

    /// <summary>The time that planning, writing and parsing took so far, which is the generator's part of compiling.</summary>
    public static TimeSpan Writing { get; private set; }

    /// <summary>The images of the assemblies that all compiled so far share, by their names.</summary>
    public static IReadOnlyList<(string Name, byte[] Image)> Tiles => s_tiles.Images;

    /// <summary>Compiles the models of architectures, with kernels of some instruction sets and the portable ones.</summary>
    /// <returns>The image of an assembly, whose tiles are in <see cref="Tiles"/>.</returns>
    /// <exception cref="InvalidOperationException">The generated code does not compile without a warning.</exception>
    public static byte[] Compile(IReadOnlyList<TransformerArchitecture> architectures, IReadOnlyCollection<InstructionSet> instructionSets)
    {
        SyntaxTree[] trees;
        MetadataReference[] tiles;
        lock (s_tiles)
        {
            long start = Stopwatch.GetTimestamp();
            string[] missing =
            [
                .. Enum.GetValues<InstructionSet>()
                    .Where(set => set != InstructionSet.Portable && !instructionSets.Contains(set))
                    .Select(static set => set.ToString()),
            ];
            SourceFile[] files =
            [
                .. architectures
                    .Select(
                        static (architecture, number) =>
                            new PlannedModel(
                                new ClassDeclaration(FuzzAssembly.Namespace, EquatableArray<string>.Empty, FuzzAssembly.ClassName(number)),
                                Planner.Plan(architecture, guarded: true)
                            )
                    )
                    .AsParallel()
                    .AsOrdered()
                    .SelectMany(model => Without(missing, ModelEmitter.Emit(model))),
            ];
            trees =
            [
                .. files
                    .Select(static file => file with { Text = s_tiles.TakeTiles(file.Text) })
                    .AsParallel()
                    .AsOrdered()
                    .Select(static file =>
                        CSharpSyntaxTree.ParseText(SourceText.From(file.Text, Encoding.UTF8), ParseOptions, file.HintName)
                    ),
            ];
            Writing += Stopwatch.GetElapsedTime(start);
            s_tiles.CompileNew(PlatformReferences.All);
            tiles = [.. s_tiles.References];
        }

        return Compile(FuzzAssembly.Namespace, trees, [.. PlatformReferences.All, .. tiles]);
    }

    /// <exception cref="InvalidOperationException">The code does not compile without a warning.</exception>
    internal static byte[] Compile(string name, IEnumerable<SyntaxTree> trees, ImmutableArray<MetadataReference> references)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            trees,
            references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                warningLevel: 9999,
                specificDiagnosticOptions: [new("CS8632", ReportDiagnostic.Suppress), new("CS8669", ReportDiagnostic.Suppress)],
                nullableContextOptions: NullableContextOptions.Disable
            )
        );
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        string[] problems =
        [
            .. result
                .Diagnostics.Where(static problem => problem.Severity > DiagnosticSeverity.Hidden)
                .Take(5)
                .Select(static problem => problem.ToString()),
        ];
        return problems.Length == 0
            ? image.ToArray()
            : throw new InvalidOperationException("The generated code does not compile cleanly:\n" + string.Join('\n', problems));
    }

    /// <summary>Leaves out the kernels of instruction sets that will not run, which would take as long to compile.</summary>
    private static IEnumerable<SourceFile> Without(string[] missing, IEnumerable<SourceFile> files)
    {
        foreach (
            SourceFile file in files.Where(file =>
                !missing.Any(name => file.HintName.EndsWith(".Kernels." + name + ".g.cs", StringComparison.Ordinal))
            )
        )
        {
            // Nullability is checked in the compilation of declared models; here it would only take time.
            string code = file.Text.Replace("#nullable enable", "#nullable disable", StringComparison.Ordinal);
            yield return file with
            {
                Text = missing.Aggregate(
                    code,
                    static (text, name) => text.Replace("<" + name + "Kernels>", "<PortableKernels>", StringComparison.Ordinal)
                ),
            };
        }
    }
}
