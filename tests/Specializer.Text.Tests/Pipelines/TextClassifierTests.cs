using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>Scores of classifiers and cross-encoders, by their formulas and by transformers' own results.</summary>
[Feature("pipelines")]
public sealed class TextClassifierTests
{
    private static readonly string[] s_texts = ["the red foxes run", "ann sees paris .", "a", "new york and paris and the fox runs"];

    [Fact]
    public void Labels_and_problem_type_of_the_folder_give_the_softmax()
    {
        using TinySorter model = TinyParts.WithRandomWeights(TinySorter.Tensors, 3, TinySorter.Load);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TinyParts.WordPieceJson().ToJsonString());
        folder.Write("config.json", TinyParts.Configuration("sorter"));
        using TextClassifier classifier = TextClassifier.Load(model, folder.Path);
        Assert.Equal(["negative", "neutral", "positive"], classifier.Labels);
        Assert.Equal(ScoreFunction.Softmax, classifier.Function);
        IReadOnlyList<LabelScore>[] results = classifier.Classify(s_texts);
        for (int i = 0; i < s_texts.Length; i++)
        {
            double[] logits = Logits(model, TinyParts.WordPiece.Encode(s_texts[i]));
            double sum = logits.Sum(Math.Exp);
            Check(results[i], [.. logits.Select(logit => Math.Exp(logit) / sum)]);
            Assert.Equal(results[i], classifier.Classify(s_texts[i]));
        }
    }

    [Theory]
    [InlineData("multi_label_classification", ScoreFunction.Sigmoid)]
    [InlineData("regression", ScoreFunction.None)]
    public void Problem_types_select_the_function(string type, ScoreFunction function)
    {
        using TinySorter model = TinyParts.WithRandomWeights(TinySorter.Tensors, 4, TinySorter.Load);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TinyParts.WordPieceJson().ToJsonString());
        folder.Write(
            "config.json",
            TinyParts.Configuration("sorter").Replace("single_label_classification", type, StringComparison.Ordinal)
        );
        using TextClassifier classifier = TextClassifier.Load(model, folder.Path);
        Assert.Equal(function, classifier.Function);
        (string, string)[] pairs = [("the fox", "runs"), ("ann smith", "sees new york .")];
        IReadOnlyList<LabelScore>[] results = classifier.Classify(pairs);
        for (int i = 0; i < pairs.Length; i++)
        {
            double[] logits = Logits(model, TinyParts.WordPiece.EncodePair(pairs[i].Item1, pairs[i].Item2));
            Check(results[i], function == ScoreFunction.None ? logits : [.. logits.Select(static logit => 1 / (1 + Math.Exp(-logit)))]);
        }
    }

    [Fact]
    public void Long_texts_are_errors_or_truncated()
    {
        using TinySorter model = TinyParts.WithRandomWeights(TinySorter.Tensors, 5, TinySorter.Load);
        string text = string.Join(' ', Enumerable.Repeat("the red fox", 11));
        using TextClassifier strict = new(model, TinyParts.WordPiece);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => strict.Classify(["a", text]));
        Assert.Equal("Input 1 has 35 tokens; at most 32 are allowed. Shorten the text, or allow truncation.", exception.Message);
        using TextClassifier truncating = new(model, TinyParts.WordPiece, new TextClassifierOptions { Truncate = true, MaximumLength = 6 });
        Check(truncating.Classify(text), truncating.Classify("the red fox the"));
        Assert.Equal("LABEL_0", strict.Labels[0]);

        static void Check(IReadOnlyList<LabelScore> actual, IReadOnlyList<LabelScore> expected) => Assert.Equal(expected, actual);
    }

    [Fact]
    public void Malformed_labels_are_named()
    {
        using TinySorter model = TinyParts.WithRandomWeights(TinySorter.Tensors, 5, TinySorter.Load);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TinyParts.WordPieceJson().ToJsonString());
        Assert.Equal("config.json.id2label: expected the ids 0 to 1, found 2", Message("""{ "id2label": { "0": "a", "2": "b" } }"""));
        Assert.Equal(
            "config.json.problem_type: expected regression, single_label_classification or multi_label_classification, found 'other'",
            Message("""{ "problem_type": "other" }""")
        );
        Assert.StartsWith("config.json: the file is not valid JSON", Message("{"), StringComparison.Ordinal);
        folder.Write("config.json", """{ "id2label": { "0": "a", "1": "b" } }""");
        Assert.Equal(
            "There are 2 labels, but TinySorter returns 3 numbers; a TextClassifier needs a label for each of them.",
            Assert.Throws<ArgumentException>(() => TextClassifier.Load(model, folder.Path)).Message
        );

        string Message(string json)
        {
            folder.Write("config.json", json);
            return Assert.Throws<PipelineException>(() => TextClassifier.Load(model, folder.Path)).Message;
        }
    }

    /// <summary>The fixture's sequence has padding that is attended to, so the tokenizer adds it as special tokens.</summary>
    [SharedDataFact]
    public void A_cross_encoders_score_is_that_of_transformers()
    {
        using TinyReranker model = TinyParts.WithWeights("bert_reranker", TinyReranker.Load);
        // input_ids 9 3 7 1 10 2 5 8 4 6 10 0 0 0 0 0, the second text and its separator of type 1.
        const string Pair = "j A k B:1 k:1 a a a a a";
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TinyParts.Letters("abcdefghijk", "j A k", Pair, "ajk").ToJsonString());
        folder.Write("config.json", TinyParts.Configuration("reranker"));
        using CrossEncoder encoder = CrossEncoder.Load(model, folder.Path);
        Assert.Equal((ScoreFunction.Sigmoid, 1), (encoder.Function, encoder.ScoreCount));
        Assert.Equal(0.5124444094258618, encoder.Score("d h b", "c f i e g"), 1e-5);

        folder.Write("config.json", """{ "sentence_transformers": { "activation_fn": "torch.nn.modules.linear.Identity" } }""");
        using CrossEncoder raw = CrossEncoder.Load(model, folder.Path);
        Assert.Equal(0.0497879198326745, raw.Score("d h b", "c f i e g"), 1e-5);
        VectorMatch[] ranked = raw.Rank("d h b", ["c f", "c f i e g", "b"]);
        float[][] scores = raw.Score([("d h b", "c f"), ("d h b", "c f i e g"), ("d h b", "b")]);
        Assert.Equal(scores.Select(static row => row[0]).OrderDescending(), ranked.Select(static match => match.Score));
        Assert.All(ranked, match => Assert.Equal(scores[match.Index][0], match.Score));

        folder.Write("config.json", """{ "sbert_ce_default_activation_function": "mine.Activation" }""");
        Assert.Equal(
            "config.json.sbert_ce_default_activation_function: the activation 'mine.Activation' is not supported; expected torch.nn's Sigmoid or Identity",
            Assert.Throws<PipelineException>(() => CrossEncoder.Load(model, folder.Path)).Message
        );
    }

    [Fact]
    public void A_cross_encoder_with_several_scores_gives_all()
    {
        using TinySorter model = TinyParts.WithRandomWeights(TinySorter.Tensors, 6, TinySorter.Load);
        using CrossEncoder encoder = new(model, TinyParts.WordPiece);
        float[] scores = encoder.Score([("the fox", "runs")])[0];
        Tolerance.Default.AssertClose<float>([Logits(model, TinyParts.WordPiece.EncodePair("the fox", "runs"))], scores, "logits");
        Assert.Throws<InvalidOperationException>(() => encoder.Score("a", "b"));
    }

    private static double[] Logits(TinySorter model, TokenSequence tokens)
    {
        using IEncoderSession<TokenInput> session = model.CreateSession();
        var output = new float[TinySorter.OutputWidth];
        session.Encode(new TokenInput(tokens.Ids) { TokenTypes = tokens.TypeIds }, output);
        return [.. output.Select(static value => (double)value)];
    }

    private static void Check(IReadOnlyList<LabelScore> actual, double[] expected)
    {
        Assert.Equal(expected.Length, actual.Count);
        Assert.Equal(Enumerable.Range(0, expected.Length).OrderByDescending(i => expected[i]), actual.Select(static label => label.Id));
        Assert.All(actual, label => Assert.Equal(expected[label.Id], label.Score, 1e-5));
    }
}
