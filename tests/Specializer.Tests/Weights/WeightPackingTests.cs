using System;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>An exception on one of the cores that pack is reported as if there were only one.</summary>
[Feature("packed-weights")]
public sealed unsafe class WeightPackingTests
{
    private const int Rows = 64;
    private const int Inputs = 32;

    private readonly byte[] _contents = new SafetensorsBytes()
        .Floats("matrix", [Rows, Inputs], [.. Enumerable.Repeat(1e6f, Rows * Inputs)])
        .ToArray();

    [Fact]
    public void A_source_that_was_disposed_is_named()
    {
        SafetensorsFile file = SafetensorsFile.Parse(_contents, "in memory");
        Assert.True(file.TryGetTensor("matrix", out TensorView matrix));
        file.Dispose();
        using AlignedBuffer packed = AlignedBuffer.Allocate(Rows * Inputs * sizeof(float));
        Assert.Throws<ObjectDisposedException>(() => WeightPacking.Rows(packed.Address, Inputs, matrix));
        Assert.Throws<ObjectDisposedException>(() => WeightPacking.Panels(packed.Address, InstructionSet.Portable, Rows, Inputs, [matrix]));
    }

    [Fact]
    public void A_weight_that_does_not_fit_is_named()
    {
        using SafetensorsFile file = SafetensorsFile.Parse(_contents, "in memory");
        Assert.True(file.TryGetTensor("matrix", out TensorView matrix));
        using AlignedBuffer packed = AlignedBuffer.Allocate(Rows * Inputs * sizeof(float));
        WeightsException exception = Assert.Throws<WeightsException>(() =>
            WeightPacking.Panels(packed.Address, InstructionSet.Portable, Rows, Inputs, [matrix], WeightStorage.Float16)
        );
        Assert.Equal(WeightsProblemKind.WeightOutOfRange, Assert.Single(exception.Problems).Kind);
    }

    [Theory]
    [InlineData(false, false, new[] { 0, 2, 1 })]
    [InlineData(true, false, new[] { 0, 1, 2 })]
    public void An_odd_width_has_one_more_sine_than_cosines(bool interleaved, bool endpoint, int[] columns)
    {
        // Marian: columns 0, 2, ... of the paper's table are sines, columns 1, 3, ... cosines, each of position / 10000^(2 (column / 2) / width).
        using AlignedBuffer table = AlignedBuffer.Allocate(2 * 16 * sizeof(float));
        WeightPacking.SinusoidalTable(table.Address, positions: 2, width: 3, rowStride: 16, interleaved, first: 0, endpoint);
        double[] paper = [Math.Sin(1), Math.Cos(1), Math.Sin(1 / Math.Pow(10_000, 2.0 / 3))];
        for (int column = 0; column < 3; column++)
        {
            Assert.Equal((float)paper[columns[column]], table.Address[16 + column]);
        }
    }
}
