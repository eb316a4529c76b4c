using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>Masks are filled by a plain softmax over the vocabulary.</summary>
[Feature("pipelines")]
public sealed class MaskFillerTests
{
    [Fact]
    public void Candidates_are_the_most_probable_tokens()
    {
        using TinyMasked model = TinyParts.WithRandomWeights(TinyMasked.Tensors, 21, TinyMasked.Load);
        using MaskFiller filler = new(model, TinyParts.WordPiece);
        Assert.Equal("[MASK]", filler.MaskToken);
        string[] texts = ["the red [MASK] runs", "[MASK] sees [MASK] ."];
        IReadOnlyList<IReadOnlyList<MaskCandidate>>[] results = filler.Fill(texts, 4);
        for (int i = 0; i < texts.Length; i++)
        {
            int[] ids = TinyParts.WordPiece.EncodeToIds(texts[i]);
            int[] masks = [.. Enumerable.Range(0, ids.Length).Where(at => ids[at] == 4)];
            Assert.Equal(masks.Length, results[i].Count);
            for (int mask = 0; mask < masks.Length; mask++)
            {
                double[] probabilities = Probabilities(model, ids, masks[mask]);
                int[] best = [.. Enumerable.Range(0, 24).OrderByDescending(id => probabilities[id]).Take(4)];
                IReadOnlyList<MaskCandidate> candidates = results[i][mask];
                Assert.Equal(best, candidates.Select(static candidate => candidate.Id));
                foreach (MaskCandidate candidate in candidates)
                {
                    Assert.Equal(probabilities[candidate.Id], candidate.Score, 1e-5);
                    int[] filled = [.. ids];
                    filled[masks[mask]] = candidate.Id;
                    Assert.Equal(TinyParts.WordPiece.Decode(filled, skipSpecialTokens: masks.Length == 1), candidate.Text);
                }
            }
        }
    }

    [Fact]
    public void Targets_limit_the_candidates()
    {
        using TinyMasked model = TinyParts.WithRandomWeights(TinyMasked.Tensors, 22, TinyMasked.Load);
        using MaskFiller filler = new(model, TinyParts.WordPiece);
        IReadOnlyList<MaskCandidate> candidates = filler.Fill(["the [MASK] runs"], targets: ["paris", "fox", "fox"])[0][0];
        double[] probabilities = Probabilities(model, TinyParts.WordPiece.EncodeToIds("the [MASK] runs"), 2);
        Assert.Equal(new[] { 7, 18 }.OrderByDescending(id => probabilities[id]), candidates.Select(static candidate => candidate.Id));
        Assert.All(candidates, candidate => Assert.Equal(probabilities[candidate.Id], candidate.Score, 1e-5));
        Assert.Equal(
            "The target 'cat' is not in the vocabulary; targets are tokens as the vocabulary spells them.",
            Assert.Throws<ArgumentException>(() => filler.Fill(["[MASK]"], targets: ["cat"])).Message
        );
        Assert.Equal(
            "The text of input 0 has no mask; expected '[MASK]' in it.",
            Assert.Throws<ArgumentException>(() => filler.Fill("the fox")).Message
        );
    }

    private static double[] Probabilities(TinyMasked model, int[] ids, int position)
    {
        using IEncoderSession<TokenInput> session = model.CreateSession();
        var logits = new float[ids.Length * 24];
        session.Encode(new TokenInput(ids), logits);
        double[] exponentials = [.. logits.Skip(position * 24).Take(24).Select(static value => Math.Exp(value))];
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }
}
