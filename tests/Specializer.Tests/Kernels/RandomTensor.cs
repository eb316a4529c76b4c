using System;
using Specializer.Oracle;

namespace Specializer.Tests.Kernels;

/// <summary>A tensor of random floats, to be packed for a kernel and to be computed with in float64.</summary>
internal sealed unsafe class RandomTensor : IDisposable
{
    private readonly AlignedBuffer _memory;

    /// <summary>A tensor whose values are evenly distributed between −<paramref name="extent"/> and <paramref name="extent"/>.</summary>
    public RandomTensor(Random random, double extent, params long[] shape)
        : this(random, extent, WeightStorage.Float32, shape) { }

    /// <summary>A tensor whose values a type of weights holds exactly.</summary>
    public RandomTensor(Random random, double extent, WeightStorage storage, params long[] shape)
    {
        long length = 1;
        foreach (long dimension in shape)
        {
            length *= dimension;
        }

        _memory = AlignedBuffer.Allocate(length * sizeof(float));
        Values = new double[length];
        for (int i = 0; i < Values.Length; i++)
        {
            _memory.Address[i] = StoredValues.Near((float)(((2 * random.NextDouble()) - 1) * extent), storage);
            Values[i] = _memory.Address[i];
        }

        View = new TensorView("random", TensorElementType.Float32, shape, (byte*)_memory.Address, _memory);
    }

    /// <summary>The tensor as a checkpoint holds it.</summary>
    public TensorView View { get; }

    /// <summary>Its elements, row-major.</summary>
    public double[] Values { get; }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
