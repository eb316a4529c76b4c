using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Runs the analyzer over a project.</summary>
internal static class Analysis
{
    /// <summary>The diagnostics of the analyzer, in the order of the source. An exception in it is the diagnostic AD0001.</summary>
    public static Task<ImmutableArray<Diagnostic>> Of(params string[] files) => Of(TestProject.Compile(files));

    /// <inheritdoc cref="Of(string[])"/>
    public static async Task<ImmutableArray<Diagnostic>> Of(CSharpCompilation compilation, params AdditionalText[] additionalFiles)
    {
        ImmutableArray<Diagnostic> diagnostics = await compilation
            .WithAnalyzers([new TransformerAnalyzer()], new AnalyzerOptions([.. additionalFiles]))
            .GetAnalyzerDiagnosticsAsync();
        return
        [
            .. diagnostics
                .OrderBy(static diagnostic => diagnostic.Location.SourceTree?.FilePath)
                .ThenBy(static diagnostic => diagnostic.Location.SourceSpan.Start)
                .ThenBy(static diagnostic => diagnostic.Id),
        ];
    }

    /// <summary>The text that a diagnostic points at.</summary>
    public static string PointedAt(this Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree is { } tree ? tree.GetText().ToString(diagnostic.Location.SourceSpan) : "(nothing)";
}
