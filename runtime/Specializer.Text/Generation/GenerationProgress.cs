using System.Collections.Generic;

namespace Specializer.Text.Generation;

/// <summary>The text of one generation: it takes tokens, and finds where the text ends.</summary>
internal sealed class GenerationProgress
{
    private readonly GenerationPlan _plan;
    private readonly TokenChooser _chooser;
    private readonly StreamingDecoder _decoder;
    private readonly StopStringMatcher _stops;

    /// <param name="plan">The settings.</param>
    /// <param name="chooser">The source of reported tokens.</param>
    /// <param name="decoder">A decoder of the model's tokenizer.</param>
    public GenerationProgress(GenerationPlan plan, TokenChooser chooser, StreamingDecoder decoder)
    {
        _plan = plan;
        _chooser = chooser;
        _decoder = decoder;
        _stops = new StopStringMatcher(plan.StopStrings);
    }

    /// <summary>The number of tokens so far.</summary>
    public int Generated { get; private set; }

    /// <summary>The prompt's tokens that a kept session had already computed.</summary>
    public int Reused { get; set; }

    /// <summary>Takes a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isFull">Whether the context has no position for it.</param>
    /// <returns>The text that is final, with <see cref="TextUpdate.Finish"/> if the text ends.</returns>
    public TextUpdate Take(int token, bool isFull)
    {
        Generated++;
        if (Contains(_plan.Settings.EndTokens, token))
        {
            return Finish("", FinishReason.EndToken);
        }

        string text = _stops.Append(_decoder.Append(token));
        if (_stops.IsFound)
        {
            return Finish(text, FinishReason.StopString);
        }

        if (_plan.Filter is { MustEnd: true })
        {
            return Finish(text, FinishReason.ConstraintComplete);
        }

        if (Generated == _plan.MaximumNewTokens)
        {
            return Finish(text, FinishReason.MaximumTokens);
        }

        return isFull ? Finish(text, FinishReason.ContextFull) : new TextUpdate(text) { Tokens = _chooser.TakeReported() };
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
            Usage = new GenerationUsage(_plan.Source?.Length ?? _plan.Prompt.Length, Reused, Generated),
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
