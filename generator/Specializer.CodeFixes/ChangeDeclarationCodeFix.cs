using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Specializer.Generator.Diagnostics;

namespace Specializer.CodeFixes;

/// <summary>
/// Applies the <see cref="SuggestedFix"/> of a diagnostic: writes another argument, such as the nearest number of heads that
/// divides the width, or removes a conflicting one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ChangeDeclarationCodeFix))]
[Shared]
public sealed class ChangeDeclarationCodeFix : CodeFixProvider
{
    /// <summary>Matches the full name of a type that precedes the name of one of its members.</summary>
    private static readonly Regex s_typeName = new(@"global::([\w.]+)(?=\.\w)", RegexOptions.CultureInvariant);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        DiagnosticDescriptors.HeadsDoNotDivideWidth.Id,
        DiagnosticDescriptors.KeyValueHeadsDoNotDivideHeads.Id,
        DiagnosticDescriptors.OddRotaryWidth.Id,
        DiagnosticDescriptors.RotaryWiderThanHead.Id,
        DiagnosticDescriptors.ConfigurationNotFound.Id,
        DiagnosticDescriptors.PartBesideConfiguration.Id,
        DiagnosticDescriptors.PartsExcludeEachOther.Id,
    ];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            SyntaxNode? node = root?.FindNode(diagnostic.Location.SourceSpan);
            SyntaxNode? pointedAt = node
                ?.AncestorsAndSelf()
                .FirstOrDefault(static ancestor => ancestor is AttributeArgumentSyntax or AttributeSyntax);
            if (pointedAt is null)
            {
                continue;
            }

            if (diagnostic.Properties.ContainsKey(SuggestedFix.RemoveKey))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Remove '{pointedAt}'",
                        token => RemoveAsync(context.Document, pointedAt, token),
                        SuggestedFix.RemoveKey
                    ),
                    diagnostic
                );
            }

            if (!diagnostic.Properties.TryGetValue(SuggestedFix.ArgumentsKey, out string? arguments) || arguments is null)
            {
                continue;
            }

            string[] choices = arguments.Split('\n');
            for (int i = 0; i < choices.Length; i++)
            {
                string choice = choices[i];
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Write '{choice.Replace("global::Specializer.", "")}'",
                        token => WriteAsync(context.Document, pointedAt, choice, token),
                        SuggestedFix.ArgumentsKey + i
                    ),
                    diagnostic
                );
            }
        }
    }

    private static async Task<Document> RemoveAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(
            node switch
            {
                // Removes the comma before the argument, too.
                AttributeArgumentSyntax { Parent: AttributeArgumentListSyntax list } argument => root.ReplaceNode(
                    list,
                    list.WithArguments(list.Arguments.Remove(argument))
                ),

                // A lone attribute is removed with its brackets and its line.
                AttributeSyntax { Parent: AttributeListSyntax { Attributes.Count: 1 } list } => root.RemoveNode(
                    list,
                    SyntaxRemoveOptions.KeepLeadingTrivia
                )!,
                AttributeSyntax { Parent: AttributeListSyntax list } attribute => root.ReplaceNode(
                    list,
                    list.WithAttributes(list.Attributes.Remove(attribute))
                ),
                _ => root,
            }
        );
    }

    private static async Task<Document> WriteAsync(Document document, SyntaxNode node, string argument, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        AttributeArgumentSyntax written = Parse(
            s_typeName.Replace(argument, match => ShortestName(model, node.SpanStart, match.Groups[1].Value))
        );
        return document.WithSyntaxRoot(
            node is AttributeSyntax attribute
                ? root.ReplaceNode(attribute, attribute.AddArgumentListArguments(written.WithLeadingTrivia(SyntaxFactory.ElasticSpace)))
                : root.ReplaceNode(node, written.WithTriviaFrom(node))
        );
    }

    /// <summary>Returns the shortest name of a type that the usings of the file allow.</summary>
    private static string ShortestName(SemanticModel model, int position, string metadataName) =>
        model.Compilation.GetTypeByMetadataName(metadataName)?.ToMinimalDisplayString(model, position) ?? metadataName;

    private static AttributeArgumentSyntax Parse(string argument) =>
        ((TypeDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"[A({argument})] class C;")!)
            .AttributeLists[0]
            .Attributes[0]
            .ArgumentList!
            .Arguments[0];
}
