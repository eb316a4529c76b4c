using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Oracle;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>The oracle's beam search over the logits of a session, which computes every sequence again.</summary>
internal static class BeamSearchReference
{
    public static List<GeneratedSequence> Search(
        ISequenceToSequenceSession<TokenInput> session,
        int[] prompt,
        BeamSearchOptions options,
        int longest
    )
    {
        var rules = new OracleGenerationRules
        {
            Beams = options.Beams,
            LengthPenalty = options.LengthPenalty,
            EarlyStopping = options.Stopping switch
            {
                BeamStopping.WhenFilled => "True",
                BeamStopping.Never => "never",
                _ => "False",
            },
            EndTokens = [.. options.EndTokens],
            MaximumNewTokens = longest,
            SuppressedTokens = [.. options.SuppressedTokens],
            Hypotheses = options.Hypotheses,
        };
        return
        [
            .. new GenerationOracle(tokens => Logits(session, tokens), rules)
                .Beams(prompt)
                .Select(static sequence => new GeneratedSequence(sequence.Tokens, sequence.Sum, sequence.Score)),
        ];
    }

    public static double[] LogProbabilities(ISequenceToSequenceSession<TokenInput> session, int[] tokens)
    {
        double[] logits = Logits(session, tokens);
        double highest = logits.Max();
        double normalizer = highest + Math.Log(logits.Sum(logit => Math.Exp(logit - highest)));
        return Array.ConvertAll(logits, logit => logit - normalizer);
    }

    private static double[] Logits(ISequenceToSequenceSession<TokenInput> session, int[] tokens)
    {
        session.Reset();
        return Array.ConvertAll(session.Prefill(tokens).ToArray(), static logit => (double)logit);
    }
}
