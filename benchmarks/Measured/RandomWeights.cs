using System;
using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>
/// Random weights with the sizes of a model; their values do not affect speed as long as activations stay normal numbers.
/// </summary>
internal sealed unsafe class RandomWeights : WeightsSource
{
    private readonly Dictionary<string, (AlignedBuffer Memory, long[] Shape)> _tensors = [];

    public RandomWeights(TensorTable table, int seed)
    {
        uint state = (uint)seed | 1;
        foreach (TensorRequirement requirement in table.Required)
        {
            for (int layer = 0; layer < Math.Max(1, requirement.Layers); layer++)
            {
                long elements = 1;
                foreach (long extent in requirement.Shape)
                {
                    elements *= extent;
                }

                // Matrices preserve the variance of their inputs, and norms stay around one.
                bool matrix = requirement.Shape.Length > 1;
                float spread = matrix ? MathF.Sqrt(3f / requirement.Shape[^1]) : 0.1f;
                AlignedBuffer memory = AlignedBuffer.Allocate(elements * sizeof(float));
                for (long i = 0; i < elements; i++)
                {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    memory.Address[i] = (matrix ? 0 : 1) + (spread * (((state & 0xFFFF) / 32768f) - 1));
                }

                _tensors.Add(requirement.NameInLayer(layer), (memory, [.. requirement.Shape]));
            }
        }
    }

    /// <summary>Returns the elements of a tensor.</summary>
    public static float[] Copy(TensorView tensor)
    {
        float[] floats = new float[tensor.ElementCount];
        tensor.CopyTo(floats);
        return floats;
    }

    public override string Description => "random weights";

    public override IReadOnlyCollection<string> Names => _tensors.Keys;

    public override bool TryGetTensor(string name, out TensorView view)
    {
        bool found = _tensors.TryGetValue(name, out var tensor);
        view = found ? new TensorView(name, TensorElementType.Float32, tensor.Shape, (byte*)tensor.Memory.Address, tensor.Memory) : default;
        return found;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var tensor in _tensors.Values)
        {
            tensor.Memory.Dispose();
        }
    }
}
