using System;
using System.Linq;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>What goes wrong on one of the cores that pack is said as if there were only one.</summary>
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
}
