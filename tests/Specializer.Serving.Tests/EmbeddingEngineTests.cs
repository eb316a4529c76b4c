using System;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Text;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>Embeddings of texts of different callers.</summary>
public sealed class EmbeddingEngineTests
{
    [Fact]
    public async Task Texts_of_many_callers_get_the_embeddings_that_they_get_alone()
    {
        using ServedEncoder model = Served.Encoder();
        using var embedder = new SentenceEmbedder(model, SmallParts.Tokenizer);
        await using var engine = new EmbeddingEngine(embedder, new EmbeddingEngineOptions { Workers = 2 });
        string[] texts = [.. Enumerable.Range(1, 200).Select(i => string.Concat(Enumerable.Repeat("the fox ", 1 + (i % 13))) + i)];
        float[][] together = await Task.WhenAll(texts.Select(text => engine.EmbedAsync(text)));
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(embedder.Embed(texts[i]), together[i]);
        }

        Assert.Equal(0, engine.Waiting);
    }

    [Fact]
    public async Task A_text_that_fails_fails_alone_and_a_full_queue_rejects()
    {
        using ServedEncoder model = Served.Encoder();
        using var embedder = new SentenceEmbedder(model, SmallParts.Tokenizer);
        var engine = new EmbeddingEngine(embedder, new EmbeddingEngineOptions { Workers = 1, QueueLength = 8 });
        Task<float[]>[] calls = [engine.EmbedAsync("fox"), engine.EmbedAsync("\ud800"), engine.EmbedAsync("the")];
        await Assert.ThrowsAsync<ArgumentException>(() => calls[1]);
        Assert.Equal(embedder.Embed("fox"), await calls[0]);
        Assert.Equal(embedder.Embed("the"), await calls[2]);
        EngineRejectedException full = await Assert.ThrowsAsync<EngineRejectedException>(() =>
            engine.EmbedAsync(
                new string[9]
                    .Select(_ => "a")
                    .ToArray()
            )
        );
        Assert.Equal(RejectionReason.QueueFull, full.Reason);
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<EngineRejectedException>(() => engine.EmbedAsync("fox"));
    }
}
