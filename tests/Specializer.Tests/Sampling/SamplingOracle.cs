using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Tests.Sampling;

/// <summary>The sampler in its simplest form: in double precision, with full sorts.</summary>
internal static class SamplingOracle
{
    /// <summary>The probability of every token to be drawn next.</summary>
    public static double[] Probabilities(
        IReadOnlyList<float> logits,
        SamplingOptions options,
        IEnumerable<int> accepted,
        IEnumerable<int>? prompt = null,
        Func<int, bool>? isAllowed = null
    )
    {
        double[] scores = [.. logits.Select(logit => (double)logit)];
        foreach ((int token, float bias) in options.LogitBias ?? new Dictionary<int, float>())
        {
            scores[token] += bias;
        }

        foreach (int token in accepted.Concat(prompt ?? []).Distinct())
        {
            scores[token] = scores[token] > 0 ? scores[token] / options.RepetitionPenalty : scores[token] * options.RepetitionPenalty;
        }

        foreach (IGrouping<int, int> times in accepted.GroupBy(token => token))
        {
            scores[times.Key] -= (times.Count() * options.FrequencyPenalty) + options.PresencePenalty;
        }

        for (int token = 0; isAllowed is not null && token < scores.Length; token++)
        {
            scores[token] = isAllowed(token) ? scores[token] : double.NegativeInfinity;
        }

        // OrderByDescending is stable: of equal scores the lower token comes first.
        List<int> kept = [.. Enumerable.Range(0, scores.Length).OrderByDescending(token => scores[token])];
        if (options.Temperature == 0)
        {
            kept = kept[..1];
        }
        else if (options.TopK > 0)
        {
            kept = kept[..Math.Min(options.TopK, kept.Count)];
        }

        double temperature = options.Temperature == 0 ? 1 : options.Temperature;
        double highest = scores[kept[0]];
        double Weight(int token) => Math.Exp((scores[token] - highest) / temperature);
        double total = kept.Sum(Weight);
        if (options.Temperature > 0 && options.TopP < 1)
        {
            int count = 0;
            double reached = 0;
            while (reached < options.TopP * total && count < kept.Count)
            {
                reached += Weight(kept[count++]);
            }

            kept = kept[..count];
            total = kept.Sum(Weight);
        }

        if (options.Temperature > 0 && options.MinP > 0)
        {
            kept = [.. kept.Where(token => Weight(token) >= options.MinP)];
            total = kept.Sum(Weight);
        }

        double[] probabilities = new double[scores.Length];
        kept.ForEach(token => probabilities[token] = Weight(token) / total);
        return probabilities;
    }

    /// <summary>The token in whose part of [0, 1), cut in the order of the tokens, the number falls.</summary>
    public static int TokenAt(double unit, double[] probabilities)
    {
        double reached = 0;
        for (int token = 0; token < probabilities.Length; token++)
        {
            reached += probabilities[token];
            if (unit < reached)
            {
                return token;
            }
        }

        return Array.FindLastIndex(probabilities, probability => probability > 0);
    }
}
