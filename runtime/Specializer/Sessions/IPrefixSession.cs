using System;
using System.Threading;

namespace Specializer;

/// <summary>A decoder's session whose sequence may begin with a prefix: positions that all attend to each other (Raffel et al. 2020, section 3.2.1).</summary>
/// <typeparam name="TInput">The prefix: <see cref="TokenInput"/>, or <see cref="EmbeddingInput"/> for models with
/// <see cref="TransformerAttribute.EmbeddedPrefix"/>.</typeparam>
public interface IPrefixSession<TInput> : IDecoderSession
    where TInput : allows ref struct
{
    /// <summary>
    /// Processes the prefix and returns the logits after its last position. The positions that follow attend to the whole
    /// prefix and to what precedes them.
    /// </summary>
    /// <param name="prefix">The prefix, at most <see cref="ModelDescription.ChunkLength"/> positions.</param>
    /// <param name="cancellationToken">Checked before the prefix.</param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">The prefix is empty, or longer than a chunk or the rest of the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The session already holds positions, or another call on it is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    ReadOnlySpan<float> PrefillPrefix(TInput prefix, CancellationToken cancellationToken = default);
}
