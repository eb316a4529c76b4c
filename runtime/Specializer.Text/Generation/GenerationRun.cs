using System;
using System.Threading;

namespace Specializer.Text.Generation;

/// <summary>One generation: a step computes one token and returns the text that is final.</summary>
internal sealed class GenerationRun
{
    private readonly GenerationPlan _plan;
    private readonly SessionAdapter _session;
    private readonly TokenChooser _chooser;
    private readonly GenerationProgress _progress;
    private int _last;

    public GenerationRun(GenerationPlan plan, SessionAdapter session, StreamingDecoder decoder)
    {
        _plan = plan;
        _session = session;
        _chooser = new TokenChooser(plan);
        _progress = new GenerationProgress(plan, _chooser, decoder);
    }

    /// <summary>Computes one token.</summary>
    /// <returns>The text that is final, with <see cref="TextUpdate.Finish"/> in the last step.</returns>
    public TextUpdate Step(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int generated = _progress.Generated;
        _last = generated == 0 ? First(cancellationToken) : _chooser.Next(_session, [_last], generated, cancellationToken);
        return _progress.Take(_last, _session.Position == _session.ContextLength);
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
            _progress.Reused = _session.Keep(common);
        }

        return _chooser.Next(_session, _plan.Prompt.AsSpan(_progress.Reused), 0, cancellationToken);
    }
}
