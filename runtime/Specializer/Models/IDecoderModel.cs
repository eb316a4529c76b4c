using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>A model that continues a sequence of tokens.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
public interface IDecoderModel : IDisposable
{
    /// <summary>Gets the facts that are known when the model is compiled.</summary>
    ModelDescription Description { get; }

    /// <summary>Creates an empty session: one sequence with its own cache.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message contains how
    /// much, and how to need less.</exception>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    IDecoderSession CreateSession();

    /// <summary>
    /// Creates a batch that decodes several sessions of this model in one step, which reads the weights once for all of them.
    /// </summary>
    /// <param name="capacity">The largest number of sessions of a step: 1 to <see cref="ModelDescription.ChunkLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="capacity"/> is less than 1 or greater than <see cref="ModelDescription.ChunkLength"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the memory for the logits of a step.</exception>
    /// <example>
    /// <code>
    /// DecoderBatch batch = model.CreateBatch(2);
    /// IDecoderSession[] sessions = [model.CreateSession(), model.CreateSession()];
    /// sessions[0].Prefill([1, 15, 7]);
    /// sessions[1].Prefill([1, 3]);
    /// batch.Decode(sessions, [42, 17]);
    /// ReadOnlySpan&lt;float&gt; logits = batch.LogitsOf(1);
    /// </code>
    /// </example>
    DecoderBatch CreateBatch(int capacity);
}
