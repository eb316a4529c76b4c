using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;
using Specializer.TestKit;

namespace Specializer.Fuzzing;

/// <summary>Generates the models of a number of cases and compiles them together, since a compilation costs much by itself.</summary>
internal static class FuzzCompiler
{
    private static readonly CSharpParseOptions s_parseOptions = new(LanguageVersion.CSharp13, DocumentationMode.None);

    private static readonly Lock s_lock = new();

    /// <summary>The time that planning, writing and parsing took so far, which is the generator's part of compiling.</summary>
    public static TimeSpan Writing { get; private set; }

    /// <summary>Compiles the models of architectures, with kernels of some instruction sets and the portable ones.</summary>
    /// <returns>The image of an assembly.</returns>
    /// <exception cref="InvalidOperationException">The generated code does not compile without a warning.</exception>
    public static byte[] Compile(IReadOnlyList<TransformerArchitecture> architectures, IReadOnlyCollection<InstructionSet> instructionSets)
    {
        SyntaxTree[] trees;
        lock (s_lock)
        {
            long start = Stopwatch.GetTimestamp();

            // Kernels of instruction sets that do not run would take as long to compile.
            EquatableArray<string> targets = new([
                .. instructionSets.Append(InstructionSet.Portable).Distinct().Select(static set => set.ToString()),
            ]);
            PlannedModel[] models =
            [
                .. architectures
                    .Select((architecture, number) => (Architecture: architecture, Name: FuzzAssembly.ClassName(number)))
                    .AsParallel()
                    .AsOrdered()
                    .Select(model => new PlannedModel(
                        new ClassDeclaration(FuzzAssembly.Namespace, EquatableArray<string>.Empty, model.Name),
                        Planner.Plan(model.Architecture, guarded: true)
                    )
                    {
                        InstructionSets = targets,
                    }),
            ];
            var project = new KernelProject(targets, ChecksOverflow: false, RuntimeAlias: "");
            KernelTexts.All.Check(models.SelectMany(static model => model.Plan.Kernels), project.Targets);
            trees =
            [
                .. models
                    .AsParallel()
                    .AsOrdered()
                    .SelectMany(ModelEmitter.Emit)
                    .Concat(KernelFiles.All(models, project).AsParallel().AsOrdered())
                    // What may be null is checked where declared models are compiled; here it would only take time.
                    .Select(static file =>
                        CSharpSyntaxTree.ParseText(
                            SourceText.From(
                                RoundedRows.AddTo(file.Text.Replace("#nullable enable", "#nullable disable", StringComparison.Ordinal)),
                                Encoding.UTF8
                            ),
                            s_parseOptions,
                            file.HintName
                        )
                    ),
                CSharpSyntaxTree.ParseText(SourceText.From(KernelFiles.EmbeddedDeclaration, Encoding.UTF8), s_parseOptions),
                CSharpSyntaxTree.ParseText(SourceText.From(RoundedRows.Source, Encoding.UTF8), s_parseOptions),
            ];
            Writing += Stopwatch.GetElapsedTime(start);
        }

        return Compile(FuzzAssembly.Namespace, trees, PlatformReferences.All);
    }

    /// <exception cref="InvalidOperationException">The code does not compile without a warning.</exception>
    private static byte[] Compile(string name, IEnumerable<SyntaxTree> trees, ImmutableArray<MetadataReference> references)
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
}
