using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Diagnostics;

/// <summary>
/// Reports the errors of a declaration while it is edited. The analyzer runs the generator's own parser, so both accept the same
/// declarations.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TransformerAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => DiagnosticDescriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        AttributeDeclaration? declaration = DeclarationParser.Parse(
            type,
            context.Compilation,
            context.ReportDiagnostic,
            context.CancellationToken
        );
        if (declaration?.Configuration is null)
        {
            return;
        }

        AdditionalText[] texts =
        [
            .. context.Options.AdditionalFiles.Where(static text => SpecializerGenerator.MayBeConfiguration(text.Path)),
        ];
        ConfigurationFile[] files = [.. texts.Select(text => SpecializerGenerator.Read(text, context.CancellationToken))];
        Location attribute = new DeclaredParts(type, context.CancellationToken).Part("Transformer").PositionalLocation(0, "configuration");
        _ = DeclarationParser.Resolve(
            declaration,
            files,
            (descriptor, place, fix, arguments) =>
            {
                if (place is not var (file, start, length))
                {
                    context.ReportDiagnostic(Diagnostic.Create(descriptor, attribute, fix?.Properties, arguments));
                    return;
                }

                // Each problem is reported twice: at the attribute and at the line in the file.
                Location inFile = FileLocation(texts[System.Array.IndexOf(files, file)], start, length, context.CancellationToken);
                context.ReportDiagnostic(Diagnostic.Create(descriptor, attribute, [inFile], arguments));
                context.ReportDiagnostic(Diagnostic.Create(descriptor, inFile, [attribute], arguments));
            }
        );
    }

    private static Location FileLocation(AdditionalText file, int start, int length, CancellationToken cancellationToken)
    {
        SourceText text = file.GetText(cancellationToken) ?? SourceText.From("");
        var span = TextSpan.FromBounds(System.Math.Min(start, text.Length), System.Math.Min(start + length, text.Length));
        return Location.Create(file.Path, span, text.Lines.GetLinePositionSpan(span));
    }
}
