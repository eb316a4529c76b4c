namespace Specializer.Generator.Architecture;

/// <summary>The values of [TensorNames] that override a config.json.</summary>
/// <param name="Names">The names that replace those of the family, each with its property.</param>
/// <param name="Ignored">The ignored tensors, in the syntax of <see cref="CheckpointLayout.Ignored"/>.</param>
internal sealed record TensorNameOverrides(EquatableArray<NamedTensor> Names, EquatableArray<string> Ignored)
{
    /// <summary>The layout of the three projections; null for that of the family.</summary>
    public QueryKeyValueStorage? QueryKeyValue { get; init; }

    /// <summary>Whether matrices are [inputs, outputs]; null for the layout of the family.</summary>
    public bool? InputsFirst { get; init; }

    /// <summary>The suffix of matrices; null for that of the family.</summary>
    public string? WeightSuffix { get; init; }

    /// <summary>The suffix of biases; null for that of the family.</summary>
    public string? BiasSuffix { get; init; }

    /// <summary>The suffix of norm weights; null for that of the family.</summary>
    public string? NormWeightSuffix { get; init; }

    /// <summary>The suffix of norm biases; null for that of the family.</summary>
    public string? NormBiasSuffix { get; init; }
}

/// <summary>A name in an attribute.</summary>
/// <param name="Property">The property of the attribute.</param>
/// <param name="Name">The name, without its suffix.</param>
internal sealed record NamedTensor(string Property, string Name);
