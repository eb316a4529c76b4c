using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// Decoders whose kinds of layers have heads and feed-forward blocks of different sizes, which no declaration describes yet,
/// against the oracle on every instruction set of this process.
/// </summary>
[Feature("layer-kinds")]
public sealed class LayerKindTests
{
    private static readonly Dictionary<string, FuzzCase> s_values = new()
    {
        ["kinds of layers with heads and feed-forwards of their own"] = new()
        {
            Positions = PositionKind.Rotary,
            RotaryDim = 16,
            ContextLength = 40,
            TwoKinds = true,
            OwnShapes = true,
            Layers = 5,
            Pattern = 4,
            PatternLength = 3,
            SecondWindow = 6,
            SecondPositions = PositionKind.Rotary,
            SecondRotaryDimension = 8,
            Heads = 4,
            KeyValueHeads = 2,
            Gated = true,
            QueryBias = true,
            Sequences = 3,
        },
        ["a kind of layers with wider heads, sandwich norms and 16-bit weights"] = new()
        {
            Positions = PositionKind.Rotary,
            RotaryDim = 16,
            ContextLength = 40,
            TwoKinds = true,
            OwnShapes = true,
            Layers = 4,
            SecondPositions = PositionKind.Alibi,
            Arrangement = LayerArrangement.Sandwich,
            Storage = WeightStorage.BFloat16,
            Heads = 3,
            KeyValueHeads = 1,
        },
    };

    internal static NamedCases Cases { get; } = new("kinds", s_values);

    public static TheoryData<string> Values => Cases.Names;

    [Theory]
    [MemberData(nameof(Values))]
    public void Kinds_of_different_shapes_agree_with_the_oracle(string name) => Cases.AssertAgrees(name);
}
