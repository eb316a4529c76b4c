using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>
/// Hugging Face's beam search in its simplest form. Every step computes every beam again, in a separate session, and ranks all
/// continuations.
/// </summary>
internal static class BeamSearchReference
{
    public static List<GeneratedSequence> Search(
        ISequenceToSequenceSession<TokenInput> session,
        int[] prompt,
        BeamSearchOptions options,
        int longest
    )
    {
        var beams = new List<(int[] Tokens, double Sum)> { ([], 0) };
        var hypotheses = new List<GeneratedSequence>();
        void Add(int[] tokens, double sum)
        {
            hypotheses.Add(new GeneratedSequence(tokens, sum, sum / Math.Pow(tokens.Length, options.LengthPenalty)));
            hypotheses = [.. hypotheses.OrderByDescending(static hypothesis => hypothesis.Score).Take(options.Beams)];
        }

        for (int length = 1; ; length++)
        {
            var candidates = beams
                .SelectMany(beam =>
                    LogProbabilities(session, [.. prompt, .. beam.Tokens])
                        .Select((logarithm, token) => (beam.Tokens, Token: token, Sum: beam.Sum + logarithm))
                )
                .Where(candidate => !options.SuppressedTokens.Contains(candidate.Token))
                .OrderByDescending(static candidate => candidate.Sum)
                .Take(Math.Max(2, 1 + options.EndTokens.Count) * options.Beams)
                .ToArray();
            beams = [];
            for (int rank = 0; rank < candidates.Length && beams.Count < options.Beams; rank++)
            {
                int[] tokens = [.. candidates[rank].Tokens, candidates[rank].Token];
                if (!options.EndTokens.Contains(candidates[rank].Token))
                {
                    beams.Add((tokens, candidates[rank].Sum));
                }
                else if (rank < options.Beams)
                {
                    Add(tokens, candidates[rank].Sum);
                }
            }

            if (length == longest)
            {
                beams.ForEach(beam => Add(beam.Tokens, beam.Sum));
                break;
            }

            int attainable = options.Stopping == BeamStopping.Never && options.LengthPenalty > 0 ? longest : length;
            if (
                beams.Count == 0
                || (
                    hypotheses.Count == options.Beams
                    && (
                        options.Stopping == BeamStopping.WhenFilled
                        || hypotheses[^1].Score >= candidates[0].Sum / Math.Pow(attainable, options.LengthPenalty)
                    )
                )
            )
            {
                break;
            }
        }

        return [.. hypotheses.Take(options.Hypotheses)];
    }

    public static double[] LogProbabilities(ISequenceToSequenceSession<TokenInput> session, int[] tokens)
    {
        session.Reset();
        double[] logits = Array.ConvertAll(session.Prefill(tokens).ToArray(), static logit => (double)logit);
        double highest = logits.Max();
        double normalizer = highest + Math.Log(logits.Sum(logit => Math.Exp(logit - highest)));
        return Array.ConvertAll(logits, logit => logit - normalizer);
    }
}
