namespace Specializer.Generator.Planning;

/// <summary>Specifies a stack of layers of a plan.</summary>
internal enum StackPart
{
    /// <summary>The decoder, or an encoder by itself.</summary>
    Main,

    /// <summary>The encoder of an encoder-decoder.</summary>
    Source,
}

/// <summary>Specifies the content of a buffer of a session.</summary>
internal enum BufferRole
{
    /// <summary>The residual stream.</summary>
    Hidden,

    /// <summary>The residual stream, normalized for the block that reads it.</summary>
    Normed,

    /// <summary>Queries, keys and values as projected.</summary>
    Projected,

    /// <summary>Rotated and scaled queries.</summary>
    Queries,

    /// <summary>The attention output of all heads.</summary>
    Attended,

    /// <summary>The inner activations of the feed-forward block.</summary>
    Inner,

    /// <summary>The output of a block before its norm.</summary>
    Block,

    /// <summary>The input rows of a linear layer as integers.</summary>
    Quantized,

    /// <summary>Cached keys, or the states of linear attention.</summary>
    Keys,

    /// <summary>Cached values, or the sums of linear attention.</summary>
    Values,

    /// <summary>The keys of the source for all layers of the decoder.</summary>
    CrossKeys,

    /// <summary>The values of the source for all layers of the decoder.</summary>
    CrossValues,

    /// <summary>The tokens from which a cache can be recomputed.</summary>
    KeptTokens,

    /// <summary>The states of linear attention before a call.</summary>
    KeptState,

    /// <summary>The number of global tokens before each position.</summary>
    GlobalsBefore,

    /// <summary>The keys that global tokens attend to.</summary>
    GlobalKeys,

    /// <summary>The values that global tokens attend to.</summary>
    GlobalValues,

    /// <summary>The scaled queries of global tokens.</summary>
    GlobalQueries,

    /// <summary>The hidden states of global tokens.</summary>
    GlobalStates,

    /// <summary>The attention output of global tokens.</summary>
    GlobalAttended,

    /// <summary>Embeddings before their projection to the width of the hidden states.</summary>
    Embedded,

    /// <summary>The rows of embeddings that a prefix begins with.</summary>
    GivenRows,

    /// <summary>Patches of an image.</summary>
    Patches,

    /// <summary>Frames of audio with their neighbors, read by the first convolution.</summary>
    FirstWindows,

    /// <summary>Frames with their neighbors, read by the second convolution.</summary>
    SecondWindows,

    /// <summary>Frames after the first convolution.</summary>
    Convolved,

    /// <summary>The learned state that attends to all states.</summary>
    ProbeState,

    /// <summary>The query of the learned state.</summary>
    ProbeQuery,

    /// <summary>The keys and values of all states, which the learned state attends to.</summary>
    ProbeKeyValues,

    /// <summary>The attention output of the learned state.</summary>
    ProbeAttended,

    /// <summary>The learned state before its feed-forward block, normalized.</summary>
    ProbeNormed,

    /// <summary>The inner activations of the learned state's feed-forward block.</summary>
    ProbeInner,

    /// <summary>The pooled state of a sequence.</summary>
    Pooled,

    /// <summary>The states that one projection of the head computes.</summary>
    HeadProjection,

    /// <summary>States of length 1.</summary>
    Normalized,

    /// <summary>States after the head's linear layer.</summary>
    Transformed,

    /// <summary>The outputs of an encoder's head.</summary>
    Output,

    /// <summary>The logits, which the session's base class holds. They are not part of the layout.</summary>
    Logits,
}

/// <summary>A reference to a buffer of a session.</summary>
/// <param name="Role">The content.</param>
/// <param name="Stack">The stack that it belongs to.</param>
internal sealed record BufferRef(BufferRole Role, StackPart Stack = StackPart.Main)
{
    /// <summary>The kind of layers that it belongs to; empty if all kinds share it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The number, from 1, if a stack has several buffers of the role; otherwise 0.</summary>
    public int Number { get; init; }
}
