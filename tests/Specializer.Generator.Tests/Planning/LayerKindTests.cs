using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>A kind of layer owns its mixer, its feed-forward block and its norms; buffers have the size of the largest.</summary>
public sealed class LayerKindTests
{
    private static readonly TransformerArchitecture s_uniform = ArchitectureOf(
        Declarations.Pronunciation.Replace("[FeedForward", "[SlidingWindow(8, Pattern = \"SF\")]\n[FeedForward")
    );

    private static readonly TransformerArchitecture s_mixed = Widen(s_uniform);

    [Fact]
    public void EveryKindOfAModelHasAllParts() =>
        Assert.All(
            s_uniform.LayerKinds,
            static kind =>
            {
                Assert.Equal(s_uniform.Attention, kind.Attention);
                Assert.Equal(s_uniform.FeedForward, kind.FeedForward);
                Assert.Equal(s_uniform.Arrangement, kind.Arrangement);
            }
        );

    [Fact]
    public void AKindKeepsItsOwnParts()
    {
        AttentionArchitecture other = s_uniform.Attention with { HeadDimension = 64 };
        LayerKind kind = s_uniform.LayerKinds[0] with { Mixer = other };

        TransformerArchitecture changed = s_uniform with { LayerKinds = new EquatableArray<LayerKind>([kind, s_uniform.LayerKinds[1]]) };

        Assert.Equal(other, changed.LayerKinds[0].Attention);
        Assert.Equal(s_uniform.LayerKinds[1], changed.LayerKinds[1]);
        Assert.False(changed.LayersAreUniform);
    }

    [Fact]
    public void APartOutsideAModelIsRefused() =>
        Assert.Contains(
            "'Alone'",
            Assert.Throws<InvalidOperationException>(static () => new LayerKind("Alone", 0, new NoPositions()).Mixer).Message
        );

    [Fact]
    public void KindsOfEqualShapesShareTheirBlocks()
    {
        ExecutionPlan plan = Planner.Plan(s_uniform);

        Assert.Empty(plan.LayerOffsets);
        Assert.All(plan.Weights.Where(static weight => weight.PerLayer), static weight => Assert.Empty(weight.Ref.Kind));
    }

    [Fact]
    public void KindsOfOtherShapesHaveTheirOwnBlocks()
    {
        ExecutionPlan plan = Planner.Plan(s_mixed);

        Assert.Equal(
            ["Full", "Sliding"],
            plan.Weights.Where(static weight => weight.PerLayer).Select(static weight => weight.Ref.Kind).Distinct().Order()
        );
        Assert.Equal(s_mixed.Layers + 1, plan.LayerOffsets.Count);
        long[] sizes = [.. plan.LayerOffsets.Zip(plan.LayerOffsets.Skip(1), static (start, end) => end - start)];
        Assert.Equal(sizes[0], sizes[2]);
        Assert.True(sizes[1] > sizes[0]);
        Assert.Contains(plan.Tensors, static tensor => tensor.Name == "model.layers.3.mlp.down_proj.weight" && tensor.Shape[1] == 600);
        Assert.NotEqual(PackedLayout.Of(Planner.Plan(s_uniform)), PackedLayout.Of(plan));
    }

    [Fact]
    public void BuffersAreThoseOfTheLargestKind()
    {
        ExecutionPlan uniform = Planner.Plan(s_uniform),
            mixed = Planner.Plan(s_mixed);

        Assert.True(Floats(mixed, BufferRole.Inner) > Floats(uniform, BufferRole.Inner));
        Assert.True(Floats(mixed, BufferRole.Attended) > Floats(uniform, BufferRole.Attended));
        Assert.Equal(Floats(uniform, BufferRole.Hidden), Floats(mixed, BufferRole.Hidden));
    }

    [Fact]
    public void EncodersOfSeveralShapesAreRefused() =>
        Assert.Contains(
            "Encoder",
            Assert.Throws<NotSupportedException>(static () => Planner.Plan(s_mixed with { Stack = Stack.Encoder })).Message
        );

    [Fact]
    public void AFactorOnTheResidualIsRefused()
    {
        LayerKind scaled = s_uniform.LayerKinds[0] with { ResidualScale = 0.5f };
        TransformerArchitecture architecture = s_uniform with
        {
            LayerKinds = new EquatableArray<LayerKind>([scaled, s_uniform.LayerKinds[1]]),
        };

        Assert.Throws<NotSupportedException>(() => Planner.Plan(architecture));
    }

    private static long Floats(ExecutionPlan plan, BufferRole role) => plan.Buffer(new BufferRef(role)).Floats;

    private static TransformerArchitecture Widen(TransformerArchitecture architecture)
    {
        LayerKind full = architecture.LayerKinds.Single(static kind => kind.Name == "Full");
        LayerKind wide = full with { Mixer = full.Attention with { Heads = 8 }, FeedForward = full.FeedForward with { Width = 600 } };
        return architecture with
        {
            LayerKinds = new EquatableArray<LayerKind>(architecture.LayerKinds.Select(kind => kind == full ? wide : kind)),
        };
    }

    private static TransformerArchitecture ArchitectureOf(string declaration) =>
        ((PlannedModel)GeneratorRun.Of(declaration).Step(TrackingNames.Plans).Single().Value).Plan.Architecture;
}
