using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Specializer.Generator.Tests;

/// <summary>One run of the generator over a compilation, with its steps tracked.</summary>
internal sealed class GeneratorRun
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> s_assemblies = new();

    private GeneratorRun(GeneratorDriver driver, CSharpCompilation input)
    {
        Driver = driver.RunGeneratorsAndUpdateCompilation(input, out Compilation output, out ImmutableArray<Diagnostic> diagnostics);
        Output = (CSharpCompilation)output;
        Result = Driver.GetRunResult().Results.Single();

        // An exception in the generator becomes a warning, which a test that only checks sources would miss.
        if (Result.Exception is { } exception)
        {
            throw new InvalidOperationException("The generator threw: " + exception.Message, exception);
        }

        if (!diagnostics.IsEmpty)
        {
            throw new InvalidOperationException("The generator reported what only the analyzer should: " + diagnostics[0]);
        }
    }

    public GeneratorDriver Driver { get; }

    public GeneratorRunResult Result { get; }

    /// <summary>The compilation with the generated files in it.</summary>
    public CSharpCompilation Output { get; }

    /// <summary>The generated files but for that of the attribute that hides types from other compilations, which the compiler writes.</summary>
    public IEnumerable<GeneratedSourceResult> Sources =>
        Result.GeneratedSources.Where(static source => source.HintName.EndsWith(".g.cs", StringComparison.Ordinal));

    /// <summary>The texts of the generated files, by name.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        Sources.ToDictionary(static source => source.HintName, static source => source.SourceText.ToString());

    /// <summary>Whether a model was generated, instead of only the members of a declaration with errors.</summary>
    public bool GeneratesAModel => Files.Keys.Any(static name => name.EndsWith(".Weights.g.cs", StringComparison.Ordinal));

    public static GeneratorRun Of(params string[] files) => Of(TestProject.Compile(files));

    public static GeneratorRun Of(ProjectOptions options, params string[] files) => Of(TestProject.Compile(options, files));

    public static GeneratorRun Of(CSharpCompilation compilation, params AdditionalText[] additionalFiles) =>
        new(
            CreateDriver(new SpecializerGenerator().AsSourceGenerator(), compilation).AddAdditionalTexts([.. additionalFiles]),
            compilation
        );

    /// <summary>Creates a driver that has not been run.</summary>
    public static GeneratorDriver CreateDriver(ISourceGenerator generator, CSharpCompilation compilation) =>
        CSharpGeneratorDriver.Create(
            [generator],
            parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)
        );

    /// <summary>Runs the same driver again, as an editor does after a change.</summary>
    public GeneratorRun Then(CSharpCompilation compilation) => new(Driver, compilation);

    /// <summary>Runs the same driver again after an additional file has changed.</summary>
    public GeneratorRun Then(CSharpCompilation compilation, AdditionalText before, AdditionalText after) =>
        new(Driver.ReplaceAdditionalText(before, after), compilation);

    /// <summary>The assembly that a declaration compiles to with the usual options; compiled once for all tests, since it takes seconds.</summary>
    public static byte[] Assembly(string declaration) =>
        s_assemblies.GetOrAdd(declaration, static declaration => new Lazy<byte[]>(() => Of(declaration).Emit())).Value;

    /// <summary>The assembly that the project compiles to, without a single warning.</summary>
    public byte[] Emit()
    {
        using var stream = new MemoryStream();
        var diagnostics = Output
            .Emit(stream)
            .Diagnostics.Where(static diagnostic => diagnostic.Severity > DiagnosticSeverity.Hidden)
            .ToArray();
        return diagnostics.Length == 0
            ? stream.ToArray()
            : throw new InvalidOperationException(
                "The project does not compile cleanly:\n"
                    + string.Join('\n', diagnostics.Take(10).Select(static diagnostic => diagnostic.ToString()))
            );
    }
}
