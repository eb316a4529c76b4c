using System;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Lowering;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

/// <summary>What small layers and narrow heads have of their own, and that larger ones do not.</summary>
[Feature("planning")]
public sealed class SmallShapesTests
{
    /// <summary>A tile holds at most 24 sums with AVX-512 and 10 with AVX2; panels are divided as equally as possible.</summary>
    [Theory]
    [InlineData("Avx512", 64, 64, "2")]
    [InlineData("Avx512", 64, 352, "11")]
    [InlineData("Avx512", 64, 512, "8 8")]
    [InlineData("Avx512", 64, 800, "9 8 8")]
    [InlineData("Avx512", 128, 512, "8 8")]
    [InlineData("Avx512", 128, 544, "")]
    [InlineData("Avx512", 768, 768, "")]
    [InlineData("Avx512", 64, 32, "")]
    [InlineData("Avx2", 64, 64, "4")]
    [InlineData("Avx2", 64, 96, "3 3")]
    [InlineData("Neon", 64, 64, "8")]
    [InlineData("Portable", 64, 64, "4 4")]
    public void One_row_of_a_small_layer_is_multiplied_by_all_panels_side_by_side(
        string instructionSet,
        int inputs,
        int outputs,
        string panels
    )
    {
        InstructionSetDescription target = InstructionSetDescription.All.Single(isa => isa.Name == instructionSet);
        var kernel = new LinearKernel(
            inputs,
            outputs,
            Layout.RowStride(inputs),
            Layout.RowStride(outputs),
            new LinearEpilogue(Bias: false, Activation: null, Gated: false, AddToOutput: false)
        );

        var tiles = new LinearTiles(kernel, target);

        Assert.Equal(panels, string.Join(' ', tiles.RowTiles.Select(static tile => tile.Panels.ToString(CultureInfo.InvariantCulture))));
        Assert.All(tiles.RowTiles, static tile => Assert.Equal(1, tile.MostRows));
    }

    /// <summary>Heads of up to 8 take half a cache line for the values of a position, wider ones whole lines.</summary>
    [Theory]
    [InlineData(4, 8)]
    [InlineData(8, 8)]
    [InlineData(12, 16)]
    [InlineData(16, 16)]
    [InlineData(20, 32)]
    public void The_values_of_narrow_heads_take_half_a_line(int headDim, int stride)
    {
        string declaration = Declarations
            .OddSizes.Replace("HeadDim = 20", FormattableString.Invariant($"HeadDim = {headDim}"))
            .Replace("RotaryDim = 8", "RotaryDim = 4");

        ExecutionPlan plan = ((PlannedModel)GeneratorRun.Of(declaration).Step(TrackingNames.Plans).Single().Value).Plan;

        AttentionKernel kernel = plan.AttentionByKind.Single().Kernel;
        Assert.Equal(stride, kernel.ValueStride);
        Assert.Equal((long)stride * kernel.CacheLength, kernel.ValuesPerHead);
    }
}
