using System;
using Specializer.Text.Decoders;

namespace Specializer.Text;

/// <summary>
/// Decodes tokens as they come. It returns whole characters only, holds back what later tokens may still change, and its parts joined equal
/// <see cref="Tokenizer.Decode"/> of all tokens. Not safe for several threads at once.
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

    /// <summary>Takes a token.</summary>
    /// <param name="token">The id. Ids of no token are passed over.</param>
    /// <returns>The text that is certain now, possibly none. Valid until the next call.</returns>
    public ReadOnlySpan<char> Append(int token)
    {
        _sink.Clear();
        Write(token);
        return _sink.Text;
    }

    /// <summary>Takes several tokens.</summary>
    /// <param name="tokens">The ids.</param>
    /// <returns>The text that is certain now. Valid until the next call.</returns>
    public ReadOnlySpan<char> Append(ReadOnlySpan<int> tokens)
    {
        _sink.Clear();
        foreach (int token in tokens)
        {
            Write(token);
        }

        return _sink.Text;
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back. Valid until the next call. After it the decoder begins anew.</returns>
    public ReadOnlySpan<char> Complete()
    {
        _sink.Clear();
        _first.Complete();
        ReadOnlySpan<char> rest = _sink.Text;
        _first.Reset();
        return rest;
    }

    /// <summary>Forgets everything, as if no token had come.</summary>
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
