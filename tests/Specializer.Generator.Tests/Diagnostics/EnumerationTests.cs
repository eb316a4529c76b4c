using System;
using System.Linq;
using System.Reflection;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

/// <summary>The parser reads the numbers of the runtime library's enumerations: both must mean the same by them.</summary>
[Feature("diagnostics")]
public sealed class EnumerationTests
{
    public static TheoryData<string, string, Type> Enumerations =>
        new()
        {
            { "PoolingKind.Mean", "PoolingKind", typeof(PoolingKind) },
            { "RotaryPairing.Interleaved", "RotaryPairing", typeof(RotaryPairing) },
            { "Activation.Gelu", "Activation", typeof(Activation) },
            { "NormKind.Layer", "NormKind", typeof(NormKind) },
        };

    [Theory]
    [MemberData(nameof(Enumerations))]
    public async System.Threading.Tasks.Task EveryValueIsAcceptedAndNoOther(string used, string name, Type enumeration)
    {
        string declaration = name == nameof(PoolingKind) ? Declarations.Encoder : Declarations.OddSizes;
        Assert.Contains(used, declaration, StringComparison.Ordinal);
        int[] values = [.. Enum.GetValues(enumeration).Cast<int>()];
        Assert.Equal(Enumerable.Range(0, values.Length), values);
        foreach (int value in values)
        {
            Assert.Empty(await Analysis.Of(declaration.Replace(used, $"({name}){value}")));
        }

        Assert.Equal("SPZ0004", Assert.Single(await Analysis.Of(declaration.Replace(used, $"({name}){values.Length}"))).Id);
    }

    /// <summary>Which masks a stack takes, so that neither has a value without meaning.</summary>
    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(0, 1, "SPZ0015")]
    [InlineData(1, 0, "")]
    [InlineData(1, 1, "")]
    [InlineData(2, 0, "")]
    [InlineData(2, 1, "SPZ0015")]
    [InlineData(0, 2, "")]
    [InlineData(1, 2, "SPZ0015")]
    [InlineData(2, 2, "SPZ0015")]
    [InlineData(3, 0, "SPZ0004")]
    [InlineData(0, 3, "SPZ0004")]
    public async System.Threading.Tasks.Task StacksAndMasks(int stack, int mask, string id)
    {
        Assert.Equal([0, 1, 2], Enum.GetValues<Stack>().Select(static value => (int)value));
        Assert.Equal([0, 1, 2], Enum.GetValues<AttentionMask>().Select(static value => (int)value));
        string declaration = Declarations
            .OddSizes.Replace("Stack.Decoder", $"(Stack){stack}")
            .Replace("HeadDim = 20", $"HeadDim = 20, Mask = (AttentionMask){mask}");
        Assert.Equal(id.Length == 0 ? [] : [id], (await Analysis.Of(declaration)).Select(static diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData(Activation.Relu, Architecture.Activation.Relu, false)]
    [InlineData(Activation.Gelu, Architecture.Activation.Gelu, false)]
    [InlineData(Activation.GeluTanh, Architecture.Activation.GeluTanh, false)]
    [InlineData(Activation.GeluQuick, Architecture.Activation.GeluQuick, false)]
    [InlineData(Activation.Silu, Architecture.Activation.Silu, false)]
    [InlineData(Activation.SquaredRelu, Architecture.Activation.SquaredRelu, false)]
    [InlineData(Activation.Tanh, Architecture.Activation.Tanh, false)]
    [InlineData(Activation.Mish, Architecture.Activation.Mish, false)]
    [InlineData(Activation.ReGlu, Architecture.Activation.Relu, true)]
    [InlineData(Activation.GeGlu, Architecture.Activation.Gelu, true)]
    [InlineData(Activation.GeGluTanh, Architecture.Activation.GeluTanh, true)]
    [InlineData(Activation.SwiGlu, Architecture.Activation.Silu, true)]
    public void Activations(Activation activation, object function, bool gated)
    {
        FeedForwardArchitecture parsed = Parse(Declarations.OddSizes.Replace("Activation.Gelu", $"Activation.{activation}")).FeedForward;
        Assert.Equal(function, parsed.Activation);
        Assert.Equal(gated, parsed.Gated);
    }

    [Fact]
    public void Every_activation_is_tested() =>
        Assert.Equal(
            Enum.GetValues<Activation>().Length,
            typeof(EnumerationTests).GetMethod(nameof(Activations))!.GetCustomAttributes<InlineDataAttribute>().Count()
        );

    [Theory]
    [InlineData(NormKind.RootMeanSquare, Architecture.NormKind.RootMeanSquare)]
    [InlineData(NormKind.Layer, Architecture.NormKind.Layer)]
    public void Norms(NormKind kind, object expected) =>
        Assert.Equal(expected, Parse(Declarations.OddSizes.Replace("NormKind.Layer", $"NormKind.{kind}")).Norm.Kind);

    [Theory]
    [InlineData(RotaryPairing.HalfSplit, Architecture.RotaryPairing.HalfSplit)]
    [InlineData(RotaryPairing.Interleaved, Architecture.RotaryPairing.Interleaved)]
    public void Pairings(RotaryPairing pairing, object expected) =>
        Assert.Equal(
            expected,
            (
                (RotaryPositions)
                    Parse(Declarations.OddSizes.Replace("RotaryPairing.Interleaved", $"RotaryPairing.{pairing}"))
                        .LayerKinds.Single()
                        .Attention.Positions
            ).Pairing
        );

    private static TransformerArchitecture Parse(string declaration) =>
        ((PlannedModel)GeneratorRun.Of(declaration).Step(TrackingNames.Plans).Single().Value).Plan.Architecture;
}
