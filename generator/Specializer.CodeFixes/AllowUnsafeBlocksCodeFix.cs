using System.Collections.Immutable;
using System.Composition;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator.Diagnostics;

namespace Specializer.CodeFixes;

/// <summary>SPZ0009: allows unsafe blocks in the project.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AllowUnsafeBlocksCodeFix))]
[Shared]
public sealed class AllowUnsafeBlocksCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.UnsafeBlocksNotAllowed.Id];

    /// <summary>Returns null: one fix applies to every model of the project.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.Document.Project;
        if (project.CompilationOptions is CSharpCompilationOptions options)
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Allow unsafe blocks in '{project.Name}'",
                    _ => Task.FromResult(project.Solution.WithProjectCompilationOptions(project.Id, options.WithAllowUnsafe(true))),
                    nameof(AllowUnsafeBlocksCodeFix)
                ),
                context.Diagnostics
            );
        }

        return Task.CompletedTask;
    }
}
