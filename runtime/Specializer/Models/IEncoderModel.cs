using System;
using System.Diagnostics.CodeAnalysis;

namespace Specializer;

/// <summary>A model that computes states, or what a head makes of them, for a whole input.</summary>
/// <remarks>A model may be used by any number of threads at once, each with its own session.</remarks>
/// <typeparam name="TInput">The input: <see cref="TokenInput"/> or <see cref="ImageInput"/>.</typeparam>
public interface IEncoderModel<TInput> : IDisposable
    where TInput : allows ref struct
{
    /// <summary>Gets the facts that are known when the model is compiled.</summary>
    ModelDescription Description { get; }

    /// <summary>Creates a session with memory for the longest input.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not grant the session's memory; the message contains how
    /// much, and how to need less.</exception>
    [SuppressMessage("Design", "CA1024", Justification = "It creates.")]
    IEncoderSession<TInput> CreateSession();
}
