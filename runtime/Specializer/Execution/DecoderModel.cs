using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>The base of generated decoders.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public abstract class DecoderModel : TransformerModel
{
    /// <summary>Takes over packed weights. Called by generated code.</summary>
    /// <param name="description">What is known of the model when it is compiled.</param>
    /// <param name="weights">The packed weights, owned by the model from now on.</param>
    /// <param name="instructionSet">The instruction set for which they are packed.</param>
    /// <param name="options">How the model is run.</param>
    protected DecoderModel(ModelDescription description, AlignedBuffer weights, InstructionSet instructionSet, ModelOptions? options)
        : base(description, weights, instructionSet, options, rowsAtOnce: 1) { }

    /// <summary>Starts a sequence: an empty session with its own cache.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message says how much, and how to need less.</exception>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    public abstract DecoderSession CreateSession();

    /// <summary>Makes ready to decode several sessions of this model in one step, which reads the weights once for all of them.</summary>
    /// <param name="capacity">The largest number of sessions of a step: 1 to <see cref="ModelDescription.ChunkLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none of those.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder-decoder, whose sessions each attend to a source of their own.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <example>
    /// <code>
    /// DecoderBatch batch = model.CreateBatch(2);
    /// DecoderSession[] sessions = [model.CreateSession(), model.CreateSession()];
    /// sessions[0].Prefill([1, 15, 7]);
    /// sessions[1].Prefill([1, 3]);
    /// batch.Decode(sessions, [42, 17]);
    /// ReadOnlySpan&lt;float&gt; logits = batch.LogitsOf(1);
    /// </code>
    /// </example>
    public virtual DecoderBatch CreateBatch(int capacity)
    {
        ThrowIfDisposed();
        return new DecoderBatch(this, capacity);
    }
}
