using System;
using System.Threading;

namespace Specializer;

/// <summary>Encodes inputs one after the other, in memory of a size known at compile time.</summary>
/// <remarks>
/// A session is used by one caller at a time; a second one gets an <see cref="InvalidOperationException"/>. No call
/// allocates managed memory. The results are the same bits for any number of threads, alone or in a batch.
/// </remarks>
/// <typeparam name="TInput">The input: <see cref="TokenInput"/> or <see cref="ImageInput"/>.</typeparam>
public interface IEncoderSession<TInput> : ISession
    where TInput : allows ref struct
{
    /// <summary>Encodes one or several sequences or images. Nothing is computed for padding.</summary>
    /// <param name="input">The sequences or images.</param>
    /// <param name="output">
    /// Receives the rows of output: [sequences, positions, OutputWidth] with zeros for padding where
    /// <see cref="ModelDescription.OutputPerToken"/>, otherwise [sequences, OutputWidth]. Empty for hidden states only; the head
    /// is then not computed.
    /// </param>
    /// <param name="hiddenStates">
    /// Receives the last hidden states after the final norm, if there is one, [sequences, positions, DModel] with zeros for padding;
    /// empty for no hidden states.
    /// </param>
    /// <param name="cancellationToken">Checked before each sequence or image. Rows that are already written stay.</param>
    /// <exception cref="ArgumentException">
    /// The input is empty or too long, or states something that the model does not have; or a span has another length than needed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary, or the model has no such token type.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    void Encode(TInput input, Span<float> output, Span<float> hiddenStates = default, CancellationToken cancellationToken = default);
}
