using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission;
using Specializer.Generator.Kernels.Output;
using Specializer.Generator.Planning;

namespace Specializer.Tool;

/// <summary>The generated code of a plan, compiled and loaded.</summary>
internal sealed class CompiledModel : IDisposable
{
    private const string Name = "Verified";

    private readonly GeneratedAssembly _assembly;

    /// <exception cref="InvalidOperationException">The generated code does not compile, which is a bug of the generator.</exception>
    public CompiledModel(ExecutionPlan plan)
    {
        var options = new CSharpParseOptions(LanguageVersion.CSharp13, DocumentationMode.None);
        var model = new PlannedModel(new ClassDeclaration("", EquatableArray<string>.Empty, Name), plan);
        var project = new KernelProject(model.InstructionSets, ChecksOverflow: false, RuntimeAlias: "");
        SourceFile[] files =
        [
            .. ModelEmitter.Emit(model),
            .. KernelFiles.All([model], project),
            new SourceFile("EmbeddedAttribute.cs", KernelFiles.EmbeddedDeclaration),
        ];
        Characters = files.Sum(static file => file.Text.Length);
        CSharpCompilation compilation = CSharpCompilation.Create(
            Name,
            files.Select(file => CSharpSyntaxTree.ParseText(file.Text, options, file.HintName)),
            PlatformReferences.All,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        if (!result.Success)
        {
            throw new InvalidOperationException(
                "The generated code does not compile, which is a bug of the generator: "
                    + result.Diagnostics.First(static problem => problem.Severity == DiagnosticSeverity.Error)
            );
        }

        _assembly = new GeneratedAssembly(image.ToArray());
    }

    /// <summary>The size of the generated code in characters.</summary>
    public int Characters { get; }

    /// <exception cref="WeightsException">The checkpoint does not match.</exception>
    public TransformerModel Load(WeightsSource weights, ModelOptions options) => _assembly.Load(Name, weights, options);

    public void Dispose() => _assembly.Dispose();
}
