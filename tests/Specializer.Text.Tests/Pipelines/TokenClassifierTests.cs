using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Specializer.Text.Pipelines;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>Aggregation by the examples of transformers' documentation, and the whole pipeline by a plain softmax.</summary>
[Feature("pipelines")]
public sealed class TokenClassifierTests
{
    private static readonly string[] s_labels = ["O", "B-ENT", "I-ENT", "B-NAME", "I-NAME"];

    /// <summary>The documentation's example: (A, B-TAG), (B, I-TAG), (C, I-TAG), (D, B-TAG2), (E, B-TAG2).</summary>
    [Fact]
    public void Simple_joins_adjacent_tokens_of_a_tag_until_another_begins()
    {
        string[] labels = ["O", "B-TAG", "I-TAG", "B-TAG2"];
        ScoredToken[] tokens = [Token(0, 1, 0.9), Token(1, 2, 0.8), Token(2, 2, 0.7), Token(3, 3, 0.6), Token(4, 3, 0.5)];
        List<TextEntity> entities = new EntityAggregation(labels, TokenAggregation.Simple, ["O"]).Run(tokens, "ABCDE");
        Assert.Equal([("TAG", "ABC"), ("TAG2", "D"), ("TAG2", "E")], entities.Select(static entity => (entity.Label, entity.Text)));
        Assert.Equal([0.8, 0.6, 0.5], entities.Select(static entity => Math.Round(entity.Score, 6)));
        Assert.All(entities, static entity => Assert.Null(entity.TokenIndex));

        static ScoredToken Token(int place, int label, double score)
        {
            var scores = new float[4];
            scores.AsSpan().Fill((float)((1 - score) / 3));
            scores[label] = (float)score;
            return new ScoredToken(place, new TextRange(place, place + 1), scores, ContinuesWord: false);
        }
    }

    /// <summary>The documentation's example: micro|soft| com|pany| with B-ENT I-NAME I-ENT I-ENT.</summary>
    [Theory]
    [InlineData(TokenAggregation.Simple, "ENT:micro NAME:soft ENT:company")]
    [InlineData(TokenAggregation.First, "ENT:micro|soft company")]
    [InlineData(TokenAggregation.Max, "NAME:micro|soft ENT:company")]
    [InlineData(TokenAggregation.Average, "NAME:micro|soft ENT:company")]
    [InlineData(TokenAggregation.None, "B-ENT:micro I-NAME:soft I-ENT:com I-ENT:pany")]
    public void Words_have_one_tag(TokenAggregation aggregation, string expected)
    {
        const string Text = "microsoft company";
        ScoredToken[] tokens =
        [
            new(1, new TextRange(0, 5), [0.1f, 0.5f, 0.1f, 0.1f, 0.2f], ContinuesWord: false),
            new(2, new TextRange(5, 9), [0.05f, 0.05f, 0.1f, 0.1f, 0.7f], ContinuesWord: true),
            new(3, new TextRange(10, 13), [0.1f, 0.1f, 0.6f, 0.1f, 0.1f], ContinuesWord: false),
            new(4, new TextRange(13, 17), [0.0f, 0.0f, 0.9f, 0.1f, 0.0f], ContinuesWord: true),
        ];
        List<TextEntity> entities = new EntityAggregation(s_labels, aggregation, ["O"]).Run(tokens, Text);
        Assert.Equal(
            expected
                .Replace("|", "", StringComparison.Ordinal)
                .Replace("soft company", "soft_company", StringComparison.Ordinal)
                .Split(' '),
            entities.Select(static entity => $"{entity.Label}:{entity.Text.Replace(' ', '_')}")
        );
        double[] scores = aggregation switch
        {
            TokenAggregation.Simple => [0.5, 0.7, 0.75],
            // Of words: 0.5 of the first token and 0.6 of the third one.
            TokenAggregation.First => [0.55],
            TokenAggregation.Max => [0.7, 0.9],
            TokenAggregation.Average => [0.45, 0.75],
            _ => [0.5, 0.7, 0.6, 0.9],
        };
        Assert.Equal(scores, entities.Select(static entity => Math.Round(entity.Score, 6)));
    }

    [Fact]
    public void Entities_of_a_model_have_ranges_of_the_text()
    {
        using TinyTagger model = TinyParts.WithRandomWeights(TinyTagger.Tensors, 11, TinyTagger.Load);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TinyParts.WordPieceJson().ToJsonString());
        folder.Write("config.json", TinyParts.Configuration("tagger"));
        using TokenClassifier classifier = TokenClassifier.Load(model, folder.Path, new TokenClassifierOptions { IgnoredLabels = [] });
        string[] texts = ["Anna Smith sees the foxes in New York.", "\U0001F98A runs", "Paris"];
        IReadOnlyList<TextEntity>[] results = classifier.Find(texts);
        for (int i = 0; i < texts.Length; i++)
        {
            TokenSequence tokens = TinyParts.WordPiece.Encode(texts[i]);
            using IEncoderSession<TokenInput> session = model.CreateSession();
            var logits = new float[tokens.Count * 5];
            session.Encode(new TokenInput(tokens.Ids), logits);
            int[] own = [.. Enumerable.Range(0, tokens.Count).Where(token => tokens.SpecialTokensMask[token] == 0)];
            Assert.Equal(own, results[i].Select(static entity => entity.TokenIndex!.Value));
            foreach (TextEntity entity in results[i])
            {
                int at = entity.TokenIndex!.Value;
                double[] row = [.. logits.Skip(at * 5).Take(5).Select(static value => Math.Exp(value))];
                int best = Array.IndexOf(row, row.Max());
                Assert.Equal((classifier.Labels[best], tokens.Ranges[at]), (entity.Label, new TextRange(entity.Start, entity.End)));
                Assert.Equal(row[best] / row.Sum(), entity.Score, 1e-5);
                Assert.Equal(texts[i][entity.Start..entity.End], entity.Text);
            }
        }

