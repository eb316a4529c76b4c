using System;

namespace Specializer;

/// <summary>Facts about a model that are known at compile time. The generated class has them as constants.</summary>
public sealed record ModelDescription
{
    /// <summary>The name of the generated class.</summary>
    public required string Name { get; init; }

    /// <summary>The number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>The width of the hidden states, d_model.</summary>
    public required int DModel { get; init; }

    /// <summary>The number of token ids, which is also the number of logits of a position; 0 for images.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The largest number of positions of a session.</summary>
    public required int ContextLength { get; init; }

    /// <summary>
    /// The number of positions up to which a model with LongRoPE has the short rotary factors
    /// (<c>original_max_position_embeddings</c>). Longer sequences have the long factors at all their positions. 0 where the
    /// factors
    /// do not change with the length: in other models, and where <see cref="ContextLength"/> is not longer.
    /// </summary>
    public int OriginalContextLength { get; init; }

    /// <summary>The number of positions that one step of a prefill processes.</summary>
    public required int ChunkLength { get; init; }

    /// <summary>The number of trained parameters, tied ones counted once.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>The bytes of the packed weights in memory, shared by all sessions.</summary>
    public required long PackedWeightBytes { get; init; }

    /// <summary>
    /// Identifies the layout of packed weights for all instruction sets. It is equal only for the same generator and
    /// architecture, and 0 if packed weights cannot be saved.
    /// </summary>
    [CLSCompliant(false)]
    public ulong PackedLayout { get; init; }

    /// <summary>
    /// Whether the generated code was compiled with optimisation. Without it, as in a debug build, the JIT compiler does not
    /// optimize either, and kernels run at about a twentieth of their speed.
    /// </summary>
    public bool IsOptimized { get; init; } = true;

    /// <summary>The bytes of one session: its key/value cache, activations and logits.</summary>
    public required long SessionBytes { get; init; }

    /// <summary>
    /// Multiply-adds in the linear layers for one token, logits included (attention adds 2 · Heads · HeadDim per layer and
    /// earlier position).
    /// </summary>
    public required long MultiplyAddsPerToken { get; init; }

    /// <summary>The number of token types of an encoder, from 0; 0 for models without token types.</summary>
    public int TokenTypes { get; init; }

    /// <summary>
    /// Whether a call may mark tokens of an encoder as global: they attend to all others, and all attend to them (Beltagy et
    /// al. 2020, Longformer).
    /// </summary>
    public bool GlobalTokens { get; init; }

    /// <summary>
    /// The width of a row of an encoder's output. It is the number of labels, the vocabulary of a masked-language-model head, the
    /// width of pooled states, or, without a head, <see cref="DModel"/>. 0 for models that give logits.
    /// </summary>
    public int OutputWidth { get; init; }

    /// <summary>Whether an encoder's output has a row for every position instead of one for the sequence.</summary>
    public bool OutputPerToken { get; init; }

    /// <summary>The height and the width of an image in pixels; 0 for models that take no images.</summary>
    public int ImageSize { get; init; }

    /// <summary>The number of channels of an image; 0 for models that take no images.</summary>
    public int Channels { get; init; }

    /// <summary>The number of layers of an encoder-decoder's encoder; 0 for other models.</summary>
    public int EncoderLayers { get; init; }

    /// <summary>The largest number of positions of an encoder-decoder's source; 0 for other models.</summary>
    public int SourceLength { get; init; }

    /// <summary>The number of token ids of an encoder-decoder's source; 0 for other models, and where the source is sound.</summary>
    public int SourceVocabularySize { get; init; }

    /// <summary>The number of mel bands of a frame of sound; 0 for models that take no sound.</summary>
    public int MelBands { get; init; }

    /// <summary>The bytes of every sequence of an encoder-decoder's session after the first; 0 for other models.</summary>
    public long SequenceBytes { get; init; }

    /// <summary>Gets the positions that one call computes together, which decide how many threads are worthwhile.</summary>
    internal int RowsAtOnce => OutputWidth == 0 ? 1 : ChunkLength;

    /// <summary>Gets the number of values of an image, [Channels, ImageSize, ImageSize].</summary>
    internal int ImageFloats => Channels * ImageSize * ImageSize;
}
