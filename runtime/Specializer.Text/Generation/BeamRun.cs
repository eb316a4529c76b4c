using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Specializer.Text.Generation;

/// <summary>Generates a text by a beam search.</summary>
internal static class BeamRun
{
    /// <summary>Searches, and returns the whole text as one update.</summary>
    public static TextUpdate Execute(TransformerModel model, GenerationPlan plan, Tokenizer tokenizer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using ISequenceToSequenceSession session = Session(model, plan, cancellationToken);
        var options = new BeamSearchOptions
        {
            Beams = plan.Beams,
            EndTokens = plan.Settings.EndTokens,
            // One token more than the free positions fits, because the last one is not processed.
            MaximumTokens = Math.Min(plan.MaximumNewTokens, session.ContextLength),
            LengthPenalty = plan.Settings.LengthPenalty,
            Stopping = plan.Settings.Stopping,
            Rule = new Rules(plan).Apply,
        };
        IReadOnlyList<int> tokens = new BeamSearch(session, options).Run(plan.Prompt, cancellationToken) is [GeneratedSequence best, ..]
            ? best.Tokens
            : throw new InvalidOperationException("All tokens are excluded by the generation settings; no text is left.");
        bool ended = plan.Settings.EndTokens.Contains(tokens[^1]);
        int[] visible = [.. ended ? tokens.SkipLast(1) : tokens];
        return new TextUpdate(tokenizer.Decode(visible))
        {
            Finish =
                ended ? FinishReason.EndToken
                : tokens.Count == plan.MaximumNewTokens ? FinishReason.MaximumTokens
                : FinishReason.ContextFull,
            Usage = new GenerationUsage(plan.Source?.Length ?? plan.Prompt.Length, 0, tokens.Count),
        };
    }

    private static ISequenceToSequenceSession Session(TransformerModel model, GenerationPlan plan, CancellationToken cancellationToken)
    {
        if (model is IDecoderModel decoder)
        {
            return new DecoderBeams(decoder, plan.Beams);
        }

        ISequenceToSequenceSession<TokenInput> session = ((ISequenceToSequenceModel<TokenInput>)model).CreateSession(plan.Beams);
        try
        {
            session.Encode(new TokenInput(plan.Source), cancellationToken);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The rules in transformers' order: penalty, excluded tokens, forced tokens.</summary>
    private sealed class Rules(GenerationPlan plan)
    {
        private readonly TokenBans _bans = new(plan);
        private readonly ulong[] _allowed = plan.Masks ? new ulong[(plan.VocabularySize + 63) / 64] : [];
        private readonly bool[] _penalized = new bool[plan.VocabularySize];

        public void Apply(ReadOnlySpan<int> tokens, Span<float> logProbabilities)
        {
            if (_bans.Forced(tokens.Length - plan.Prompt.Length) is { } forced)
            {
                logProbabilities.Fill(float.NegativeInfinity);
                logProbabilities[forced] = 0;
                return;
            }

            Penalize(tokens, logProbabilities);
            if (_allowed.Length > 0)
            {
                _allowed.AsSpan().Fill(ulong.MaxValue);
                _bans.Exclude(tokens, _allowed);
                for (int token = 0; token < logProbabilities.Length; token++)
                {
                    bool isAllowed = (_allowed[token / 64] & (1UL << (token % 64))) != 0;
                    logProbabilities[token] = isAllowed ? logProbabilities[token] : float.NegativeInfinity;
                }
            }
        }

        private void Penalize(ReadOnlySpan<int> tokens, Span<float> logProbabilities)
        {
            float penalty = plan.Sampling.RepetitionPenalty;
            if (penalty == 1)
            {
                return;
            }

            Array.Clear(_penalized);
            foreach (int token in tokens)
            {
                if (!_penalized[token])
                {
                    _penalized[token] = true;
                    float value = logProbabilities[token];
                    logProbabilities[token] = value > 0 ? value / penalty : value * penalty;
                }
            }
        }
    }
}
