using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>A kind of layer owns its mixer, its feed-forward block and its norms; buffers have the size of the largest.</summary>
[Feature("planning")]
public sealed class LayerKindTests
{
    private static readonly TransformerArchitecture s_uniform = ArchitectureOf(
        Declarations.Pronunciation.Replace("[FeedForward", "[SlidingWindow(8, Pattern = \"SF\")]\n[FeedForward")
    );

    private static readonly TransformerArchitecture s_mixed = Widen(s_uniform);

    [Fact]
    public void Every_kind_of_a_model_has_all_parts() =>
        Assert.All(
            s_uniform.LayerKinds,
            static kind =>
            {
                Assert.Equal(s_uniform.Attention.ForShapes(), kind.Attention.ForShapes());
                Assert.IsType<RotaryPositions>(kind.Attention.Positions);
                Assert.Equal(kind.Name == "Sliding" ? 8 : 0, kind.Attention.Window);
                Assert.Equal(s_uniform.FeedForward, kind.FeedForward);
                Assert.Equal(s_uniform.Arrangement, kind.Arrangement);
            }
        );

    [Fact]
    public void A_kind_keeps_its_own_parts()
    {
        AttentionArchitecture other = s_uniform.Attention with { HeadDim = 64 };
        LayerKind kind = s_uniform.LayerKinds[0] with { Mixer = other };

        TransformerArchitecture changed = s_uniform with { LayerKinds = new EquatableArray<LayerKind>([kind, s_uniform.LayerKinds[1]]) };

        Assert.Equal(other, changed.LayerKinds[0].Attention);
        Assert.Equal(s_uniform.LayerKinds[1], changed.LayerKinds[1]);
        Assert.False(changed.LayersAreUniform);
    }

    [Fact]
    public void A_mixer_that_is_no_attention_has_no_attention()
    {
        LayerKind kind = s_uniform.LayerKinds[0] with { Name = "Convolved", Mixer = new OtherMixer(4) };

        Assert.Contains("'Convolved'", Assert.Throws<InvalidOperationException>(() => kind.Attention).Message);
        Assert.Same(kind, kind.WithAttention(static attention => attention with { Window = 1 }));
        Assert.False(kind.HasShapesOf(s_uniform.LayerKinds[0]));
    }

    [Fact]
    public void Mask_window_and_positions_change_no_shape()
    {
        LayerKind kind = s_uniform.LayerKinds[0];

        Assert.True(
            kind.HasShapesOf(
                kind.WithAttention(static attention =>
                    attention with
                    {
                        Window = 3,
                        Band = 2,
                        Mask = Generator.Architecture.AttentionMask.Full,
                        Positions = new NoPositions(),
                    }
                )
            )
        );
        Assert.False(kind.HasShapesOf(kind.WithAttention(static attention => attention with { OutputBias = !attention.OutputBias })));
    }

    [Fact]
    public void Kinds_of_equal_shapes_share_their_blocks()
    {
        ExecutionPlan plan = Planner.Plan(s_uniform);

        Assert.Empty(plan.LayerOffsets);
        Assert.All(plan.Weights.Where(static weight => weight.PerLayer), static weight => Assert.Empty(weight.Ref.Kind));
    }

    [Fact]
    public void Kinds_of_other_shapes_have_their_own_blocks()
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
    public void Buffers_are_those_of_the_largest_kind()
    {
        ExecutionPlan uniform = Planner.Plan(s_uniform),
            mixed = Planner.Plan(s_mixed);

        Assert.True(Floats(mixed, BufferRole.Inner) > Floats(uniform, BufferRole.Inner));
        Assert.True(Floats(mixed, BufferRole.Attended) > Floats(uniform, BufferRole.Attended));
        Assert.Equal(Floats(uniform, BufferRole.Hidden), Floats(mixed, BufferRole.Hidden));
    }

    [Fact]
    public void Encoders_of_several_shapes_are_refused() =>
        Assert.Contains(
            "Encoder",
            Assert.Throws<NotSupportedException>(static () => Planner.Plan(s_mixed with { Stack = Stack.Encoder })).Message
        );

    [Fact]
    public void A_factor_on_the_residual_belongs_to_the_layers_that_have_it()
    {
        LayerKind scaled = s_uniform.LayerKinds[0] with { ResidualScale = 0.5f };
        ExecutionPlan plan = Planner.Plan(s_uniform with { LayerKinds = new EquatableArray<LayerKind>([scaled, s_uniform.LayerKinds[1]]) });

        Assert.Equal(
            [0.5f, 1f],
            plan.Kernels.OfType<LinearKernel>()
                .Where(static kernel => kernel.Epilogue.AddToOutput)
                .Select(static kernel => kernel.Epilogue.Scale)
                .Distinct()
                .Order()
        );
    }

    private sealed record OtherMixer(int Length) : MixerArchitecture
    {
        public override MixerArchitecture ForShapes() => this;
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
