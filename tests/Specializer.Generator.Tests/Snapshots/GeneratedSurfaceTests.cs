using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Specializer.TestKit;
using VerifyXunit;
using Xunit;

namespace Specializer.Generator.Tests.Snapshots;

/// <summary>The public surface of a completed class: a change here is a change of the interface.</summary>
[Feature("snapshots")]
public sealed class GeneratedSurfaceTests
{
    [Fact]
    public Task PublicMembers()
    {
        INamedTypeSymbol type = GeneratorRun.Of(Declarations.Pronunciation).Output.GetTypeByMetadataName("Samples.PronunciationModel")!;
        var members = type.GetMembers()
            .Where(static member =>
                member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
            )
            .Select(static member =>
                SymbolText.Of(member) + (member is IFieldSymbol { IsConst: true } constant ? $" = {constant.ConstantValue}" : "")
            )
            .Order(StringComparer.Ordinal);
        return Verifier.Verify($"{SymbolText.Of(type)} : {type.BaseType}\n" + string.Join('\n', members) + "\n");
    }
}