        // Words that continue: "Ann" and "a", "fox" and "es"; not the unknown fox. All labels are the same word by word.
        using TokenClassifier words = TokenClassifier.Load(
            model,
            folder.Path,
            new TokenClassifierOptions { IgnoredLabels = [], Aggregation = TokenAggregation.First }
        );
        string[] pieces = ["Anna", "foxes", "York", "\U0001F98A"];
        IReadOnlyList<TextEntity>[] found = words.Find(texts);
        Assert.All(
            found.Zip(texts).SelectMany(static pair => pair.First.Select(entity => (Entity: entity, Text: pair.Second))),
            static item => Assert.True(!IsInWord(item.Text, item.Entity.Start) && !IsInWord(item.Text, item.Entity.End))
        );
        Assert.All(
            pieces,
            piece => Assert.Contains(found.SelectMany(static list => list), entity => entity.Text.Contains(piece, StringComparison.Ordinal))
        );
    }

    /// <summary>Each window is encoded by itself; overlapping entities are merged as transformers merges them.</summary>
    [Fact]
    public void Long_texts_are_read_in_windows()
    {
        using TinyTagger model = TinyParts.WithRandomWeights(TinyTagger.Tensors, 11, TinyTagger.Load);
        var options = new TokenClassifierOptions
        {
            IgnoredLabels = [],
            Aggregation = TokenAggregation.Simple,
            MaximumLength = 8,
        };
        using var windows = new TokenClassifier(model, TinyParts.WordPiece, options with { Stride = 2 });
        using var whole = new TokenClassifier(model, TinyParts.WordPiece, options with { MaximumLength = null });
        const string Short = "Anna runs",
            Long = "Anna Smith sees the foxes in New York. Anna Smith runs in Paris.";
        Assert.Throws<ArgumentException>(() => new TokenClassifier(model, TinyParts.WordPiece, options).Find(Long));

        IReadOnlyList<TextEntity>[] found = windows.Find([Short, Long, Short]);
        Assert.Equal(whole.Find(Short), found[0]);
        Assert.Equal(found[0], found[2]);

        Tokenizer tokenizer = TinyParts.WordPiece.With(new TruncationOptions(8) { Stride = 2 }, null);
        TokenSequence first = tokenizer.Encode(Long);
        TokenSequence[] parts = [first, .. first.Overflow];
        Assert.True(parts.Length > 2);
        int[] starts = [.. parts.Select(static part => part.Ranges[1].Start)];
        Assert.Equal(starts.Order(), starts);
        Assert.Equal(Long.TrimEnd('.').Length + 1, parts[^1].Ranges[parts[^1].Count - 2].End);
        var scores = new List<TextEntity>();
        foreach (TokenSequence part in parts)
        {
            using IEncoderSession<TokenInput> session = model.CreateSession();
            var logits = new float[part.Count * 5];
            session.Encode(new TokenInput(part.Ids), logits);
            var tokens = new List<ScoredToken>();
            for (int i = 1; i < part.Count - 1; i++)
            {
                double[] row = [.. logits.Skip(i * 5).Take(5).Select(static value => Math.Exp(value))];
                tokens.Add(new ScoredToken(i, part.Ranges[i], [.. row.Select(value => (float)(value / row.Sum()))], ContinuesWord: false));
            }

            scores.AddRange(new EntityAggregation(windows.Labels, TokenAggregation.Simple, []).Run(tokens, Long));
        }

        List<TextEntity> expected = EntityAggregation.WithoutOverlaps(scores);
        Assert.Equal(
            expected.Select(static entity => (entity.Label, entity.Text)),
            found[1].Select(static entity => (entity.Label, entity.Text))
        );
        Assert.True(expected.Zip(expected.Skip(1)).All(static pair => pair.First.End <= pair.Second.Start));
        Assert.True(expected.Count < scores.Count);
    }

    [Fact]
    public void Overlapping_entities_keep_the_longest_then_the_best()
    {
        TextEntity[] entities =
        [
            new("A", 0.9f, 10, 14, "abcd"),
            new("B", 0.5f, 0, 4, "wxyz"),
            new("C", 0.6f, 2, 6, "yz12"),
            new("D", 0.1f, 10, 15, "abcde"),
            new("E", 0.2f, 15, 16, "f"),
        ];
        Assert.Equal(["C", "D", "E"], EntityAggregation.WithoutOverlaps(entities).Select(static entity => entity.Label));
    }

    [Theory]
    [InlineData(TokenAggregation.None, 2, false)]
    [InlineData(TokenAggregation.Simple, 2, true)]
    [InlineData(TokenAggregation.Simple, -1, false)]
    [InlineData(TokenAggregation.Simple, 6, false)]
    public void Windows_are_checked(TokenAggregation aggregation, int stride, bool truncate)
    {
        using TinyTagger model = TinyParts.WithRandomWeights(TinyTagger.Tensors, 11, TinyTagger.Load);
        var options = new TokenClassifierOptions
        {
            Aggregation = aggregation,
            MaximumLength = 8,
            Stride = stride,
            Truncate = truncate,
        };
        Assert.Contains(
            "Stride",
            Assert.Throws<ArgumentException>(() => new TokenClassifier(model, TinyParts.WordPiece, options)).Message,
            StringComparison.Ordinal
        );
    }

    private static bool IsInWord(string text, int place) =>
        place > 0 && place < text.Length && char.IsLetter(text[place - 1]) && char.IsLetter(text[place]);
}
