using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>Answers from the fixture's logits, which transformers computed, by a plain search over all spans.</summary>
[Feature("pipelines")]
public sealed class QuestionAnswererTests
{
    private const string Letters = "abcdefghijk";

    /// <summary>The first token is the special one, then three tokens of the question, one separator, and the context.</summary>
    [SharedDataFact]
    public void Answers_are_the_best_spans_of_transformers_logits()
    {
        using TinyAnswerer model = TinyParts.WithWeights("distilbert_qa", TinyAnswerer.Load);
        using JsonDocument reference = JsonDocument.Parse(
            System.IO.File.ReadAllText(SharedData.Path("fixtures", "distilbert_qa", "logits.json"))
        );
        JsonElement root = reference.RootElement;
        for (int i = 0; i < 3; i++)
        {
            int[] ids = root.GetProperty("sequences")[i].Deserialize<int[]>()!;
            double[] starts = root.GetProperty("start_logits")[i].Deserialize<double[]>()!,
                ends = root.GetProperty("end_logits")[i].Deserialize<double[]>()!;
            string first = Letters[ids[0]].ToString(),
                separator = Letters[ids[4]].ToString();
            Tokenizer tokenizer = SmallTokenizers.Load(
                TinyParts.Letters(Letters, $"{first} A", $"{first} A {separator} B", string.Concat(new[] { first, separator }.Distinct()))
            );
            string question = string.Join(' ', ids[1..4].Select(id => Letters[id])),
                context = string.Join(' ', ids[5..].Select(id => Letters[id]));
            var options = new QuestionAnswererOptions { MaximumAnswerTokens = 3, AllowNoAnswer = true };
            using QuestionAnswerer answerer = new(model, tokenizer, options);
            (double Score, int First, int Last)[] expected = Spans(ids, starts, ends, 5, 3);
            IReadOnlyList<TextAnswer> answers = answerer.Answer([(question, context)], 6)[0];
            Assert.Equal(6, answers.Count);
            for (int rank = 0; rank < answers.Count; rank++)
            {
                (double score, int from, int to) = expected[rank];
                Assert.Equal(score, answers[rank].Score, 1e-4);
                string text = from == 0 ? "" : string.Join(' ', ids[from..(to + 1)].Select(id => Letters[id]));
                Assert.Equal(text, answers[rank].Text);
                Assert.Equal(text, context[answers[rank].Start..answers[rank].End]);
            }
        }
    }

    [SharedDataFact]
    public void Long_contexts_are_read_in_windows_that_overlap()
    {
        using TinyAnswerer model = TinyParts.WithWeights("distilbert_qa", TinyAnswerer.Load);
        Tokenizer tokenizer = SmallTokenizers.Load(TinyParts.Letters(Letters, "a A", "a A b B", "ab"));
        var options = new QuestionAnswererOptions
        {
            MaximumLength = 9,
            Stride = 2,
            MaximumAnswerTokens = 2,
        };
        using QuestionAnswerer answerer = new(model, tokenizer, options);
        const string Context = "c d e f g h i j k c e g i k d f h j";
        string[] words = Context.Split(' ');
        TextAnswer best = answerer.Answer("k j", Context);

        // Two tokens of the question and two special ones leave five for the context; each window begins three after the previous one.
        var all = new List<(double Score, int First, int Last)>();
        for (int start = 0; ; start += 3)
        {
            int[] ids = [0, 10, 9, 1, .. words.Skip(start).Take(5).Select(static word => Letters.IndexOf(word, StringComparison.Ordinal))];
            using IEncoderSession<TokenInput> session = model.CreateSession();
            var logits = new float[ids.Length * 2];
            session.Encode(new TokenInput(ids), logits);
            double[] starts = [.. Enumerable.Range(0, ids.Length).Select(i => (double)logits[i * 2])],
                ends = [.. Enumerable.Range(0, ids.Length).Select(i => (double)logits[(i * 2) + 1])];
            all.AddRange(
                Spans(ids, starts, ends, 4, 2)
                    .Where(static span => span.First > 0)
                    .Select(span => (span.Score, span.First - 4 + start, span.Last - 4 + start))
            );
            if (start + 5 >= words.Length)
            {
                break;
            }
        }

        (double score, int from, int to) = all.MaxBy(static span => span.Score);
        Assert.Equal(string.Join(' ', words[from..(to + 1)]), best.Text);
        Assert.Equal(score, best.Score, 1e-5);
        Assert.Equal(2 * from, best.Start);
    }

    [SharedDataFact]
    public void Errors_name_the_question()
    {
        using TinyAnswerer model = TinyParts.WithWeights("distilbert_qa", TinyAnswerer.Load);
        Tokenizer tokenizer = SmallTokenizers.Load(TinyParts.Letters(Letters, "a A", "a A b B", "ab"));
        using QuestionAnswerer answerer = new(model, tokenizer);
        Assert.Equal(
            "The context of question 0 has no tokens; expected a text that is not empty.",
            Assert.Throws<ArgumentException>(() => answerer.Answer("k", " ")).Message
        );
        Assert.StartsWith(
            "Question 0 cannot be encoded with its context",
            Assert.Throws<ArgumentException>(() => answerer.Answer(string.Join(' ', Enumerable.Repeat("k", 20)), "c d")).Message,
            StringComparison.Ordinal
        );
        using TinyTagger tagger = TinyParts.WithRandomWeights(TinyTagger.Tensors, 1, TinyTagger.Load);
        Assert.Equal(
            "TinyTagger returns 5 numbers for each token; a QuestionAnswerer needs two, for start and end.",
            Assert.Throws<NotSupportedException>(() => new QuestionAnswerer(tagger, TinyParts.WordPiece)).Message
        );
    }

    /// <summary>All spans with their scores, and no answer as span 0 to 0, best first.</summary>
    private static (double Score, int First, int Last)[] Spans(int[] ids, double[] starts, double[] ends, int contextStart, int longest)
    {
        // The context's tokens, and all tokens that are the first one.
        bool Counts(int i) => i >= contextStart || ids[i] == ids[0];
        double startSum = Enumerable.Range(0, ids.Length).Where(Counts).Sum(i => Math.Exp(starts[i])),
            endSum = Enumerable.Range(0, ids.Length).Where(Counts).Sum(i => Math.Exp(ends[i]));
        var spans = new List<(double Score, int First, int Last)> { (Math.Exp(starts[0] + ends[0]) / startSum / endSum, 0, 0) };
        for (int first = contextStart; first < ids.Length; first++)
        {
            for (int last = first; last < Math.Min(ids.Length, first + longest); last++)
            {
                spans.Add((Math.Exp(starts[first] + ends[last]) / startSum / endSum, first, last));
            }
        }

        return [.. spans.OrderByDescending(static span => span.Score)];
    }
}
