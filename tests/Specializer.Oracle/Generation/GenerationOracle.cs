using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Oracle;

/// <summary>
/// Greedy and beam search as transformers (4.52 and later) documents them, in their simplest form: every step computes every
/// sequence again, and all continuations are sorted.
/// </summary>
/// <param name="logits">The logits of the token after a sequence, which includes the prompt.</param>
/// <param name="rules">The rules.</param>
public sealed class GenerationOracle(Func<int[], double[]> logits, OracleGenerationRules rules)
{
    /// <summary>The tokens of greedy search, the end token included.</summary>
    public int[] Greedy(int[] prompt)
    {
        var generated = new List<int>();
        while (generated.Count < rules.MaximumNewTokens)
        {
            double[] scores = Process([.. prompt, .. generated], prompt.Length, logits([.. prompt, .. generated]));
            int token = Array.IndexOf(scores, scores.Max());
            generated.Add(token);
            if (rules.EndTokens.Contains(token))
            {
                break;
            }
        }

        return [.. generated];
    }

    /// <summary>The best sequences of beam search, best first, with the sums of their log-probabilities and their scores.</summary>
    public List<(int[] Tokens, double Sum, double Score)> Beams(int[] prompt)
    {
        var running = new List<(int[] Tokens, double Sum)> { ([], 0) };
        var finished = new List<(int[] Tokens, double Sum, double Score)>();
        int considered = Math.Max(2, 1 + rules.EndTokens.Length) * rules.Beams;
        for (int length = 1; ; length++)
        {
            var candidates = running
                .SelectMany(beam =>
                    Process([.. prompt, .. beam.Tokens], prompt.Length, LogSoftmax(logits([.. prompt, .. beam.Tokens])))
                        .Select((logProbability, token) => (Tokens: (int[])[.. beam.Tokens, token], Sum: beam.Sum + logProbability))
                )
                .Where(static candidate => !double.IsNegativeInfinity(candidate.Sum))
                .OrderByDescending(static candidate => candidate.Sum)
                .Take(considered)
                .ToArray();

            // Every sequence stops at its end token, and at the length limit.
            bool Stops(int[] tokens) => length == rules.MaximumNewTokens || rules.EndTokens.Contains(tokens[^1]);

            // Of the candidates that stop, only the first ones, as many as beams, are kept.
            finished.AddRange(
                candidates
                    .Take(rules.Beams)
                    .Where(candidate => Stops(candidate.Tokens))
                    .Select(candidate => (candidate.Tokens, candidate.Sum, candidate.Sum / Math.Pow(length, rules.LengthPenalty)))
            );
            finished = [.. finished.OrderByDescending(static sequence => sequence.Score).Take(rules.Beams)];
            running = [.. candidates.Where(candidate => !Stops(candidate.Tokens)).Take(rules.Beams)];
            if (running.Count == 0 || (finished.Count == rules.Beams && !CanImprove(running[0].Sum, finished[^1].Score, length)))
            {
                return [.. finished.Take(rules.Hypotheses)];
            }
        }
    }

    /// <summary>Whether the best running beam may still become one of the finished ones.</summary>
    private bool CanImprove(double best, double worst, int length)
    {
        if (rules.EarlyStopping == "True")
        {
            return false;
        }

        int reachable = rules.EarlyStopping == "never" && rules.LengthPenalty > 0 ? rules.MaximumNewTokens : length;
        return best / Math.Pow(reachable, rules.LengthPenalty) > worst;
    }

    /// <summary>The processors of the scores, in the order in which transformers calls them.</summary>
    private double[] Process(int[] tokens, int prompt, double[] scores)
    {
        double[] result = [.. scores];
        int generated = tokens.Length - prompt;
        void Ban(IEnumerable<int> banned)
        {
            foreach (int token in banned)
            {
                result[token] = double.NegativeInfinity;
            }
        }

        // RepetitionPenalty
        foreach (int token in tokens.Distinct())
        {
            result[token] = result[token] < 0 ? result[token] * rules.RepetitionPenalty : result[token] / rules.RepetitionPenalty;
        }

        // NoRepeatNGram
        int size = rules.NoRepeatNgramSize;
        if (size > 0 && tokens.Length + 1 >= size)
        {
            int[] last = tokens[(tokens.Length - size + 1)..];
            Ban(
                Enumerable
                    .Range(0, Math.Max(0, tokens.Length - size + 1))
                    .Where(start => tokens.Skip(start).Take(size - 1).SequenceEqual(last))
                    .Select(start => tokens[start + size - 1])
                    .ToArray()
            );
        }

        // NoBadWords
        foreach (int[] words in rules.BadWords.Where(words => words.Length > 1 || !rules.EndTokens.Contains(words[0])))
        {
            if (words.Length == 1 || (words.Length <= tokens.Length && tokens[^(words.Length - 1)..].SequenceEqual(words[..^1])))
            {
                Ban([words[^1]]);
            }
        }

        // MinLength and MinNewTokensLength
        Ban(tokens.Length < rules.MinimumLength || generated < rules.MinimumNewTokens ? rules.EndTokens : []);

        // ForcedBOSToken and ForcedEOSToken
        int? forced =
            generated == 0 && rules.ForcedFirstToken is not null ? rules.ForcedFirstToken
            : generated == rules.MaximumNewTokens - 1 ? rules.ForcedLastToken
            : null;
        if (forced is { } only)
        {
            Array.Fill(result, double.NegativeInfinity);
            result[only] = 0;
        }

        // SuppressTokens and SuppressTokensAtBegin
        Ban(rules.SuppressedTokens);
        Ban(generated == (rules.ForcedFirstToken is null ? 0 : 1) ? rules.FirstSuppressedTokens : []);
        return result;
    }

    private static double[] LogSoftmax(double[] logits)
    {
        double highest = logits.Max();
        double normalizer = highest + Math.Log(logits.Sum(logit => Math.Exp(logit - highest)));
        return Array.ConvertAll(logits, logit => logit - normalizer);
    }
}
