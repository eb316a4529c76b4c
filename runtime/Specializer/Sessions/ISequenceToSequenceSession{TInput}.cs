using System;
using System.Threading;

namespace Specializer;

/// <summary>One source and the sequences that are decoded from it.</summary>
/// <typeparam name="TInput">The source: <see cref="TokenInput"/> or <see cref="LogMelInput"/>.</typeparam>
public interface ISequenceToSequenceSession<TInput> : ISequenceToSequenceSession
    where TInput : allows ref struct
{
    /// <summary>Encodes a source. The previous source and all sequences decoded from it are lost.</summary>
    /// <param name="source">One source of at most <see cref="ISequenceToSequenceSession.SourceLength"/> positions, without padding.</param>
    /// <param name="cancellationToken">Checked before the source is computed.</param>
    /// <exception cref="ArgumentException">The source is empty, too long, or more than one; or it states something that the model does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the source's vocabulary.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the session is as before.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    void Encode(TInput source, CancellationToken cancellationToken = default);
}
