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

    /// <summary>
    /// Other names under which a checkpoint may hold the same elements, such as the output matrix of a model with tied embeddings.
    /// Any of them stands for the others; those that are present must hold equal elements.
    /// </summary>
    public ImmutableArray<string> Copies { get; init; } = [];

    /// <summary>
    /// The names of tensors that are read in the place of this one if it is absent. Beside it they may hold other elements:
    /// T5 as transformers 5 saves it has an output matrix of its own or uses the embeddings.
    /// </summary>
    public ImmutableArray<string> Substitutes { get; init; } = [];

    /// <summary>The tensors whose rows follow one another in this one, if a checkpoint may hold them instead; all of them, in order.</summary>
    public ImmutableArray<TensorRows> Parts { get; init; } = [];

    /// <summary>The tensor among whose rows are the rows of this one, if a checkpoint may hold it instead.</summary>
    public TensorRows? PartOf { get; init; }

    /// <summary>Whether the tensor counts as zeros if a checkpoint does not hold it.</summary>
    public bool ZeroIfAbsent { get; init; }

    /// <summary>The name of the tensor in one layer.</summary>
    /// <param name="layer">The layer, counted from 0; of no effect if <see cref="Layers"/> is 0.</param>
    public string NameInLayer(int layer) => InLayer(Name, layer);

    /// <summary>Whether name, layers, all dimensions and everything that may stand for the tensor are the same.</summary>
    public bool Equals(TensorRequirement? other) =>
        other is not null
        && Name == other.Name
        && Layers == other.Layers
        && ZeroIfAbsent == other.ZeroIfAbsent
        && PartOf == other.PartOf
        && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan())
        && Copies.AsSpan().SequenceEqual(other.Copies.AsSpan())
        && Substitutes.AsSpan().SequenceEqual(other.Substitutes.AsSpan())
        && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layers, Shape.Length);

    /// <summary>A name with the number of a layer in the place of <see cref="LayerMark"/>.</summary>
    internal string InLayer(string name, int layer) =>
        Layers == 0 ? name : name.Replace(LayerMark, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
