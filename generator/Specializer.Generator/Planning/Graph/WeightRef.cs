namespace Specializer.Generator.Planning;

/// <summary>Specifies the part of a model that a block of packed weights belongs to.</summary>
internal enum WeightRole
{
    /// <summary>The embeddings of tokens.</summary>
    TokenEmbedding,

    /// <summary>The embeddings of token types.</summary>
    TokenTypeTable,

    /// <summary>The embeddings of positions.</summary>
    PositionTable,

    /// <summary>The norm of the embeddings.</summary>
    EmbeddingNorm,

    /// <summary>The projection of the embeddings to the width of the hidden states.</summary>
    EmbeddingProjection,

    /// <summary>The projection of patches.</summary>
    PatchProjection,

    /// <summary>The state before the patches.</summary>
    FirstState,

    /// <summary>The states between the first one and the patches.</summary>
    LaterStates,

    /// <summary>The convolution over frames of audio.</summary>
    FirstConvolution,

    /// <summary>The convolution that computes positions from frames.</summary>
    SecondConvolution,

    /// <summary>Cosines and sines of the rotary angles.</summary>
    RotaryTable,

    /// <summary>The rotary angles of long sequences, if they differ from those of short ones.</summary>
    LongRotaryTable,

    /// <summary>The rotary angles of short sequences, if they differ from those of long ones.</summary>
    ShortRotaryTable,

    /// <summary>The slopes of ALiBi.</summary>
    AlibiSlopes,

    /// <summary>The biases of relative positions.</summary>
    RelativeBias,

    /// <summary>The norm before the attention.</summary>
    AttentionNorm,

    /// <summary>The query, key and value projections.</summary>
    QueryKeyValue,

    /// <summary>The norm of every query head.</summary>
    QueryNorm,

    /// <summary>The norm of every key head.</summary>
    KeyNorm,

    /// <summary>The output projection of the attention.</summary>
    AttentionOutput,

    /// <summary>The norm after the attention.</summary>
    AttentionOutputNorm,

    /// <summary>The factors of the attention's output.</summary>
    AttentionScale,

    /// <summary>The factors of the feed-forward block's output.</summary>
    FeedForwardScale,

    /// <summary>The norm before or after cross-attention.</summary>
    CrossAttentionNorm,

    /// <summary>The query projection of cross-attention.</summary>
    CrossQuery,

    /// <summary>The key and value projections of the source.</summary>
    CrossKeyValue,

    /// <summary>The output projection of cross-attention.</summary>
    CrossOutput,

    /// <summary>The norm after cross-attention, if blocks have norms before and after them.</summary>
    CrossAttentionOutputNorm,

    /// <summary>The key and value projections that global tokens attend to.</summary>
    GlobalKeyValue,

    /// <summary>The query projection of global tokens.</summary>
    GlobalQuery,

    /// <summary>The norm before the feed-forward block.</summary>
    FeedForwardNorm,

    /// <summary>The up projection.</summary>
    Up,

    /// <summary>The gate and up projections.</summary>
    GateUp,

    /// <summary>The down projection.</summary>
    Down,

    /// <summary>The norm after the feed-forward block.</summary>
    FeedForwardOutputNorm,

    /// <summary>The norm after the last layer.</summary>
    FinalNorm,

    /// <summary>The projection to logits.</summary>
    Logits,

    /// <summary>The learned state that attends to all states.</summary>
    ProbeState,

    /// <summary>The query projection of the learned state.</summary>
    ProbeQuery,

    /// <summary>The key and value projections of the states that the learned state attends to.</summary>
    ProbeKeyValue,

    /// <summary>The output projection of the learned state's attention.</summary>
    ProbeOutput,

    /// <summary>The norm before the learned state's feed-forward block.</summary>
    ProbeNorm,

    /// <summary>The up projection of the learned state.</summary>
    ProbeUp,

    /// <summary>The down projection of the learned state.</summary>
    ProbeDown,

    /// <summary>One projection of an encoder's head.</summary>
    HeadProjection,

    /// <summary>The activated linear layer of an encoder's head.</summary>
    HeadDense,

    /// <summary>The norm of an encoder's head.</summary>
    HeadNorm,

    /// <summary>The output of an encoder's head.</summary>
    Output,
}

/// <summary>Specifies the part of a linear layer or norm that a block contains.</summary>
internal enum WeightComponent
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>The matrix of a linear layer, or the factors of a norm.</summary>
    Weight,

    /// <summary>The bias.</summary>
    Bias,
}

/// <summary>A reference to a block of packed weights.</summary>
/// <param name="Role">The part of the model.</param>
/// <param name="Component">The part of it that the block contains.</param>
/// <param name="Stack">The stack that it belongs to.</param>
internal sealed record WeightRef(WeightRole Role, WeightComponent Component, StackPart Stack)
{
    /// <summary>Whether every layer has one.</summary>
    public bool PerLayer { get; init; }

    /// <summary>The kind of layers that it belongs to; empty if all kinds share it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The number, from 1, if a model has several blocks of the role; otherwise 0.</summary>
    public int Number { get; init; }
}
