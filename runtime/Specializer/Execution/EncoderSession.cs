using System;
using System.Threading;

namespace Specializer;

/// <summary>
/// Encodes sequences of tokens, one after the other, in memory of a size known at compile time.
/// </summary>
/// <remarks>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads, alone or in a batch.
/// </remarks>
public abstract unsafe class EncoderSession : EncodingSession
{
    private int* _globalTokens;

    /// <summary>Allocates a session. Called by generated code.</summary>
    /// <param name="model">The model that owns the weights.</param>
    /// <param name="memoryBytes">The bytes of the whole sequence's states and of the activations.</param>
    protected EncoderSession(EncoderModel model, long memoryBytes)
        : base(model, model is null ? null! : model.Encoder, memoryBytes) { }

    /// <summary>The tokens of the sequence in work, <see cref="EncodingSession.Length"/> of them.</summary>
    [CLSCompliant(false)]
    protected int* Tokens { get; private set; }

    /// <summary>Their types; null where all are of type 0.</summary>
    [CLSCompliant(false)]
    protected int* TokenTypes { get; private set; }

    /// <summary>Encodes one sequence of tokens, all of type 0.</summary>
    /// <param name="tokens">Token ids, at least one and at most <see cref="TransformerSession.ContextLength"/>, each at least 0 and less than the vocabulary size.</param>
    /// <param name="output">
    /// Receives what the model's head computes, a row of <see cref="EncoderDescription.OutputWidth"/> for every token or one
    /// for the sequence; without a head the last hidden states, [tokens.Length, DModel].
    /// </param>
    /// <param name="cancellationToken">Checked before the sequence.</param>
    /// <exception cref="ArgumentException">There is no token, there are more than the context has room for, or <paramref name="output"/> has another length than it needs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public void Encode(ReadOnlySpan<int> tokens, Span<float> output, CancellationToken cancellationToken = default) =>
        Encode(tokens, default, output, default, cancellationToken);

    /// <summary>Encodes one sequence of tokens of given types, and tells its last hidden states beside what the head computes.</summary>
    /// <param name="tokens">Token ids, at least one and at most <see cref="TransformerSession.ContextLength"/>, each at least 0 and less than the vocabulary size.</param>
    /// <param name="tokenTypes">The type of every token, each less than <see cref="EncoderDescription.TokenTypes"/>; empty for type 0.</param>
    /// <param name="output">As in the other overload; may be empty if only hidden states are wanted, and the head is left out then.</param>
    /// <param name="hiddenStates">Receives the last hidden states (behind the final norm, if there is one), [tokens.Length, DModel]; empty if not wanted.</param>
    /// <param name="cancellationToken">Checked before the sequence.</param>
    /// <exception cref="ArgumentException">As in the other overload; or the types are not as many as the tokens, the model has none, or nothing is wanted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary, or the model has no such type.</exception>
    public void Encode(
        ReadOnlySpan<int> tokens,
        ReadOnlySpan<int> tokenTypes,
        Span<float> output,
        Span<float> hiddenStates,
        CancellationToken cancellationToken = default
    )
    {
        Encode(new EncoderInput(tokens) { TokenTypes = tokenTypes }, output, hiddenStates, cancellationToken);
    }

