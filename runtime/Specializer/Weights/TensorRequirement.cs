using System;
using System.Collections.Immutable;
using System.Globalization;

namespace Specializer;

/// <summary>A tensor that a model needs, or one such tensor in each of its layers.</summary>
/// <param name="Name">The checkpoint's name of it; with <see cref="LayerMark"/> where the number of the layer stands.</param>
/// <param name="Layers">The number of layers that have it, numbered from 0; 0 if it does not belong to a layer.</param>
/// <param name="Shape">Its exact shape, outermost dimension first; empty for a scalar.</param>
public sealed record TensorRequirement(string Name, int Layers, params ImmutableArray<long> Shape)
{
    /// <summary>What stands for the number of the layer in <see cref="Name"/>.</summary>
    public const string LayerMark = "{layer}";

    /// <summary>The name of the tensor in one layer.</summary>
    /// <param name="layer">The layer, counted from 0; of no effect if <see cref="Layers"/> is 0.</param>
    public string NameInLayer(int layer) => Layers == 0
        ? Name
        : Name.Replace(LayerMark, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Whether name, layers and all dimensions are the same.</summary>
    public bool Equals(TensorRequirement? other) =>
        other is not null && Name == other.Name && Layers == other.Layers && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layers, Shape.Length);
}
