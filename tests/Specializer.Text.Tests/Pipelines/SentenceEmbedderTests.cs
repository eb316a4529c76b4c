using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Pipelines;

/// <summary>Embeddings are the mean of the tokens' states, divided by its length, whatever the batch.</summary>
[Feature("pipelines")]
public sealed class SentenceEmbedderTests
{
    // The ids of the fixture's vocabulary of 13; id 0 is padding, 1 begins a text.
    private const string Letters = "_^abcdefghijk";

    private static readonly string[] s_texts = ["a b", "c", "a b c d e f g h i j", "d d", "k a b c", "a b c d e f"];

    [SharedDataFact]
    public void Embeddings_are_the_mean_of_the_states()
    {
        using TinyEmbedder model = TinyParts.WithWeights("e5", TinyEmbedder.Load);
        using SentenceEmbedder embedder = new(model, Tokenizer());
        var reports = new List<PipelineProgress>();
        float[][] embeddings = embedder.Embed(s_texts, progress: new Reports(reports));
        Assert.Equal(s_texts.Length, embeddings.Length);
        Assert.Equal(new PipelineProgress(s_texts.Length, s_texts.Length), reports[^1]);
        for (int i = 0; i < s_texts.Length; i++)
        {
            double[] expected = Mean(model, [1, .. s_texts[i].Split(' ').Select(Id)]);
            Tolerance.Default.AssertClose<float>([expected], embeddings[i], s_texts[i]);
            Assert.Equal(embedder.Embed(s_texts[i]), embeddings[i]);
        }

        var block = new float[s_texts.Length * embedder.Dimensions];
        embedder.Embed(s_texts, block);
        Assert.Equal(embeddings.SelectMany(static row => row), block);
    }

    [SharedDataFact]
    public void Prompts_case_length_and_dimensions_are_those_of_the_folder()
    {
        using TinyEmbedder model = TinyParts.WithWeights("e5", TinyEmbedder.Load);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TokenizerJson());
        folder.Write("modules.json", """[{ "idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer" }]""");
        folder.Write("sentence_bert_config.json", """{ "max_seq_length": 5, "do_lower_case": true }""");
        folder.Write(
            "config_sentence_transformers.json",
            """{ "prompts": { "query": "b c ", "document": "" }, "default_prompt_name": "query", "similarity_fn_name": "dot", "truncate_dim": 3 }"""
        );
        using SentenceEmbedder embedder = SentenceEmbedder.Load(model, folder.Path);
        Assert.Equal((5, 3, VectorSimilarity.DotProduct), (embedder.MaximumLength, embedder.Dimensions, embedder.Similarity));

        // The default prompt, lower case, stripped, and truncated to five tokens with the first one.
        Check(embedder.Embed("  D e F\n"), [1, Id("b"), Id("c"), Id("d"), Id("e")]);
        Check(embedder.Embed("D", "document"), [1, Id("d")]);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => embedder.Embed("a", "passage"));
        Assert.Equal("There is no prompt 'passage'; expected one of 'query', 'document'.", exception.Message);

        using SentenceEmbedder unit = SentenceEmbedder.Load(model, folder.Path, new SentenceEmbedderOptions { Normalize = true });
        float[] first = unit.Embed("a");
        Assert.Equal(1, first.Sum(static value => (double)value * value), 6);

        void Check(float[] actual, int[] tokens) =>
            Tolerance.Default.AssertClose<float>([Mean(model, tokens)[..3]], actual, string.Join(' ', tokens));
    }

    [SharedDataFact]
    public void Without_modules_the_model_must_pool_states()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TokenizerJson());
        using TinyEmbedder model = TinyParts.WithWeights("e5", TinyEmbedder.Load);
        using (SentenceEmbedder embedder = SentenceEmbedder.Load(model, folder.Path))
        {
            Tolerance.Default.AssertClose<float>([Mean(model, [1, Id("a")])], embedder.Embed("a"), "a");
        }

        folder.Write("tokenizer.json", TinyParts.Letters("abcdefghijk", "A", "A B", "").ToJsonString());
        using TinyPooler pooler = TinyParts.WithWeights("xlmroberta", TinyPooler.Load);
        Assert.Contains(
            "TinyPooler returns the result of a head instead of pooled states",
            Assert.Throws<NotSupportedException>(() => SentenceEmbedder.Load(pooler, folder.Path)).Message,
            StringComparison.Ordinal
        );
        using TinyReranker reranker = TinyParts.WithWeights("bert_reranker", TinyReranker.Load);
        Assert.Throws<NotSupportedException>(() => SentenceEmbedder.Load(reranker, folder.Path));
    }

    [SharedDataFact]
    public void Errors_name_what_is_wrong()
    {
        using TinyEmbedder model = TinyParts.WithWeights("e5", TinyEmbedder.Load);
        using SentenceEmbedder embedder = new(model, Tokenizer());
        Assert.Equal("The text of input 1 is null.", Assert.Throws<ArgumentException>(() => embedder.Embed(["a", null!])).Message);
        Assert.Empty(embedder.Embed([]));
        Assert.Throws<OperationCanceledException>(() => embedder.Embed(["a"], cancellationToken: new CancellationToken(true)));
        ArgumentException dimensions = Assert.Throws<ArgumentException>(() =>
            new SentenceEmbedder(model, Tokenizer(), new SentenceEmbedderOptions { Dimensions = 9 })
        );
        Assert.Equal("Dimensions is 9; TinyEmbedder returns 8 numbers.", dimensions.Message);
        using TinyTagger tagger = TinyParts.WithRandomWeights(TinyTagger.Tensors, 1, TinyTagger.Load);
        Assert.Contains(
            "returns a row for each token",
            Assert.Throws<NotSupportedException>(() => new SentenceEmbedder(tagger, TinyParts.WordPiece)).Message,
            StringComparison.Ordinal
        );
        embedder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => embedder.Embed("a"));

        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TokenizerJson());
        folder.Write("config_sentence_transformers.json", """{ "similarity_fn_name": "jaccard" }""");
        PipelineException exception = Assert.Throws<PipelineException>(() => SentenceEmbedder.Load(model, folder.Path));
        Assert.Equal(
            "config_sentence_transformers.json.similarity_fn_name: expected cosine, dot, euclidean or manhattan, found 'jaccard'",
            exception.Message
        );
    }

    private static string TokenizerJson() => TinyParts.Letters(Letters, "^ A", "^ A B", "^").ToJsonString();

    private static Tokenizer Tokenizer() => SmallTokenizers.Load(TinyParts.Letters(Letters, "^ A", "^ A B", "^"));

    private static int Id(string letter) => Letters.IndexOf(letter, StringComparison.Ordinal);

    private static double[] Mean(TinyEmbedder model, int[] tokens)
    {
        using IEncoderSession<TokenInput> session = model.CreateSession();
        var states = new float[tokens.Length * TinyEmbedder.DModel];
        session.Encode(new TokenInput(tokens), [], states);
        double[] mean =
        [
            .. Enumerable
                .Range(0, TinyEmbedder.DModel)
                .Select(column => Enumerable.Range(0, tokens.Length).Average(row => (double)states[(row * TinyEmbedder.DModel) + column])),
        ];
        double length = Math.Sqrt(mean.Sum(static value => value * value));
        return [.. mean.Select(value => value / length)];
    }

    private sealed class Reports(List<PipelineProgress> list) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => list.Add(value);
    }
}
