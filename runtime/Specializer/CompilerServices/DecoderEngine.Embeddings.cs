using System;
using System.Threading;

namespace Specializer.CompilerServices;

/// <content>A prefix that begins with rows of embeddings in the place of tokens.</content>
public abstract unsafe partial class DecoderEngine
{
    /// <summary>The tokens of a prefix, of which those of rows are 0, and the indices of its rows; null before the first such prefix.</summary>
    private int[]? _prefixTokens;

    /// <summary>Gets the number of rows of embeddings that the current chunk begins with.</summary>
    protected int GivenRows { get; private set; }

    /// <summary>Gets the indices of the rows of embeddings: 0, 1, 2 and so on.</summary>
    [CLSCompliant(false)]
    protected int* GivenIndices { get; private set; }

    /// <summary>Processes a prefix, for <see cref="IPrefixSession{TInput}"/>.</summary>
    /// <param name="prefix">The rows of embeddings and the tokens after them.</param>
    /// <param name="rowsOffset">The offset of the buffer of rows in the memory of the session, in floats.</param>
    /// <param name="rowStride">The floats from one row to the next, at least the width of the model.</param>
    /// <param name="cancellationToken">Checked before the prefix.</param>
    /// <returns>The logits after its last position.</returns>
    /// <exception cref="ArgumentException">The rows are not a multiple of the width, or the prefix is empty or too long.</exception>
    protected ReadOnlySpan<float> ProcessPrefix(EmbeddingInput prefix, long rowsOffset, int rowStride, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            int width = Description.DModel,
                given = prefix.Rows.Length / width;
            if (prefix.Rows.Length % width != 0)
            {
                throw new ArgumentException(
                    $"The rows have {prefix.Rows.Length} floats, which is no multiple of {width}, the DModel of {Description.Name}.",
                    nameof(prefix)
                );
            }

            ReadOnlySpan<int> tokens = PrefixTokens(given, prefix.Tokens);
            Check(tokens);
            Prepare();
            CheckPrefix(tokens);
            CheckCrossing(tokens.Length);
            CopyRows(prefix.Rows, width, rowsOffset, rowStride);

            fixed (int* indices = _prefixTokens.AsSpan(Description.ChunkLength))
            {
                GivenRows = given;
                GivenIndices = indices;
                Run(
                    tokens,
                    sequences: 1,
                    members: null,
                    _logits.Address,
                    allLogits: default,
                    isPrefix: true,
                    isGreedy: false,
                    cancellationToken
                );
            }

            return LogitsRow(LastLogitsRow);
        }
        finally
        {
            GivenRows = 0;
            GivenIndices = null;
            Leave();
        }
    }

    /// <summary>Copies rows to the memory of the session, which is addressable only while it is held.</summary>
    private void CopyRows(ReadOnlySpan<float> rows, int width, long offset, int stride)
    {
        try
        {
            Hold();
            for (int start = 0, row = 0; start < rows.Length; start += width, row++)
            {
                var destination = new Span<float>(Memory + offset + ((nint)row * stride), stride);
                rows.Slice(start, width).CopyTo(destination);
                destination[width..].Clear();
            }
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Returns the tokens of a prefix, with 0 for each of its rows.</summary>
    private ReadOnlySpan<int> PrefixTokens(int given, ReadOnlySpan<int> tokens)
    {
        int chunk = Description.ChunkLength;
        if (given > chunk || tokens.Length > chunk - given)
        {
            throw new ArgumentException(
                $"The prefix has {(long)given + tokens.Length} positions; {Description.Name} computes a prefix in one chunk, of {chunk} positions. Declare a larger ChunkLength.",
                nameof(tokens)
            );
        }

        if (_prefixTokens is null)
        {
            int[] created = new int[2 * chunk];
            for (int row = 0; row < chunk; row++)
            {
                created[chunk + row] = row;
            }

            _prefixTokens = created;
        }

        Span<int> all = _prefixTokens.AsSpan(0, given + tokens.Length);
        all[..given].Clear();
        tokens.CopyTo(all[given..]);
        return all;
    }
}
