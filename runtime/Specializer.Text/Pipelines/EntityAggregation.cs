using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Pipelines;

/// <summary>A token of a text with its scores.</summary>
/// <param name="Index">The index in the sequence.</param>
/// <param name="Range">The range of the text.</param>
/// <param name="Scores">The probability of each label.</param>
/// <param name="ContinuesWord">Whether the token continues the word of the token before it.</param>
internal sealed record ScoredToken(int Index, TextRange Range, float[] Scores, bool ContinuesWord);

/// <summary>Combines labeled tokens to entities.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/pipelines/token_classification.py.</remarks>
internal sealed class EntityAggregation(IReadOnlyList<string> labels, TokenAggregation aggregation, IReadOnlyList<string> ignored)
{
    public List<TextEntity> Run(IReadOnlyList<ScoredToken> tokens, string text)
    {
        List<Labeled> parts = aggregation is TokenAggregation.None or TokenAggregation.Simple
            ? [.. tokens.Select(token => new Labeled(Scores.Best(token.Scores), token.Scores.Max(), token.Range, token.Index))]
            : Words(tokens);
        return aggregation == TokenAggregation.None
            ?
            [
                .. parts
                    .Where(part => !ignored.Contains(labels[part.Label]))
                    .Select(part => Entity(labels[part.Label], part.Score, part.Range, text) with { TokenIndex = part.Index }),
            ]
            : Groups(parts, text);
    }

    /// <summary>
    /// Merges the entities of overlapping windows: of entities that overlap, the longest remains, then the one with the highest score.
    /// </summary>
    public static List<TextEntity> WithoutOverlaps(IEnumerable<TextEntity> entities)
    {
        var result = new List<TextEntity>();
        foreach (TextEntity entity in entities.OrderBy(static entity => entity.Start))
        {
            if (result.Count == 0 || entity.Start >= result[^1].End)
            {
                result.Add(entity);
                continue;
            }

            TextEntity previous = result[^1];
            (int length, int before) = (entity.End - entity.Start, previous.End - previous.Start);
            if (length > before || (length == before && entity.Score > previous.Score))
            {
                result[^1] = entity;
            }
        }

        return result;
    }

    private List<Labeled> Words(IReadOnlyList<ScoredToken> tokens)
    {
        var words = new List<Labeled>();
        for (int start = 0; start < tokens.Count; )
        {
            int end = start + 1;
            while (end < tokens.Count && tokens[end].ContinuesWord)
            {
                end++;
            }

            words.Add(Word([.. tokens.Skip(start).Take(end - start)]));
            start = end;
        }

        return words;
    }

    private Labeled Word(ScoredToken[] tokens)
    {
        float[] scores = aggregation switch
        {
            TokenAggregation.First => tokens[0].Scores,
            // The first one of equal ones.
            TokenAggregation.Max => tokens.MaxBy(static token => token.Scores.Max())!.Scores,
            _ => [.. Enumerable.Range(0, labels.Count).Select(label => (float)tokens.Average(token => (double)token.Scores[label]))],
        };
        int best = Scores.Best(scores);
        return new Labeled(best, scores[best], new TextRange(tokens[0].Range.Start, tokens[^1].Range.End), tokens[0].Index);
    }

    private List<TextEntity> Groups(List<Labeled> parts, string text)
    {
        var groups = new List<TextEntity>();
        for (int start = 0; start < parts.Count; )
        {
            int end = start + 1;
            (_, string tag) = Tag(parts[start]);
            while (end < parts.Count && Tag(parts[end]) is (false, string next) && next == tag)
            {
                end++;
            }

            string label = labels[parts[start].Label];
            string group = label[(label.LastIndexOf('-') + 1)..];
            double score = parts.Skip(start).Take(end - start).Average(static part => (double)part.Score);
            if (!ignored.Contains(group))
            {
                groups.Add(Entity(group, (float)score, new TextRange(parts[start].Range.Start, parts[end - 1].Range.End), text));
            }

            start = end;
        }

        return groups;
    }

    private (bool Begins, string Tag) Tag(Labeled part)
    {
        string label = labels[part.Label];
        return label.StartsWith("B-", StringComparison.Ordinal) ? (true, label[2..])
            : label.StartsWith("I-", StringComparison.Ordinal) ? (false, label[2..])
            : (false, label);
    }

    private static TextEntity Entity(string label, float score, TextRange range, string text) =>
        new(label, score, range.Start, range.End, text[range.Start..range.End]);

    private readonly record struct Labeled(int Label, float Score, TextRange Range, int Index);
}
