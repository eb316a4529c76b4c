using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

using TensorSlice = Specializer.Generator.Planning.TensorSlice;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>The number that identifies the layout of a file of packed weights depends on the layout, and only on it.</summary>
[Feature("planning")]
public sealed class PackedLayoutTests
{
    private static readonly ExecutionPlan s_plan = PlanOf(Declarations.OddSizes);

    public static TheoryData<string> Changes => new(s_changes.Keys);

    private static readonly Dictionary<string, Func<WeightPlan, WeightPlan>> s_changes = new()
    {
        ["an offset"] = static weight => weight with { Offset = weight.Offset + Layout.Line },
        ["a size"] = static weight => weight with { Floats = weight.Floats + Layout.Line },
        ["a storage type"] = static weight => weight with { Storage = WeightStorage.BFloat16 },
        ["a layout"] = static weight => weight with { Layout = WeightLayout.GatedPanels },
        ["the inputs"] = static weight => weight with { Inputs = weight.Inputs + 1 },
        ["the columns"] = static weight => weight with { Outputs = weight.Outputs + 1 },
        ["the place of a block"] = static weight => weight with { Ref = weight.Ref with { PerLayer = !weight.PerLayer } },
        ["the name of a tensor"] = static weight =>
            Slice(weight, static slice => slice with { Tensor = slice.Tensor with { Name = "other" } }),
        ["the shape of a tensor"] = static weight =>
            Slice(weight, static slice => slice with { Tensor = slice.Tensor with { Shape = new EquatableArray<int>([1, 2, 3]) } }),
        ["the rows of a slice"] = static weight => Slice(weight, static slice => slice with { Rows = slice.Rows + 1 }),
        ["the start of a slice"] = static weight => Slice(weight, static slice => slice with { First = slice.First + 1 }),
        ["the groups of a slice"] = static weight => Slice(weight, static slice => slice with { GroupRows = slice.GroupRows + 1 }),
        ["the distance of groups"] = static weight => Slice(weight, static slice => slice with { GroupStride = slice.GroupStride + 1 }),
        ["the order of dimensions"] = static weight => Slice(weight, static slice => slice with { InputsFirst = !slice.InputsFirst }),
    };

    [Fact]
    public void Equal_plans_have_equal_layouts() => Assert.Equal(PackedLayout.Of(s_plan), PackedLayout.Of(PlanOf(Declarations.OddSizes)));

    [Fact]
    public void Words_do_not_change_the_layout()
    {
        ExecutionPlan reworded = s_plan with
        {
            Buffers = new EquatableArray<BufferPlan>(s_plan.Buffers.Select(static buffer => buffer with { Description = "other words" })),
            Layer = new EquatableArray<StepPlan>(s_plan.Layer.Select(static step => step with { Title = "Other words" })),
            Naming = s_plan.Naming with { Ignored = new EquatableArray<string>(["*.other"]) },
        };

        Assert.NotEqual(s_plan, reworded);
        Assert.Equal(PackedLayout.Of(s_plan), PackedLayout.Of(reworded));
    }

    /// <summary>The names of generated members are no part of what is packed where.</summary>
    [Fact]
    public void The_name_of_a_block_does_not_change_the_layout() =>
        Assert.Equal(
            PackedLayout.Of(s_plan),
            PackedLayout.Of(Change(static weight => weight with { Ref = weight.Ref with { Role = WeightRole.CrossQuery } }))
        );

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_property_of_a_block_changes_the_layout(string change) =>
        Assert.NotEqual(PackedLayout.Of(s_plan), PackedLayout.Of(Change(s_changes[change])));

    [Theory]
    [InlineData("Layers = 2", "Layers = 3")]
    [InlineData("ContextLength = 48", "ContextLength = 64")]
    [InlineData("FeedForward(100", "FeedForward(104")]
    [InlineData("RotaryDim = 8", "RotaryDim = 8, Base = 500_000")]
    [InlineData("RotaryDim = 8", "RotaryDim = 8, Scaling = FrequencyScaling.Linear, Factor = 2")]
    [InlineData("ContextLength = 48", "ContextLength = 48, WeightStorage = WeightStorage.Float16")]
    [InlineData("ContextLength = 48", "ContextLength = 48, TiedEmbeddings = true")]
    public void A_declaration_that_packs_otherwise_changes_the_layout(string declared, string other)
    {
        Assert.Contains(declared, Declarations.OddSizes);
        Assert.NotEqual(PackedLayout.Of(s_plan), PackedLayout.Of(PlanOf(Declarations.OddSizes.Replace(declared, other))));
    }

    /// <summary>Changes the first block with a tensor that belongs to a layer.</summary>
    private static ExecutionPlan Change(Func<WeightPlan, WeightPlan> change)
    {
        WeightPlan changed = s_plan.Weights.First(static weight => weight is { PerLayer: true, Layout: WeightLayout.Panels });
        return s_plan with
        {
            Weights = new EquatableArray<WeightPlan>(s_plan.Weights.Select(weight => weight == changed ? change(weight) : weight)),
        };
    }

    private static WeightPlan Slice(WeightPlan weight, Func<TensorSlice, TensorSlice> change) =>
        weight with
        {
            Slices = new EquatableArray<TensorSlice>(weight.Slices.Select(change)),
        };

    private static ExecutionPlan PlanOf(string declaration) =>
        ((PlannedModel)GeneratorRun.Of(declaration).Step(TrackingNames.Plans).Single().Value).Plan;
}
