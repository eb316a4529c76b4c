using System;
using System.Threading;

namespace Specializer.CompilerServices;

/// <content>The part of a session that encodes an input: an encoder's sequence or image, or an encoder-decoder's source.</content>
public abstract unsafe partial class SessionEngine
{
    private float* _output;
    private float* _lastHiddenStates;
    private int* _globalTokens;

    /// <summary>
    /// Gets the current tokens: an encoder's sequence, <see cref="Length"/> of them, or the rows of a decoder's chunk.
    /// </summary>
    [CLSCompliant(false)]
    protected int* Tokens { get; private protected set; }

    /// <summary>Gets the types of an encoder's tokens; null where all are of type 0.</summary>
    [CLSCompliant(false)]
    protected int* TokenTypes { get; private set; }

    /// <summary>Gets the pixels of the current image, [channels][height][width].</summary>
    [CLSCompliant(false)]
    protected float* Pixels { get; private set; }

    /// <summary>Gets the current log-mel spectrogram, [mel bands][<see cref="Frames"/>].</summary>
    [CLSCompliant(false)]
    protected float* Features { get; private protected set; }

    /// <summary>Gets the number of frames of the current spectrogram.</summary>
    protected int Frames { get; private protected set; }

    /// <summary>Gets the number of positions of the current input.</summary>
    protected int Length { get; private protected set; }

    /// <summary>Gets whether the call returns the output of the head.</summary>
    protected bool WantsOutput => _output is not null;

    /// <summary>Gets the observer of the states that are encoded.</summary>
    private protected virtual HiddenStateObserver? EncodedStates => HiddenStates;

