using System;
using System.Collections.Generic;
using System.Threading;

namespace Specializer.Text.Generation;

/// <summary>The only use of the runtime's models and sessions, and the tokens that a session holds.</summary>
internal sealed class SessionAdapter : IDisposable
{
    private readonly IDecoderSession _session;
    private readonly List<int> _tokens = [];

    public SessionAdapter(TransformerModel model) =>
        _session = model switch
        {
            IDecoderModel decoder => decoder.CreateSession(),
            ISequenceToSequenceModel<TokenInput> encoderDecoder => encoderDecoder.CreateSession(),
            _ => throw Unsupported(model),
        };

    /// <summary>The positions that the session holds.</summary>
    public int Position => _session.Position;

    /// <summary>How many positions it can hold.</summary>
    public int ContextLength => _session.ContextLength;

    public static int VocabularySize(TransformerModel model) => model.Description.VocabularySize;

    public static int ContextLengthOf(TransformerModel model) => model.Description.ContextLength;

    public static string Name(TransformerModel model) => model.Description.Name;

    /// <summary>Whether the model reads a source of tokens before it decodes.</summary>
    public static bool TakesSource(TransformerModel model) =>
        model switch
        {
            IDecoderModel => false,
            ISequenceToSequenceModel<TokenInput> => true,
            _ => throw Unsupported(model),
        };

    /// <summary>How many first tokens of a prompt the session holds.</summary>
    public int CommonPrefix(ReadOnlySpan<int> prompt) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(prompt);

    /// <summary>Forgets all positions but the first ones; all of them if the model cannot keep so many.</summary>
    /// <returns>How many positions are kept.</returns>
    public int Keep(int positions)
    {
        try
        {
            if (_session is ITruncatableSession session)
            {
                session.Truncate(positions);
            }
            else if (positions < _session.Position)
            {
                _session.Reset();
            }
        }
        catch (InvalidOperationException) when (positions > 0)
        {
            // Caches of sliding windows and prefixes cannot return to every position.
            _session.Reset();
        }

        Synchronize();
        return _session.Position;
    }

    /// <summary>Encodes a source; the decoder then starts at position 0.</summary>
    public void Encode(ReadOnlySpan<int> source, CancellationToken cancellationToken)
    {
        ((ISequenceToSequenceSession<TokenInput>)_session).Encode(new TokenInput(source), cancellationToken);
        Synchronize();
    }

    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlySpan<float> logits = _session.Prefill(tokens, cancellationToken);
            _tokens.AddRange(tokens);
            return logits;
        }
        catch
        {
            Synchronize();
            throw;
        }
    }

    public int PrefillGreedy(ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        try
        {
            int token = _session.PrefillGreedy(tokens, cancellationToken);
            _tokens.AddRange(tokens);
            return token;
        }
        catch
        {
            Synchronize();
            throw;
        }
    }

    public void Dispose() => _session.Dispose();

    private static NotSupportedException Unsupported(TransformerModel model) =>
        new(
            $"{Name(model)} does not turn tokens into tokens; a {nameof(TextGenerator)} needs a decoder, or an encoder-decoder whose source is tokens."
        );

    // A call that failed may have left the session empty.
    private void Synchronize()
    {
        if (_tokens.Count > _session.Position)
        {
            _tokens.RemoveRange(_session.Position, _tokens.Count - _session.Position);
        }
    }
}
