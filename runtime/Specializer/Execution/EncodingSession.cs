using System;

namespace Specializer;

/// <summary>The base of sessions of encoders: one sequence of states in work, and where what is computed goes.</summary>
public abstract unsafe class EncodingSession : TransformerSession
{
    private float* _output;
    private float* _lastHiddenStates;

    private protected EncodingSession(TransformerModel model, EncoderDescription encoder, long memoryBytes)
        : base(model, memoryBytes)
    {
        Encoder = encoder;
        SessionBytes = memoryBytes;
    }

    /// <summary>The bytes of this session.</summary>
    public long SessionBytes { get; }

    /// <summary>The number of positions of the sequence in work.</summary>
    protected int Length { get; private set; }

    /// <summary>Whether the caller wants what the head computes.</summary>
    protected bool WantsOutput => _output is not null;

    private protected EncoderDescription Encoder { get; }

    /// <summary>Tells the observer, if there is one, the hidden states of the sequence in work. Called by one worker of generated code.</summary>
    /// <param name="layer">0 for the embeddings, i for the output of the i-th layer.</param>
    /// <param name="hiddenStates">The hidden states, <see cref="Length"/> rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    [CLSCompliant(false)]
    protected void ReportHiddenStates(int layer, float* hiddenStates, int rowStride) => Observe(layer, 0, Length, hiddenStates, rowStride);

    /// <summary>Hands last hidden states to the caller, if they are wanted. Called by every worker of generated code.</summary>
    /// <param name="values">The rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    /// <param name="first">The position of the first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="worker">This worker, from 0.</param>
    /// <param name="workers">How many share the rows.</param>
    [CLSCompliant(false)]
    protected void WriteHiddenStates(float* values, int rowStride, int first, int rows, int worker, int workers) =>
        Write(_lastHiddenStates, Description.DModel, values, rowStride, first, rows, worker, workers);

    /// <summary>Hands rows of output to the caller, if it is wanted. Called by every worker of generated code.</summary>
    /// <param name="values">The rows.</param>
    /// <param name="rowStride">The floats from one row to the next.</param>
    /// <param name="first">The position of the first row; 0 for the sequence's row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="worker">This worker, from 0.</param>
    /// <param name="workers">How many share the rows.</param>
    [CLSCompliant(false)]
    protected void WriteOutput(float* values, int rowStride, int first, int rows, int worker, int workers) =>
        Write(_output, Encoder.OutputWidth, values, rowStride, first, rows, worker, workers);

    private static void Write(float* target, int width, float* values, int rowStride, int first, int rows, int worker, int workers)
    {
        for (int row = worker; target is not null && row < rows; row += workers)
        {
            new ReadOnlySpan<float>(values + ((nint)row * rowStride), width).CopyTo(
                new Span<float>(target + ((nint)(first + row) * width), width)
            );
        }
    }

    /// <summary>Computes one sequence.</summary>
    /// <param name="length">Its positions.</param>
    /// <param name="longest">The rows that there are for them: what is behind the length is filled with zeros.</param>
    /// <param name="output">Where the output goes, or null.</param>
    /// <param name="hiddenStates">Where the last hidden states go, or null.</param>
    private protected void Encode(int length, int longest, float* output, float* hiddenStates)
    {
        Length = length;
        _output = output;
        _lastHiddenStates = hiddenStates;
        ClearFilling(hiddenStates, Description.DModel, longest);
        if (Encoder.OutputPerToken)
        {
            ClearFilling(output, Encoder.OutputWidth, longest);
        }

        Compute();
    }

    /// <summary>Forgets the caller's memory.</summary>
    private protected void Forget()
    {
        _output = null;
        _lastHiddenStates = null;
    }

    /// <summary>Zeros where a sequence of the batch has no token.</summary>
    private void ClearFilling(float* target, int width, int longest)
    {
        for (int row = Length; target is not null && row < longest; row++)
        {
            new Span<float>(target + ((nint)row * width), width).Clear();
        }
    }
}
