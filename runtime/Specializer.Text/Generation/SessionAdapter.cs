using System;
using System.Collections.Generic;
using System.Threading;

namespace Specializer.Text.Generation;

/// <summary>The only use of the runtime's models and sessions, and the tokens that a session holds.</summary>
internal sealed class SessionAdapter : IDisposable
{
    private readonly DecoderSession _session;
    private readonly List<int> _tokens = [];

    public SessionAdapter(DecoderModel model) => _session = model.CreateSession();

    /// <summary>The positions that the session holds.</summary>
    public int Position => _session.Position;

    /// <summary>How many positions it can hold.</summary>
    public int ContextLength => _session.ContextLength;

    public static int VocabularySize(DecoderModel model) => model.Description.VocabularySize;

    public static int ContextLengthOf(DecoderModel model) => model.Description.ContextLength;

    public static string Name(DecoderModel model) => model.Description.Name;

    /// <summary>Whether the model reads a source of tokens before it decodes.</summary>
    public static bool TakesSource(DecoderModel model) =>
        model switch
        {
            EncoderDecoderModel => true,
            SequenceToSequenceModel => throw new NotSupportedException(
                $"{Name(model)} reads no tokens as its source; a {nameof(TextGenerator)} gives it text only."
            ),
            _ => false,
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
            _session.Truncate(positions);
        }
        catch (InvalidOperationException) when (positions > 0)
        {
            // Caches of sliding windows, states of linear attention and prefixes cannot return to every position.
            _session.Truncate(0);
        }

        Synchronize();
        return _session.Position;
    }

    /// <summary>Encodes a source; the decoder then starts at position 0.</summary>
    public void Encode(ReadOnlySpan<int> source, CancellationToken cancellationToken)
    {
        ((EncoderDecoderSession)_session).Encode(source, cancellationToken);
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

    // A call that failed may have left the session empty.
    private void Synchronize()
    {
        if (_tokens.Count > _session.Position)
        {
            _tokens.RemoveRange(_session.Position, _tokens.Count - _session.Position);
        }
    }
}
