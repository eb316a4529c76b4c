using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>Mistakes of a class: its modifiers, its name and its other members.</summary>
public sealed partial class DiagnosticTests
{
    [Theory]
    [InlineData("public int Layers => 4;", "Layers")]
    [InlineData("private class Session;", "Session")]
    [InlineData("private readonly int ContextLength = 4;", "ContextLength")]
    public Task Spz0019_MemberIsGenerated(string member, string name) =>
        Expect(
            Declarations.Pronunciation.Replace("PronunciationModel;", $"PronunciationModel {{ {member} }}"),
            ("SPZ0019", name, $"'{name}' is the name of a member that the generator adds to 'PronunciationModel': choose another name")
        );

    [Fact]
    public async Task Methods_may_share_a_name_with_generated_ones()
    {
        string declaration = Declarations.Pronunciation.Replace(
            "PronunciationModel;",
            "PronunciationModel { public static PronunciationModel Load() => Load(\"model.safetensors\"); }"
        );
        Assert.Empty(await Analysis.Of(GeneratorRun.Of(declaration).Output));
        GeneratorRun.Of(declaration).Emit();
    }

    [Theory]
    [InlineData(
        "namespace Samples",
        "class PronunciationModel",
        "namespace Samples",
        "class PRONUNCIATIONModel",
        "Samples.PRONUNCIATIONModel"
    )]
    [InlineData(
        "namespace Samples",
        "class PronunciationModel",
        "namespace samples",
        "class PronunciationModel",
        "samples.PronunciationModel"
    )]
    public async Task Spz0017_NamesThatDifferInCaseOnly(string space, string name, string otherSpace, string otherName, string other)
    {
        CSharpCompilation both = TestProject.Compile(
            Declarations.Pronunciation,
            Declarations.Pronunciation.Replace(space, otherSpace).Replace(name, otherName)
        );
        ImmutableArray<Diagnostic> diagnostics = await Analysis.Of(both);
        Assert.Equal(["SPZ0017", "SPZ0017"], diagnostics.Select(static diagnostic => diagnostic.Id));
        Assert.Equal(
            $"'Samples.PronunciationModel' and '{other}' differ only by case, but file names may be case-insensitive: rename one of them",
            diagnostics[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture)
        );
        Assert.Empty(GeneratorRun.Of(both).Files);
    }

    [Fact]
    public Task Spz0001_NotPartial() =>
        Expect(
            Declarations.Pronunciation.Replace("sealed partial class", "sealed class"),
            (
                "SPZ0001",
                "PronunciationModel",
                "'PronunciationModel' is not partial, so the generator cannot add members to it: add the modifier 'partial'"
            )
        );

    [Fact]
    public Task Spz0001_ContainingTypeNotPartial() =>
        Expect(
            Nested("internal static class Models", "public sealed partial class"),
            ("SPZ0001", "Models", "'Models' is not partial, so the generator cannot add members to it: add the modifier 'partial'")
        );

    [Theory]
    [InlineData(
        "sealed partial class PronunciationModel",
        "PronunciationModel",
        "a record",
        "a class",
        "sealed partial record PronunciationModel"
    )]
    [InlineData(
        "sealed partial class PronunciationModel",
        "PronunciationModel",
        "static",
        "a class that can be instantiated",
        "static partial class PronunciationModel"
    )]
    [InlineData(
        "sealed partial class PronunciationModel",
        "PronunciationModel",
        "abstract",
        "a class that can be instantiated",
        "abstract partial class PronunciationModel"
    )]
    [InlineData(
        "PronunciationModel;",
        "PronunciationModel",
        "generic or inside a generic type",
        "a class without type parameters",
        "PronunciationModel<T>;"
    )]
    [InlineData(
        "public sealed partial class",
        "PronunciationModel",
        "local to a file",
        "a class without the modifier 'file'",
        "file sealed partial class"
    )]
    [InlineData(
        "PronunciationModel;",
        "PronunciationModel",
        "derived from Exception",
        "a class without a base class, because the generator adds one",
        "PronunciationModel : System.Exception;"
    )]
    [InlineData(
        "PronunciationModel;",
        "PronunciationModel",
        "declared with a primary constructor",
        "a class without one, because the generator adds a constructor",
        "PronunciationModel(int seed) { public int Seed => seed; }"
    )]
    [InlineData("PronunciationModel;", "Session", "named like one of its generated members", "a class with another name", "Session;")]
    [InlineData(
        "PronunciationModel;",
        "event",
        "named like a keyword, or inside a type or namespace that is",
        "a class whose full name contains no keyword",
        "@event;"
    )]
    [InlineData(
        "namespace Samples;",
        "PronunciationModel",
        "named like a keyword, or inside a type or namespace that is",
        "a class whose full name contains no keyword",
        "namespace Samples.@class;"
    )]
    public Task Spz0002_UnsuitableClass(string good, string name, string reason, string advice, string bad) =>
        Expect(
            Declarations.Pronunciation.Replace(good, bad),
            (
                "SPZ0002",
                bad.Contains('@') && name == "event" ? "@event" : name,
                $"'{name}' cannot be a transformer class because it is {reason}: declare the transformer on {advice}"
            )
        );

    [Theory]
    [InlineData("internal partial class Models<T>", "generic or inside a generic type", "a class without type parameters")]
    [InlineData("file partial class Models", "local to a file", "a class without the modifier 'file'")]
    public Task Spz0002_UnsuitableContainingType(string container, string reason, string advice) =>
        Expect(
            Nested(container, "public sealed partial class"),
            (
                "SPZ0002",
                "PronunciationModel",
                $"'PronunciationModel' cannot be a transformer class because it is {reason}: declare the transformer on {advice}"
            )
        );
}
