using System;

namespace Specializer;

/// <summary>A model that reads a source and writes tokens: a decoder that also attends to an encoder's states of the source.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
/// <typeparam name="TInput">The source: <see cref="TokenInput"/> or <see cref="LogMelInput"/>.</typeparam>
public interface ISequenceToSequenceModel<TInput> : IDisposable
    where TInput : allows ref struct
{
    /// <summary>Gets the facts that are known when the model is compiled.</summary>
    ModelDescription Description { get; }

    /// <summary>Creates a session for one source and the sequences that are decoded from it.</summary>
    /// <param name="sequences">
    /// The number of sequences, 1 to <see cref="ModelDescription.ChunkLength"/>. A beam search needs one for each beam. Every
    /// sequence after the first takes <see cref="ModelDescription.SequenceBytes"/> more.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="sequences"/> is less than 1 or greater than <see cref="ModelDescription.ChunkLength"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message contains how
    /// much, and how to need less.</exception>
    ISequenceToSequenceSession<TInput> CreateSession(int sequences = 1);
}
