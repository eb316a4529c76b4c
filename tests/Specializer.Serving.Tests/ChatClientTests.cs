using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using Specializer.Extensions.AI;
using Specializer.Text;
using Specializer.Text.Tests.Generation;
using Xunit;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Specializer.Serving.Tests;

/// <summary>Microsoft.Extensions.AI's interfaces over the engines.</summary>
public sealed class ChatClientTests
{
    [Fact]
    public async Task Concurrent_calls_get_the_answers_that_they_get_alone()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        using IChatClient client = new SpecializerChatClient(engine);
        ChatOptions Options(int i) =>
            new()
            {
                Temperature = 1,
                Seed = i,
                MaxOutputTokens = 10 + i,
            };
        string[] alone = new string[12];
        for (int i = 0; i < alone.Length; i++)
        {
            alone[i] = (await client.GetResponseAsync($"the {i}", Options(i))).Text;
        }

        ChatResponse[] together = await Task.WhenAll(alone.Select((_, i) => client.GetResponseAsync($"the {i}", Options(i))));
        Assert.Equal(alone, together.Select(static response => response.Text));
        Assert.All(
            together,
            static response =>
                Assert.Equal(response.Usage!.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount)
        );
    }

    [Fact]
    public async Task An_answer_has_usage_reason_and_identity()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        using IChatClient client = new SpecializerChatClient(engine);
        var updates = new List<ChatResponseUpdate>();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("the fox", new ChatOptions { MaxOutputTokens = 5 }))
        {
            updates.Add(update);
        }

        Assert.Single(updates.Select(static update => (update.ResponseId, update.MessageId, update.ModelId, update.Role)).Distinct());
        ChatResponse response = updates.ToChatResponse();
        Assert.True(response.FinishReason == ChatFinishReason.Length || response.FinishReason == ChatFinishReason.Stop);
        Assert.InRange(response.Usage!.OutputTokenCount!.Value, 1, 5);
        var metadata = (ChatClientMetadata)client.GetService(typeof(ChatClientMetadata))!;
        Assert.Equal(("specializer", "ServedDecoder"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(engine, client.GetService(typeof(GenerationEngine)));
        Assert.Null(client.GetService(typeof(GenerationEngine), "key"));
        Assert.Same(client, client.GetService(typeof(IChatClient)));
    }

    [Fact]
    public async Task A_schema_gives_valid_json_and_a_required_tool_gives_a_call()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        using IChatClient client = new SpecializerChatClient(engine);
        JsonElement schema = JsonDocument
            .Parse("""{"type":"object","properties":{"age":{"enum":[1,2]}},"required":["age"],"additionalProperties":false}""")
            .RootElement;
        ChatResponse json = await client.GetResponseAsync(
            "the",
            new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), MaxOutputTokens = 100 }
        );
        Assert.InRange(JsonDocument.Parse(json.Text).RootElement.GetProperty("age").GetInt32(), 1, 2);

        AIFunction tool = AIFunctionFactory.Create((bool loud) => loud, "speak");
        ChatResponse called = await client.GetResponseAsync(
            "the",
            new ChatOptions
            {
                Tools = [tool],
                ToolMode = ChatToolMode.RequireSpecific("speak"),
                MaxOutputTokens = 100,
            }
        );
        Assert.Equal(ChatFinishReason.ToolCalls, called.FinishReason);
        FunctionCallContent call = Assert.Single(
            called.Messages.SelectMany(static message => message.Contents).OfType<FunctionCallContent>()
        );
        Assert.Equal("speak", call.Name);
        Assert.True(((JsonElement)call.Arguments!["loud"]!).ValueKind is JsonValueKind.True or JsonValueKind.False);

        // The conversation goes on with the result.
        ChatResponse after = await client.GetResponseAsync(
            [new(ChatRole.User, "the"), .. called.Messages, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "done")])],
            new ChatOptions { Tools = [tool], MaxOutputTokens = 4 }
        );
        Assert.NotNull(after.FinishReason);
    }

    [Fact]
    public async Task Options_have_their_effect_or_are_errors()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        using IChatClient client = new SpecializerChatClient(engine);
        await Fails<NotSupportedException>("ConversationId", new ChatOptions { ConversationId = "a" });
        await Fails<ArgumentException>("another", new ChatOptions { ModelId = "another" });
        await Fails<NotSupportedException>("'unknown'", new ChatOptions { AdditionalProperties = new() { ["unknown"] = 1 } });
        await Fails<ArgumentException>("no tools", new ChatOptions { ToolMode = ChatToolMode.RequireAny });
        await Fails<NotSupportedException>("String", new ChatOptions { RawRepresentationFactory = static _ => "" });
        await Assert.ThrowsAsync<NotSupportedException>(() =>
            client.GetResponseAsync(new ChatMessage(ChatRole.User, [new DataContent(new byte[1], "image/png")]))
        );
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.GetResponseAsync((IEnumerable<ChatMessage>)null!));

        string free = (await client.GetResponseAsync("the", new ChatOptions { MaxOutputTokens = 30 })).Text;
        int cut = free.Length / 2;
        ChatResponse stopped = await client.GetResponseAsync(
            "the",
            new ChatOptions { MaxOutputTokens = 30, StopSequences = [free[cut..(cut + 2)]] }
        );
        Assert.StartsWith(stopped.Text, free, StringComparison.Ordinal);
        Assert.True(stopped.Text.Length <= cut);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        Assert.NotEqual(free, (await client.GetResponseAsync("the", new ChatOptions { MaxOutputTokens = 30, Instructions = "fox" })).Text);

        async Task Fails<TException>(string message, ChatOptions options)
            where TException : Exception =>
            Assert.Contains(
                message,
                (await Assert.ThrowsAsync<TException>(() => client.GetResponseAsync("the", options))).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task Embeddings_are_those_of_the_embedder()
    {
        using ServedEncoder model = Served.Encoder();
        using var embedder = new SentenceEmbedder(model, SmallParts.Tokenizer);
        await using var engine = new EmbeddingEngine(embedder);
        using IEmbeddingGenerator<string, Embedding<float>> generator = new SpecializerEmbeddingGenerator(engine, "small");
        GeneratedEmbeddings<Embedding<float>> result = await generator.GenerateAsync(["the fox", "there"]);
        Assert.Equal(embedder.Embed("there"), result[1].Vector.ToArray());
        Assert.Equal(embedder.CountTokens("the fox") + embedder.CountTokens("there"), result.Usage!.InputTokenCount);
        float[] shorter = (await generator.GenerateAsync(["the fox"], new EmbeddingGenerationOptions { Dimensions = 8 }))[0]
            .Vector.ToArray();
        Assert.Equal(8, shorter.Length);
        Assert.Equal(1, shorter.Sum(static value => value * value), 1e-5);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 33 })
        );
        var metadata = (EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        Assert.Equal(32, metadata.DefaultModelDimensions);
    }
}
