using System;
using System.Threading;

namespace Specializer;

/// <summary>One sequence in flight, which may begin with a prefix that sees all of itself (Raffel et al. 2020, section 3.2.1).</summary>
/// <remarks><inheritdoc/></remarks>
public abstract class PrefixDecoderSession : DecoderSession
{
    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of cache and activations.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    protected PrefixDecoderSession(PrefixDecoderModel model, long memoryBytes, int logitsRows, int logitsRowStride)
        : base(model, memoryBytes, logitsRows, logitsRowStride) { }

    /// <summary>
    /// Processes the prefix, whose positions see each other both ways, and returns the logits after its last token. What
    /// follows, by Prefill and Decode, sees the prefix and what is before.
    /// </summary>
    /// <param name="tokens">Token ids, at least one and at most <see cref="ModelDescription.ChunkLength"/>, each at least 0 and less than the vocabulary size.</param>
    /// <param name="cancellationToken">Checked before the prefix.</param>
    /// <returns>The logits of the next token, [VocabularySize]; overwritten by the next call on this session.</returns>
    /// <exception cref="ArgumentException">There is no token, or they are more than a chunk or the context has room for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The session already holds positions, or another call on it is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public ReadOnlySpan<float> PrefillPrefix(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) =>
        Process(tokens, default, cancellationToken, isPrefix: true);
}
