using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Oracle;

namespace Specializer.Tests.Oracle;

/// <summary>
/// Random 32-bit weights for an architecture, the same for the same seed. A model loads from this source, and
/// <see cref="OracleWeights.Read"/> takes the same values for the oracle.
/// </summary>
/// <remarks>
/// Matrices are normal with deviation 1/√inputs, so that activations keep their size from layer to layer and attention is far
/// from uniform. Norm scales are around 1, biases and shifts around 0. All deviate enough that a dropped or misplaced value is
/// visible in the logits.
/// </remarks>
public sealed unsafe class RandomWeights : WeightsSource
{
    private const double VectorDeviation = 0.2;

    private readonly Dictionary<string, (long[] Shape, int Offset)> _tensors = [];
    private readonly AlignedBuffer _memory;

    /// <summary>Draws the weights.</summary>
    /// <param name="architecture">The architecture, which determines the tensors and their shapes.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="storage">The type that holds the matrices exactly.</param>
    public RandomWeights(DecoderArchitecture architecture, int seed, WeightStorage storage = WeightStorage.Float32)
    {
        IReadOnlyList<OracleTensor> tensors = architecture.Tensors();
        _memory = AlignedBuffer.Allocate(tensors.Sum(tensor => (long)tensor.Length) * sizeof(float));
        Description = FormattableString.Invariant($"random weights, seed {seed}");
        Random random = new(seed);
        int offset = 0;
        foreach (OracleTensor tensor in tensors)
        {
            _tensors.Add(tensor.Name, (tensor.Shape, offset));
            (double mean, double deviation) = Distribution(tensor);
            for (int i = 0; i < tensor.Length; i++)
            {
                float value = (float)(mean + deviation * Normal(random));
                _memory.Address[offset + i] = tensor.Shape.Length == 2 ? StoredValues.Near(value, storage) : value;
            }

            offset += tensor.Length;
        }
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        if (!_tensors.TryGetValue(name, out (long[] Shape, int Offset) tensor))
        {
            view = default;
            return false;
        }

        view = new TensorView(name, TensorElementType.Float32, tensor.Shape, (byte*)(_memory.Address + tensor.Offset), _memory);
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _memory.Dispose();
        }
    }

    private static (double Mean, double Deviation) Distribution(OracleTensor tensor) =>
        tensor.Shape is [_, long inputs] ? (0, 1 / Math.Sqrt(inputs))
        : tensor.Name.EndsWith(OracleNames.Bias, StringComparison.Ordinal) ? (0, VectorDeviation)
        : (1, VectorDeviation);

    /// <summary>A value of the standard normal distribution (Box and Muller 1958).</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
