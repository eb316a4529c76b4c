using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests;

/// <summary>Generated code means the class library's types, whatever the user's project calls its own.</summary>
[Feature("names")]
public sealed class HiddenNameTests
{
    private static readonly string s_hiding = string.Concat(
        new[] { "Vector128", "Vector256", "Vector512", "Sse", "Fma", "Avx512F", "AdvSimd" }.Select(static name =>
            $"internal sealed class {name}; internal sealed class {name}<T>;\n"
        )
    );

    /// <summary>Names of the class library, of the runtime library and of parts of namespaces, that generated code uses otherwise than by last name.</summary>
    private static readonly string s_others = string.Concat(
        new[]
        {
            "System",
            "Specializer",
            "Runtime",
            "Intrinsics",
            "Math",
            "MathF",
            "Span",
            "MethodImpl",
            "MethodImplOptions",
            "WeightPacking",
            "TensorTable",
            "ModelWeights",
            "InstructionSet",
            "IDecoderModel",
        }.Select(static name => $"internal sealed class {name};\n")
    );

    [Theory]
    [InlineData("Pronunciation")]
    [InlineData("OddSizes")]
    [InlineData("Encoder")]
    public void A_type_in_the_models_namespace(string model) =>
        AssertQualified(Qualified(Declarations.Named(model)), $"namespace Samples {{ {s_hiding}{s_others} }}");

    [Fact]
    public void A_type_in_the_global_namespace() => AssertQualified(Declarations.Pronunciation, s_hiding);

    [Fact]
    public void A_type_inside_the_class() =>
        AssertQualified(
            Declarations.Pronunciation.Replace("PronunciationModel;", "PronunciationModel { private sealed class Vector128; }")
        );

    [Fact]
    public void The_class_itself() => AssertQualified(Declarations.Pronunciation.Replace("class PronunciationModel", "class Fma"));

    [Fact]
    public void A_namespace() => AssertQualified(Declarations.Pronunciation, "namespace Samples.Vector512 { class Unused; }");

    [Fact]
    public void A_global_alias() => AssertQualified(Declarations.Pronunciation, "global using Vector256 = System.Int32;");

    [Fact]
    public void A_type_of_a_globally_used_namespace() =>
        AssertQualified(
            Declarations.Pronunciation,
            "global using Mine;\nnamespace Mine { public static class AdvSimd; public struct Vector128<T>; }"
        );

    [Theory]
    [InlineData("namespace Others { class Vector128; }")]
    [InlineData("global using System.Runtime.Intrinsics;\nglobal using System.Runtime.Intrinsics.X86;")]
    [InlineData("using Vector128 = System.Int32;\nclass Unused { Vector128 Number; }")]
    public void What_is_not_in_sight_changes_nothing(string other) =>
        Assert.Equal(GeneratorRun.Of(Declarations.Pronunciation).Files, GeneratorRun.Of(Declarations.Pronunciation, other).Files);

    /// <summary>Kernels stand in a namespace of their own, whose usings come before everything around it: their text never changes.</summary>
    private static void AssertQualified(params string[] files)
    {
        GeneratorRun run = GeneratorRun.Of(files);
        string kernels = run.Files["Specializer.Generated.Kernels.Tiles.Avx512.g.cs"];
        Assert.Contains(" Vector512<float> ", kernels, StringComparison.Ordinal);
        run.Emit();
    }

    /// <summary>A declaration that needs no using itself.</summary>
    private static string Qualified(string declaration) =>
        declaration.Replace("using Specializer;", "").Replace("namespace Samples;", "namespace Samples;\nusing global::Specializer;");
}