    /// <summary>Encodes several sequences of tokens, all of type 0, filled up to the same length. Nothing is computed for the filling.</summary>
    /// <param name="tokens">Token ids, [lengths.Length, longest], row after row; what lies behind a sequence's length is not looked at.</param>
    /// <param name="lengths">The length of every sequence, at least 1 and at most the length of a row.</param>
    /// <param name="output">
    /// Receives the rows of output: [lengths.Length, longest, OutputWidth] with zeros where there is filling, or
    /// [lengths.Length, OutputWidth] if the sequence has one row.
    /// </param>
    /// <param name="cancellationToken">Checked before each sequence; what was written before it is cancelled stays.</param>
    /// <exception cref="ArgumentException">
    /// There is no sequence, the tokens are no whole number of rows, a sequence is empty or longer than its row, a row
    /// is longer than the context, or a span has another length than it needs.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public void EncodeBatch(
        ReadOnlySpan<int> tokens,
        ReadOnlySpan<int> lengths,
        Span<float> output,
        CancellationToken cancellationToken = default
    ) => EncodeBatch(tokens, default, lengths, output, default, cancellationToken);

    /// <summary>Encodes several sequences of tokens of given types, and tells their last hidden states beside what the head computes.</summary>
    /// <param name="tokens">Token ids, [lengths.Length, longest].</param>
    /// <param name="tokenTypes">The type of every token, [lengths.Length, longest]; empty for type 0.</param>
    /// <param name="lengths">The length of every sequence.</param>
    /// <param name="output">As in the other overload; may be empty if only hidden states are wanted.</param>
    /// <param name="hiddenStates">Receives the last hidden states, [lengths.Length, longest, DModel] with zeros where there is filling; empty if not wanted.</param>
    /// <param name="cancellationToken">Checked before each sequence.</param>
    /// <exception cref="ArgumentException">As in the other overload; or the types are not as many as the tokens, the model has none, or nothing is wanted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary, or the model has no such type.</exception>
    public void EncodeBatch(
        ReadOnlySpan<int> tokens,
        ReadOnlySpan<int> tokenTypes,
        ReadOnlySpan<int> lengths,
        Span<float> output,
        Span<float> hiddenStates,
        CancellationToken cancellationToken = default
    )
    {
        if (lengths.IsEmpty)
        {
            throw new ArgumentException("There are no sequences; give the length of at least one.", nameof(lengths));
        }

        Encode(new EncoderInput(tokens) { TokenTypes = tokenTypes, Lengths = lengths }, output, hiddenStates, cancellationToken);
    }

    /// <summary>Encodes one or several sequences of tokens with all that can be said of them. Nothing is computed for what fills them up.</summary>
    /// <param name="input">The tokens, and what is known of them.</param>
    /// <param name="output">
    /// Receives the rows of output: [sequences, longest, OutputWidth] with zeros where there is filling, or
    /// [sequences, OutputWidth] if the sequence has one row; empty if only hidden states are wanted.
    /// </param>
    /// <param name="hiddenStates">Receives the last hidden states, [sequences, longest, DModel] with zeros where there is filling; empty if not wanted.</param>
    /// <param name="cancellationToken">Checked before each sequence.</param>
    /// <exception cref="ArgumentException">
    /// There is no token, the tokens are no whole number of rows, a sequence is empty or longer than its row, a row is longer
    /// than the context, a mask has a hole, something has another length than it needs, or is given for a model that has no such thing.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary, or the model has no such type.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    public void Encode(
        in EncoderInput input,
        Span<float> output,
        Span<float> hiddenStates = default,
        CancellationToken cancellationToken = default
    )
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            EncoderArguments.Check(Description, Encoder, input, output, hiddenStates);
            int longest = input.Longest;
            for (int sequence = 0; sequence < input.Sequences; sequence++)
            {
                CheckVocabulary(input.Tokens.Slice(sequence * longest, input.LengthOf(sequence)), "tokens");
            }

            Hold();
            nint outputRows = Encoder.OutputPerToken ? longest : 1;
            nint outputFloats = outputRows * Encoder.OutputWidth,
                hiddenFloats = (nint)longest * Description.DModel;
            fixed (
                int* firstToken = input.Tokens,
                    firstType = input.TokenTypes,
                    firstGlobal = input.GlobalTokens
            )
            fixed (
                float* firstOutput = output,
                    firstHiddenState = hiddenStates
            )
            {
                for (int sequence = 0; sequence < input.Sequences; sequence++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    nint start = (nint)sequence * longest;
                    Tokens = firstToken + start;
                    TokenTypes = firstType is null ? null : firstType + start;
                    _globalTokens = firstGlobal is null ? null : firstGlobal + start;
                    Encode(
                        input.LengthOf(sequence),
                        longest,
                        firstOutput is null ? null : firstOutput + (sequence * outputFloats),
                        firstHiddenState is null ? null : firstHiddenState + (sequence * hiddenFloats)
                    );
                }
            }
        }
        finally
        {
            Tokens = null;
            TokenTypes = null;
            _globalTokens = null;
            Forget();
            Release();
            Leave();
        }
    }

    /// <summary>Counts the global tokens before each position of the sequence in work. Called by one worker of generated code.</summary>
    /// <param name="before">Receives a count for every position, and behind them that of all.</param>
    [CLSCompliant(false)]
    protected void CountGlobalTokens(int* before)
    {
        int count = 0;
        for (int position = 0; position < Length; position++)
        {
            before[position] = count;
            count += _globalTokens is not null && _globalTokens[position] != 0 ? 1 : 0;
        }

        before[Length] = count;
    }
}
