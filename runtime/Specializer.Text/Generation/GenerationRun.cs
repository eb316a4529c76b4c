using System;
using System.Collections.Generic;
using System.Threading;

namespace Specializer.Text.Generation;

/// <summary>One generation: a step computes one token and returns the text that is final.</summary>
internal sealed class GenerationRun
{
    private readonly GenerationPlan _plan;
    private readonly SessionAdapter _session;
    private readonly TokenChooser _chooser;
    private readonly StreamingDecoder _decoder;
    private readonly StopStringMatcher _stops;
    private int _generated;
    private int _reused;
    private int _last;

    public GenerationRun(GenerationPlan plan, SessionAdapter session, StreamingDecoder decoder)
    {
        _plan = plan;
        _session = session;
        _decoder = decoder;
        _chooser = new TokenChooser(plan);
        _stops = new StopStringMatcher(plan.StopStrings);
    }

    /// <summary>Computes one token.</summary>
    /// <returns>The text that is final, with <see cref="TextUpdate.Finish"/> in the last step.</returns>
    public TextUpdate Step(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _last = _generated == 0 ? First(cancellationToken) : _chooser.Next(_session, [_last], _generated, cancellationToken);
        _generated++;
        if (Contains(_plan.Settings.EndTokens, _last))
        {
            return Finish("", FinishReason.EndToken);
        }

        string text = _stops.Append(_decoder.Append(_last));
        if (_stops.IsFound)
        {
            return Finish(text, FinishReason.StopString);
        }

        if (_plan.Filter is { MustEnd: true })
        {
            return Finish(text, FinishReason.ConstraintComplete);
        }

        if (_generated == _plan.MaximumNewTokens)
        {
            return Finish(text, FinishReason.MaximumTokens);
        }

        return _session.Position == _session.ContextLength
            ? Finish(text, FinishReason.ContextFull)
            : new TextUpdate(text) { Tokens = _chooser.TakeReported() };
    }

    private int First(CancellationToken cancellationToken)
    {
        if (_plan.Source is not null)
        {
            _session.Encode(_plan.Source, cancellationToken);
        }
        else
        {
            // At least the last token is computed again, because its logits are required.
            int common = Math.Min(_session.CommonPrefix(_plan.Prompt), _plan.Prompt.Length - 1);
            _reused = _session.Keep(common);
        }

        return _chooser.Next(_session, _plan.Prompt.AsSpan(_reused), 0, cancellationToken);
    }

    private TextUpdate Finish(string text, FinishReason reason)
    {
        if (reason != FinishReason.StopString)
        {
            // The text that the decoder retained may complete a stop string.
            text += _stops.Append(_decoder.Complete());
            reason = _stops.IsFound ? FinishReason.StopString : reason;
            text += _stops.Complete();
        }

        return new TextUpdate(text)
        {
            Tokens = _chooser.TakeReported(),
            Finish = reason,
            Usage = new GenerationUsage(_plan.Source?.Length ?? _plan.Prompt.Length, _reused, _generated),
            Seed = _plan.Seed,
        };
    }

    private static bool Contains(IReadOnlyList<int> tokens, int token)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] == token)
            {
                return true;
            }
        }

        return false;
    }
}