    /// <summary>Encodes one or several sequences of tokens.</summary>
    /// <param name="input">The sequences.</param>
    /// <param name="output">Receives the output; empty if not wanted.</param>
    /// <param name="hiddenStates">Receives the last hidden states; empty if not wanted.</param>
    /// <param name="cancellationToken">Checked before each chunk.</param>
    protected void EncodeTokens(TokenInput input, Span<float> output, Span<float> hiddenStates, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            EncoderArguments.Check(Description, input, output, hiddenStates);
            int longest = input.Longest;
            for (int sequence = 0; sequence < input.Sequences; sequence++)
            {
                CheckVocabulary(input.Tokens.Slice(sequence * longest, input.LengthOf(sequence)), "tokens");
            }

            Hold();
            nint outputRows = Description.OutputPerToken ? longest : 1;
            nint outputFloats = outputRows * Description.OutputWidth,
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
                for (int sequence = 0; sequence < input.Sequences; sequence += EncodedInputs)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ChooseInputs(input, sequence);
                    nint start = (nint)sequence * longest;
                    Tokens = firstToken + start;
                    TokenTypes = firstType is null ? null : firstType + start;
                    _globalTokens = firstGlobal is null ? null : firstGlobal + start;
                    _output = firstOutput is null ? null : firstOutput + (sequence * outputFloats);
                    _lastHiddenStates = firstHiddenState is null ? null : firstHiddenState + (sequence * hiddenFloats);
                    for (int index = 0; index < EncodedInputs; index++)
                    {
                        ClearPadding(input.LengthOf(sequence + index), index * (nint)longest, longest);
                    }

                    Compute();
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

    /// <summary>Encodes one or several images.</summary>
    /// <param name="input">The images.</param>
    /// <param name="output">Receives the output; empty if not wanted.</param>
    /// <param name="hiddenStates">Receives the last hidden states; empty if not wanted.</param>
    /// <param name="cancellationToken">Checked before each image.</param>
    protected void EncodeImages(ImageInput input, Span<float> output, Span<float> hiddenStates, CancellationToken cancellationToken)
    {
        ReadOnlySpan<float> pixels = input.Pixels;
        int imageFloats = Description.ImageFloats;
        Enter();
        try
        {
            ThrowIfModelIsDisposed();
            int images = CountImages(pixels),
                positions = Description.ContextLength;
            EncoderArguments.CheckSpans(Description, images, positions, output, hiddenStates);
            Hold();
            nint outputFloats = (nint)(Description.OutputPerToken ? positions : 1) * Description.OutputWidth,
                hiddenFloats = (nint)positions * Description.DModel;
            fixed (
                float* firstPixel = pixels,
                    firstOutput = output,
                    firstHiddenState = hiddenStates
            )
            {
                for (int image = 0; image < images; image++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Pixels = firstPixel + ((nint)image * imageFloats);
                    Length = positions;
                    _output = firstOutput is null ? null : firstOutput + (image * outputFloats);
                    _lastHiddenStates = firstHiddenState is null ? null : firstHiddenState + (image * hiddenFloats);
                    Compute();
                }
            }
        }
        finally
        {
            Pixels = null;
            Forget();
            Release();
            Leave();
        }
    }

    /// <summary>Counts the global tokens before each position of the current sequence. Called by one worker.</summary>
    /// <param name="before">Receives a count for every position, and after them that of the whole sequence.</param>
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

    /// <summary>Invokes the observer of encoded states, if there is one, with the states of the current input. Called by one worker.</summary>
    /// <param name="layer">0 for the embeddings, i for the output of the i-th layer.</param>
    /// <param name="hiddenStates">The hidden states, <see cref="Length"/> rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    [CLSCompliant(false)]
    protected void ReportEncodedStates(int layer, float* hiddenStates, int rowStride) =>
        Observe(EncodedStates, layer, 0, Length, hiddenStates, rowStride);

    /// <summary>Copies last hidden states to the caller, if it passes a span for them. Called by every worker.</summary>
    /// <param name="values">The rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    /// <param name="first">The position of the first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="worker">The number of this worker, from 0.</param>
    /// <param name="workers">The number of workers that share the rows.</param>
    [CLSCompliant(false)]
    protected void WriteHiddenStates(float* values, int rowStride, int first, int rows, int worker, int workers) =>
        Write(_lastHiddenStates, Description.DModel, values, rowStride, first, rows, worker, workers, eachToken: true);

    /// <summary>Copies rows of output to the caller, if it passes a span for them. Called by every worker.</summary>
    /// <param name="values">The rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    /// <param name="first">The position of the first row; the index of the input for its only row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="worker">The number of this worker, from 0.</param>
    /// <param name="workers">The number of workers that share the rows.</param>
    [CLSCompliant(false)]
    protected void WriteOutput(float* values, int rowStride, int first, int rows, int worker, int workers) =>
        Write(_output, Description.OutputWidth, values, rowStride, first, rows, worker, workers, Description.OutputPerToken);

    private int CountImages(ReadOnlySpan<float> pixels)
    {
        int imageFloats = Description.ImageFloats;
        return pixels.IsEmpty || pixels.Length % imageFloats != 0
            ? throw new ArgumentException(
                $"There are {pixels.Length} pixel values; an image of {Description.Name} has {imageFloats}, so give one or several times as many.",
                nameof(pixels)
            )
            : pixels.Length / imageFloats;
    }

    private void Write(float* target, int width, float* values, int rowStride, int first, int rows, int worker, int workers, bool eachToken)
    {
        int index = 0;
        for (int row = worker; target is not null && row < rows; row += workers)
        {
            int to = eachToken ? PaddedRow(first + row, ref index) : first + row;
            new ReadOnlySpan<float>(values + ((nint)row * rowStride), width).CopyTo(new Span<float>(target + ((nint)to * width), width));
        }
    }

    /// <summary>Drops the pointers to the caller's memory.</summary>
    private void Forget()
    {
        _output = null;
        _lastHiddenStates = null;
    }

    /// <summary>Zeroes the rows of padding of an input.</summary>
    /// <param name="length">The positions of the input.</param>
    /// <param name="firstRow">Its first row, from the first input that is encoded.</param>
    /// <param name="longest">Its rows with padding.</param>
    private void ClearPadding(int length, nint firstRow, int longest)
    {
        Clear(_lastHiddenStates, Description.DModel);
        if (Description.OutputPerToken)
        {
            Clear(_output, Description.OutputWidth);
        }

        void Clear(float* target, int width)
        {
            for (nint row = firstRow + length; target is not null && row < firstRow + longest; row++)
            {
                new Span<float>(target + (row * width), width).Clear();
            }
        }
    }
}
