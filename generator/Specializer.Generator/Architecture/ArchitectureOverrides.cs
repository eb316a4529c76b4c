namespace Specializer.Generator.Architecture;

/// <summary>What attributes beside a config.json say in the place of the file. Null leaves the file's value.</summary>
internal sealed record ArchitectureOverrides
{
    /// <summary>The number of token ids: fine-tuned models add tokens, and tables are padded.</summary>
    public int? VocabularySize { get; init; }

    public bool? TiedEmbeddings { get; init; }

    public float? EmbeddingScale { get; init; }

    public float? LogitsSoftCap { get; init; }

    /// <summary>What q·k is multiplied with.</summary>
    public float? AttentionScale { get; init; }

    public float? AttentionSoftCap { get; init; }

    /// <summary>The formula that [Norm] names, which must be the file's.</summary>
    public NormFormula? NormFormula { get; init; }

    public float? NormEpsilon { get; init; }

    public double? RotaryBase { get; init; }

    /// <summary>The base of layers with a window that has fields of its own in the file.</summary>
    public double? WindowRotaryBase { get; init; }

    /// <summary>How rotary frequencies are changed, mostly for a longer context than the file's.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>The type in which weights are held; a config.json says only in which they are published.</summary>
    public WeightStorage WeightStorage { get; init; }

    /// <summary>Names of tensors in the place of the family's, and tensors that are left out.</summary>
    public TensorNameOverrides? TensorNames { get; init; }

    /// <summary>Whether anything is said at all.</summary>
    public bool Any => this != new ArchitectureOverrides();
}
