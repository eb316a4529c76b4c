using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Specializer.Generator.Tests;

/// <summary>How a user's project is compiled, as far as it can matter to generated code.</summary>
internal sealed record ProjectOptions
{
    public bool AllowUnsafe { get; init; } = true;

    public bool CheckOverflow { get; init; }

    public LanguageVersion LanguageVersion { get; init; } = LanguageVersion.Latest;

    /// <summary><see cref="DocumentationMode.Diagnose"/> is what a project with GenerateDocumentationFile has.</summary>
    public DocumentationMode Documentation { get; init; } = DocumentationMode.Parse;

    public OptimizationLevel Optimization { get; init; } = OptimizationLevel.Release;

    public CSharpParseOptions ParseOptions => new(LanguageVersion, Documentation);

    public CSharpCompilationOptions CompileOptions =>
        new(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: Optimization,
            checkOverflow: CheckOverflow,
            allowUnsafe: AllowUnsafe,
            warningLevel: 9999,
            nullableContextOptions: NullableContextOptions.Enable
        );
}
