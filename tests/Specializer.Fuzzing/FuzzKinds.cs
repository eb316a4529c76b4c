namespace Specializer.Fuzzing;

/// <summary>How positions enter the attention of one kind of layer.</summary>
internal enum PositionKind
{
    None,
    Rotary,
    Alibi,

    /// <summary>T5's, of models with a source and of encoders.</summary>
    Relative,
}

/// <summary>Specifies the positions that are added to the embeddings.</summary>
internal enum TableKind
{
    None,
    Learned,

    /// <summary>Learned, with a token that has its own row and does not count.</summary>
    LearnedBehindPadding,
    SinusoidalInterleaved,
    SinusoidalHalves,
    SinusoidalEndpoint,
}

/// <summary>How rotary frequencies are changed.</summary>
internal enum ScalingKind
{
    None,
    Linear,
    Llama3,
    Yarn,
    Long,
}
