using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>A class cannot have a member of its own name: whatever members the generator adds, a class named so is refused.</summary>
[Feature("names")]
public sealed class GeneratedNamesTests
{
    [Fact]
    public async Task Class_named_like_a_member_that_is_visible_or_a_type()
    {
        INamedTypeSymbol type = GeneratorRun.Of(Declarations.Pronunciation).Output.GetTypeByMetadataName("Samples.PronunciationModel")!;
        string[] names =
        [
            .. type.GetMembers()
                .Where(static member =>
                    member.CanBeReferencedByName && (member is INamedTypeSymbol || member.DeclaredAccessibility == Accessibility.Public)
                )
                .Select(static member => member.Name)
                .Distinct(),
        ];
        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            Assert.Equal("SPZ0002", Assert.Single(await Analysis.Of(Declarations.Pronunciation.Replace("PronunciationModel", name))).Id);
        }
    }
}
