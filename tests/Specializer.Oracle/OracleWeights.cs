using System;
using System.Collections.Generic;

namespace Specializer.Oracle;

/// <summary>The weights of a model, each stored value widened to a double without rounding.</summary>
/// <param name="tensors">The elements of every tensor by its name in the checkpoint, row-major.</param>
public sealed class OracleWeights(IReadOnlyDictionary<string, double[]> tensors)
{
    private readonly Dictionary<WeightStorage, OracleIntegers> _integers = [];

    /// <summary>The input rows that a model with integer weights has rounded; null if there is none.</summary>
    public IReadOnlyList<float[]>? Recorded { get; init; }

    /// <summary>The rounding of linear layers of an architecture that stores integers.</summary>
    public OracleIntegers Integers(WeightStorage storage)
    {
        if (!_integers.TryGetValue(storage, out OracleIntegers? integers))
        {
            integers = new OracleIntegers(Recorded, storage);
            _integers.Add(storage, integers);
        }

        return integers;
    }

    /// <summary>Every tensor of a checkpoint. The source may be disposed afterwards.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="recorded">The rows that a model with integer weights has rounded; null if there is none.</param>
    public static OracleWeights Read(WeightsSource source, IReadOnlyList<float[]>? recorded = null)
    {
        Dictionary<string, double[]> tensors = [];
        foreach (string name in source.Names)
        {
            if (!source.TryGetTensor(name, out TensorView view))
            {
                throw new ArgumentException($"{source.Description}: '{name}' is listed but not found.", nameof(source));
            }

            float[] stored = new float[view.ElementCount];
            view.CopyTo(stored);
            tensors.Add(name, Array.ConvertAll(stored, value => (double)value));
        }

        return new OracleWeights(tensors) { Recorded = recorded };
    }

    /// <summary>The elements of a tensor.</summary>
    /// <exception cref="ArgumentException">There is no tensor of that name.</exception>
    public double[] Get(string name) => Find(name) ?? throw new ArgumentException($"The weights hold no tensor '{name}'.", nameof(name));

    /// <summary>The elements of a tensor, or <see langword="null"/> if there is none of that name.</summary>
    public double[]? Find(string name) => tensors.GetValueOrDefault(name);

    /// <summary>A linear layer: <c>name.weight</c> with <c>name.bias</c> if <paramref name="bias"/> is set.</summary>
    /// <exception cref="ArgumentException">One of them is missing.</exception>
    public OracleLinear Linear(string name, bool bias) => new(Get(name + OracleNames.Weight), bias ? Get(name + OracleNames.Bias) : null);
}
