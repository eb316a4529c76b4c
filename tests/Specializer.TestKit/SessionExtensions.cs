using System;
using System.Threading;

namespace Specializer;

/// <summary>Calls of sessions that tests hold by their interfaces, as short as those of the generated classes.</summary>
public static class SessionExtensions
{
    /// <summary>Truncates a session that can be truncated.</summary>
    public static void Truncate(this IDecoderSession session, int position) => ((ITruncatableSession)session).Truncate(position);

    /// <summary>Processes a prefix of tokens.</summary>
    public static ReadOnlySpan<float> PrefillPrefix(this IPrefixSession<TokenInput> session, ReadOnlySpan<int> prefix) =>
        session.PrefillPrefix(new TokenInput(prefix));

    /// <summary>Encodes one sequence of tokens of type 0.</summary>
    public static void Encode(
        this IEncoderSession<TokenInput> session,
        ReadOnlySpan<int> tokens,
        Span<float> output,
        Span<float> hiddenStates = default
    ) => session.Encode(new TokenInput(tokens), output, hiddenStates);

    /// <summary>Encodes several sequences of tokens of type 0.</summary>
    public static void EncodeBatch(
        this IEncoderSession<TokenInput> session,
        ReadOnlySpan<int> tokens,
        ReadOnlySpan<int> lengths,
        Span<float> output
    ) => session.Encode(new TokenInput(tokens) { Lengths = lengths }, output);

    /// <summary>Encodes images.</summary>
    public static void Encode(
        this IEncoderSession<ImageInput> session,
        ReadOnlySpan<float> pixels,
        Span<float> output,
        Span<float> hiddenStates = default
    ) => session.Encode(new ImageInput(pixels), output, hiddenStates);

    /// <summary>Encodes a source of tokens.</summary>
    public static void Encode(
        this ISequenceToSequenceSession<TokenInput> session,
        ReadOnlySpan<int> source,
        CancellationToken cancellationToken = default
    ) => session.Encode(new TokenInput(source), cancellationToken);

    /// <summary>Encodes a log-mel spectrogram.</summary>
    public static void Encode(
        this ISequenceToSequenceSession<LogMelInput> session,
        ReadOnlySpan<float> features,
        CancellationToken cancellationToken = default
    ) => session.Encode(new LogMelInput(features), cancellationToken);
}
