using System;

namespace Specializer;

/// <summary>
/// The sequences that are decoded from one source. The source is encoded once; the keys and values that the decoder attends
/// to are kept and shared by all sequences.
/// </summary>
/// <remarks>
/// Most uses decode one sequence: encode the source, then
/// <see cref="IDecoderSession.Prefill(ReadOnlySpan{int}, System.Threading.CancellationToken)"/> with the decoder's start token and
/// <see cref="IDecoderSession.Decode"/> token by token. Several sequences over one source, all of one length, are decoded
/// together by <see cref="Branch"/> and <see cref="DecodeEach"/>.
/// </remarks>
public interface ISequenceToSequenceSession : IDecoderSession
{
    /// <summary>Gets the number of sequences that can be decoded together.</summary>
    int Sequences { get; }

    /// <summary>Gets the number of sequences that are being decoded; 1 until <see cref="Branch"/> makes more.</summary>
    int ActiveSequences { get; }

    /// <summary>Gets the largest number of positions of a source.</summary>
    int SourceLength { get; }

    /// <summary>Gets the number of positions of the encoded source; 0 before the first.</summary>
    int EncodedLength { get; }

    /// <summary>Gets or sets the callback that is invoked with each hidden state of the encoder. It costs nothing while <see langword="null"/>.</summary>
    HiddenStateObserver? SourceHiddenStates { get; set; }

    /// <summary>Copies the encoder's output for the source, after its final norm if it has one.</summary>
    /// <param name="destination">Receives [<see cref="EncodedLength"/>, DModel] values, row after row.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">There is no source, or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    void CopyEncoderOutput(Span<float> destination);

    /// <summary>
    /// Chooses which sequences go on and how often: sequence i from now on continues what was sequence
    /// <paramref name="parents"/>[i]. The keys and values of the source are not copied, and a sequence's own cache only if more
    /// than one sequence continues it.
    /// </summary>
    /// <param name="parents">For each sequence from now on, at most <see cref="Sequences"/>, the present sequence that it continues.</param>
    /// <exception cref="ArgumentException">There is no parent, or there are more than <see cref="Sequences"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A parent is not one of the <see cref="ActiveSequences"/>.</exception>
    /// <exception cref="InvalidOperationException">There is no source, or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    void Branch(ReadOnlySpan<int> parents);

    /// <summary>Processes one more token of every sequence, all of them together.</summary>
    /// <param name="tokens">A token for each of the <see cref="ActiveSequences"/>, at least 0 and less than the vocabulary size.</param>
    /// <exception cref="ArgumentException">There are not as many tokens as sequences, or the context is full.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">There is no source, or another call on this session is running.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    void DecodeEach(ReadOnlySpan<int> tokens);

    /// <summary>Returns the logits after the last token of a sequence; overwritten by the next call that processes tokens.</summary>
    /// <param name="sequence">The sequence as of that token, before any <see cref="Branch"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    ReadOnlySpan<float> LogitsOf(int sequence);
}
