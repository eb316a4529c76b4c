using System;

namespace Specializer;

/// <summary>The memory of one run of a model: one sequence, one input, or one source with its sequences.</summary>
/// <remarks>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads.
/// </remarks>
public interface ISession : IDisposable
{
    /// <summary>Gets the largest number of positions.</summary>
    int ContextLength { get; }

    /// <summary>Gets the bytes of this session: caches, activations and results.</summary>
    long SessionBytes { get; }

    /// <summary>
    /// Gets or sets the callback that is invoked with each hidden state. It costs nothing while <see langword="null"/>.
    /// </summary>
    /// <remarks>
    /// It is invoked again for a position that is computed again. Truncations and failed calls cause that. So does a decoder with
    /// LongRoPE whose sequence grows past the original length.
    /// </remarks>
    HiddenStateObserver? HiddenStates { get; set; }
}
