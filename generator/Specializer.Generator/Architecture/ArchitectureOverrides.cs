namespace Specializer.Generator.Architecture;

/// <summary>The values of attributes that override a config.json. Null keeps the value of the file.</summary>
internal sealed record ArchitectureOverrides
{
    /// <summary>The number of token ids: fine-tuned models add tokens, and tables are padded.</summary>
    public int? VocabularySize { get; init; }

    public bool? TiedEmbeddings { get; init; }

    public float? EmbeddingScale { get; init; }

    public float? LogitsSoftCap { get; init; }

    /// <summary>The factor of the scores q·k.</summary>
    public float? AttentionScale { get; init; }

    public float? AttentionSoftCap { get; init; }

    /// <summary>The formula that [Norm] names, which must match the file.</summary>
    public NormKind? NormKind { get; init; }

    public float? NormEpsilon { get; init; }

    public double? RotaryBase { get; init; }

    /// <summary>The base of layers with a window that have separate fields in the file.</summary>
    public double? WindowRotaryBase { get; init; }

    /// <summary>The scaling of rotary frequencies, usually for a longer context than that of the file.</summary>
    public FrequencyScalingArchitecture? FrequencyScaling { get; init; }

    /// <summary>The storage type of weights; a config.json only contains the published type.</summary>
    public WeightStorage WeightStorage { get; init; }

    /// <summary>Tensor names that replace those of the family, and ignored tensors.</summary>
    public TensorNameOverrides? TensorNames { get; init; }

    /// <summary>Whether any value is overridden.</summary>
    public bool Any => this != new ArchitectureOverrides();
}
