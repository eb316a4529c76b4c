namespace Specializer.Generator.Architecture;

/// <summary>What [TensorNames] says beside a config.json.</summary>
/// <param name="Names">The names that take the place of the family's, each with its property.</param>
/// <param name="Ignored">Tensors that are left out, in the spelling of <see cref="CheckpointLayout.Ignored"/>.</param>
internal sealed record TensorNameOverrides(EquatableArray<NamedTensor> Names, EquatableArray<string> Ignored)
{
    /// <summary>How the three projections are kept; null for the family's own way.</summary>
    public QueryKeyValueLayout? QueryKeyValue { get; init; }

    /// <summary>Whether matrices are [inputs, outputs]; null for the family's own way.</summary>
    public bool? InputsFirst { get; init; }

    /// <summary>What a matrix's name ends in; null for the family's own.</summary>
    public string? WeightSuffix { get; init; }

    /// <summary>What a bias's name ends in; null for the family's own.</summary>
    public string? BiasSuffix { get; init; }

    /// <summary>What the name of a norm's weight ends in; null for the family's own.</summary>
    public string? NormWeightSuffix { get; init; }

    /// <summary>What the name of a norm's bias ends in; null for the family's own.</summary>
    public string? NormBiasSuffix { get; init; }
}

/// <summary>A name that an attribute gives.</summary>
/// <param name="Property">The property of the attribute.</param>
/// <param name="Name">The name, without its suffix.</param>
internal sealed record NamedTensor(string Property, string Name);
