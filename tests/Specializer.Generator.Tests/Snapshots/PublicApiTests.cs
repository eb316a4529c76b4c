using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using VerifyXunit;
using Xunit;

namespace Specializer.Generator.Tests.Snapshots;

/// <summary>Everything that the runtime library shows to its users: a change here is a change of the interface.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public Task Runtime()
    {
        INamedTypeSymbol known = TestProject.Compile("").GetTypeByMetadataName(typeof(TransformerAttribute).FullName!)!;
        var text = new StringBuilder();
        foreach (
            INamedTypeSymbol type in Types(known.ContainingAssembly.GlobalNamespace)
                .Where(IsVisible)
                .OrderBy(static type => type.ToDisplayString(), StringComparer.Ordinal)
        )
        {
            string bases = string.Join(
                ", ",
                new[] { type.BaseType }
                    .Concat(type.Interfaces)
                    .Where(static one => one is { SpecialType: SpecialType.None })
                    .Select(static one => one!.ToDisplayString())
            );
            text.Append(SymbolText.Of(type))
                .Append(bases.Length > 0 && type.TypeKind is not TypeKind.Enum ? " : " + bases : "")
                .Append('\n');
            IEnumerable<string> members = type.GetMembers()
                .Where(static member =>
                    IsVisible(member)
                    && member is not INamedTypeSymbol
                    && !(member is IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet })
                )
                .Select(static member =>
                    SymbolText.Of(member)
                    + (member is IFieldSymbol { HasConstantValue: true } constant ? $" = {constant.ConstantValue}" : "")
                )
                .Order(StringComparer.Ordinal);
            foreach (string member in members)
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return Verifier.Verify(text.ToString());
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol scope) =>
        scope
            .GetMembers()
            .OfType<INamespaceOrTypeSymbol>()
            .SelectMany(static member =>
                (member is INamedTypeSymbol type ? [type] : Enumerable.Empty<INamedTypeSymbol>()).Concat(Types(member))
            );

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && (symbol.ContainingType is null || IsVisible(symbol.ContainingType));
}
