using System;
using System.Collections.Immutable;
using System.Globalization;

namespace Specializer;

/// <summary>A tensor that a model requires, either once or in each of its layers.</summary>
/// <param name="Name">The name in the checkpoint, with <see cref="LayerMark"/> in the place of the layer number.</param>
/// <param name="Layers">The number of layers that have it, numbered from 0; 0 if it does not belong to a layer.</param>
/// <param name="Shape">Its exact shape, outermost dimension first; empty for a scalar.</param>
public sealed record TensorRequirement(string Name, int Layers, params ImmutableArray<long> Shape)
{
    /// <summary>The placeholder of the layer number in <see cref="Name"/>.</summary>
    public const string LayerMark = "{layer}";

    /// <summary>
    /// Other names of the same elements in a checkpoint, such as the output matrix of a model with tied embeddings. Any one of
    /// the tensors is sufficient; all that are present must have equal elements.
    /// </summary>
    public ImmutableArray<string> Copies { get; init; } = [];

    /// <summary>
    /// The names of tensors that are read instead of this one if it is absent. If it is present, they may have other elements.
    /// T5, as saved by transformers 5, has an output matrix of its own or uses the embeddings.
    /// </summary>
    public ImmutableArray<string> Substitutes { get; init; } = [];

    /// <summary>The tensors whose rows make up this one, if a checkpoint may hold them instead; all of them.</summary>
    public ImmutableArray<TensorRows> Parts { get; init; } = [];

    /// <summary>The tensor that contains the rows of this one, if a checkpoint may contain it instead.</summary>
    public TensorRows? PartOf { get; init; }

    /// <summary>Whether a matrix is [inputs, outputs], of which <see cref="Parts"/> and <see cref="PartOf"/> are columns.</summary>
    public bool InputsFirst { get; init; }

    /// <summary>Whether the tensor is replaced by zeros if a checkpoint does not contain it.</summary>
    public bool ZeroIfAbsent { get; init; }

    /// <summary>Returns the name of the tensor in one layer.</summary>
    /// <param name="layer">The layer, counted from 0; ignored if <see cref="Layers"/> is 0.</param>
    public string NameInLayer(int layer) => InLayer(Name, layer);

    /// <summary>Returns whether the names, layers, dimensions and all alternatives of the tensors are equal.</summary>
    public bool Equals(TensorRequirement? other) =>
        other is not null
        && Name == other.Name
        && Layers == other.Layers
        && ZeroIfAbsent == other.ZeroIfAbsent
        && InputsFirst == other.InputsFirst
        && PartOf == other.PartOf
        && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan())
        && Copies.AsSpan().SequenceEqual(other.Copies.AsSpan())
        && Substitutes.AsSpan().SequenceEqual(other.Substitutes.AsSpan())
        && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layers, Shape.Length);

    /// <summary>The dimension of the outputs.</summary>
    internal int OutputAxis => InputsFirst && Shape.Length > 1 ? 1 : 0;

    /// <summary>Returns the shape with another number of outputs.</summary>
    internal long[] ShapeOf(long outputs)
    {
        long[] shape = [.. Shape];
        shape[OutputAxis] = outputs;
        return shape;
    }

    /// <summary>Returns a name with a layer number in the place of <see cref="LayerMark"/>.</summary>
    internal string InLayer(string name, int layer) =>
        Layers == 0 ? name : name.Replace(LayerMark, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
