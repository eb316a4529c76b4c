using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.CodeFixes;
using Specializer.Generator.Tests.Diagnostics;
using Xunit;

namespace Specializer.Generator.Tests.CodeFixes;

/// <summary>A project in an editor's workspace, to which code fixes are applied as a user does it.</summary>
internal sealed class FixedProject : IDisposable
{
    private static readonly CodeFixProvider[] s_providers =
    [
        new MakePartialCodeFix(),
        new AllowUnsafeBlocksCodeFix(),
        new ChangeDeclarationCodeFix(),
    ];

    private readonly AdhocWorkspace _workspace = new();
    private readonly AdditionalText[] _additionalFiles;
    private readonly ProjectId _project;

    public FixedProject(ProjectOptions options, string text, params AdditionalText[] additionalFiles)
    {
        _additionalFiles = additionalFiles;
        CSharpCompilation compilation = TestProject.Compile(options, text);
        _project = _workspace
            .AddProject(
                ProjectInfo.Create(
                    ProjectId.CreateNewId(),
                    VersionStamp.Default,
                    "Project",
                    "Project",
                    LanguageNames.CSharp,
                    compilationOptions: compilation.Options,
                    parseOptions: options.ParseOptions,
                    metadataReferences: compilation.References
                )
            )
            .Id;
        _workspace.AddDocument(_project, "File0.cs", Microsoft.CodeAnalysis.Text.SourceText.From(text));
    }

    private Project Project => _workspace.CurrentSolution.GetProject(_project)!;

    public void Dispose() => _workspace.Dispose();

    public async Task<string> Text() => (await Project.Documents.Single().GetTextAsync()).ToString();

    public async Task<CSharpCompilation> Compilation() => (CSharpCompilation)(await Project.GetCompilationAsync())!;

    public async Task<ImmutableArray<Diagnostic>> Diagnostics() => await Analysis.Of(await Compilation(), _additionalFiles);

    /// <summary>The code fixes that the editor offers for the first diagnostic.</summary>
    public async Task<IReadOnlyList<CodeAction>> Offers()
    {
        Diagnostic diagnostic = (await Diagnostics()).First(static diagnostic => diagnostic.Location.IsInSource);
        var offers = new List<CodeAction>();
        foreach (CodeFixProvider provider in s_providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            await provider.RegisterCodeFixesAsync(
                new CodeFixContext(Project.Documents.Single(), diagnostic, (action, _) => offers.Add(action), CancellationToken.None)
            );
        }

        return offers;
    }

    /// <summary>Applies the offer with a title.</summary>
    public async Task Apply(string title)
    {
        CodeAction action = Assert.Single(await Offers(), action => action.Title == title);
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        Solution changed = Assert.IsType<ApplyChangesOperation>(Assert.Single(operations)).ChangedSolution;
        // The workspace of the tests cannot change a project's options itself, as an editor can.
        _ =
            changed.GetProject(_project)!.CompilationOptions == Project.CompilationOptions
                ? _workspace.TryApplyChanges(changed)
                : throw new InvalidOperationException("The options differ.");
    }

    /// <summary>The project's options after the offer with a title.</summary>
    public async Task<CSharpCompilationOptions> OptionsAfter(string title)
    {
        CodeAction action = Assert.Single(await Offers(), action => action.Title == title);
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        return (CSharpCompilationOptions)
            Assert.IsType<ApplyChangesOperation>(Assert.Single(operations)).ChangedSolution.GetProject(_project)!.CompilationOptions!;
    }
}
