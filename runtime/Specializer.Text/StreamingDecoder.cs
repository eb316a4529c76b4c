using System;
using Specializer.Text.Decoders;

namespace Specializer.Text;

/// <summary>
/// Decodes tokens incrementally. It returns whole characters only and holds back text that later tokens may still change. The
/// concatenated results equal <see cref="Tokenizer.Decode"/> of all tokens. This class is not thread-safe.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly TextSink _sink = new();
    private readonly DecoderStage _first;

    internal StreamingDecoder(Tokenizer tokenizer, IDecoder decoder, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _first = decoder.CreateStage(_sink);
    }

    /// <summary>Decodes a token.</summary>
    /// <param name="token">The id. Ids without a token are skipped.</param>
    /// <returns>The text that is final now, possibly empty. Valid until the next call.</returns>
    public ReadOnlySpan<char> Append(int token)
    {
        _sink.Clear();
        Write(token);
        return _sink.Text;
    }

    /// <summary>Decodes several tokens.</summary>
    /// <param name="tokens">The ids.</param>
    /// <returns>The text that is final now. Valid until the next call.</returns>
    public ReadOnlySpan<char> Append(ReadOnlySpan<int> tokens)
    {
        _sink.Clear();
        foreach (int token in tokens)
        {
            Write(token);
        }

        return _sink.Text;
    }

    /// <summary>Ends the text and resets the decoder.</summary>
    /// <returns>The text that was held back. Valid until the next call.</returns>
    public ReadOnlySpan<char> Complete()
    {
        _sink.Clear();
        _first.Complete();
        ReadOnlySpan<char> rest = _sink.Text;
        _first.Reset();
        return rest;
    }

    /// <summary>Resets the decoder to its initial state.</summary>
    public void Reset() => _first.Reset();

    private void Write(int token)
    {
        if (_tokenizer.TryGetDecodable(token, _skipSpecialTokens, out ReadOnlySpan<byte> text))
        {
            _first.Write(text);
            _first.EndToken();
        }
    }
}
