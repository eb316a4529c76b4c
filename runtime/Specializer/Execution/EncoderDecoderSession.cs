using System;
using System.Threading;

namespace Specializer;

/// <summary>One source of tokens and the sequences that are decoded from it.</summary>
/// <remarks><inheritdoc/></remarks>
public abstract unsafe class EncoderDecoderSession : SequenceToSequenceSession
{
    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="sequences">How many sequences can be decoded together.</param>
    /// <param name="memoryBytes">The bytes of caches and activations for one sequence.</param>
    /// <param name="sequenceBytes">The bytes of every further sequence.</param>
    /// <param name="logitsRows">The number of positions whose logits are computed together.</param>
    /// <param name="logitsRowStride">The floats from one position's logits to the next, a multiple of 16.</param>
    /// <param name="sourceHiddenOffset">Where the encoder's output lies, in floats.</param>
    /// <param name="sourceHiddenStride">The floats from one position's output to the next.</param>
    protected EncoderDecoderSession(
        EncoderDecoderModel model,
        int sequences,
        long memoryBytes,
        long sequenceBytes,
        int logitsRows,
        int logitsRowStride,
        long sourceHiddenOffset,
        int sourceHiddenStride
    )
        : base(model, sequences, memoryBytes, sequenceBytes, logitsRows, logitsRowStride, sourceHiddenOffset, sourceHiddenStride) { }

    /// <summary>The tokens of the source in work, <see cref="SequenceToSequenceSession.Length"/> of them.</summary>
    [CLSCompliant(false)]
    protected int* SourceTokens { get; private set; }

    /// <summary>Encodes a source and forgets the one before, and every sequence decoded from it.</summary>
    /// <param name="source">Token ids, at least one and at most <see cref="SequenceToSequenceSession.SourceLength"/>, without padding.</param>
    /// <param name="cancellationToken">Checked before the source is computed.</param>
    /// <exception cref="ArgumentException">The source is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the source's vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the session is as before.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public void Encode(ReadOnlySpan<int> source, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            Check(source);
            cancellationToken.ThrowIfCancellationRequested();
            Hold();
            fixed (int* tokens = source)
            {
                SourceTokens = tokens;
                EncodeSource(source.Length);
            }
        }
        finally
        {
            SourceTokens = null;
            Release();
            Leave();
        }
    }

    private void Check(ReadOnlySpan<int> source)
    {
        if (source.IsEmpty)
        {
            throw new ArgumentException("The source has no tokens; give at least one.", nameof(source));
        }

        if (source.Length > Source.Length)
        {
            throw new ArgumentException(
                $"The source has {source.Length} tokens; {Description.Name} encodes at most {Source.Length}.",
                nameof(source)
            );
        }

        for (int i = 0; i < source.Length; i++)
        {
            if ((uint)source[i] >= (uint)Source.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(source),
                    source[i],
                    $"Token {i} of the source is {source[i]}; {Description.Name} has a vocabulary of {Source.VocabularySize} for sources, so token ids are 0 to {Source.VocabularySize - 1}."
                );
            }
        }
    }
}
