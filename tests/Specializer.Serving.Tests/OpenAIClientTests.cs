using System;
using System.ClientModel;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using Specializer.AspNetCore;
using Specializer.Text;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>OpenAI's client for .NET against the server.</summary>
public sealed class OpenAIClientTests
{
    private static OpenAIClient ClientOf(TestServer server, string key = TestServer.Key) =>
        new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1") });

    [Fact]
    public async Task A_streamed_answer_is_the_whole_one()
    {
        await using TestServer server = await TestServer.StartAsync();
        ChatClient chat = ClientOf(server).GetChatClient("small");
        foreach (int tokens in new[] { 1, 7, 60 })
        {
            ChatCompletionOptions Options() =>
                new()
                {
                    MaxOutputTokenCount = tokens,
                    Temperature = 1,
                    Seed = tokens,
                };
            ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage("the fox")], Options());
            var streamed = new StringBuilder();
            ChatFinishReason? finish = null;
            ChatTokenUsage? usage = null;
            await foreach (
                StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync([new UserChatMessage("the fox")], Options())
            )
            {
                streamed.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
                finish = update.FinishReason ?? finish;
                usage = update.Usage ?? usage;
            }

            Assert.Equal(string.Concat(whole.Content.Select(static part => part.Text)), streamed.ToString());
            Assert.Equal(whole.FinishReason, finish);
            Assert.Equal(whole.Usage.OutputTokenCount, usage!.OutputTokenCount);
            Assert.Equal("small", whole.Model);
        }
    }

    [Fact]
    public async Task Schemas_tools_and_log_probabilities()
    {
        await using TestServer server = await TestServer.StartAsync();
        ChatClient chat = ClientOf(server).GetChatClient("small");
        BinaryData schema = BinaryData.FromString(
            """{"type":"object","properties":{"age":{"enum":[1,2]}},"required":["age"],"additionalProperties":false}"""
        );
        ChatCompletion json = await chat.CompleteChatAsync(
            [new SystemChatMessage("quick"), new UserChatMessage("the")],
            new ChatCompletionOptions
            {
                ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("age", schema),
                MaxOutputTokenCount = 99,
            }
        );
        Assert.Matches(@"^\s*\{\s*""age""\s*:\s*[12]\s*\}\s*$", json.Content[0].Text);

        var options = new ChatCompletionOptions { ToolChoice = ChatToolChoice.CreateRequiredChoice(), MaxOutputTokenCount = 99 };
        options.Tools.Add(
            ChatTool.CreateFunctionTool(
                "look",
                "Looks.",
                BinaryData.FromString(
                    """{"type":"object","properties":{"far":{"type":"boolean"}},"required":["far"],"additionalProperties":false}"""
                )
            )
        );
        ChatCompletion called = await chat.CompleteChatAsync([new UserChatMessage("the")], options);
        Assert.Equal(ChatFinishReason.ToolCalls, called.FinishReason);
        Assert.Equal("look", Assert.Single(called.ToolCalls).FunctionName);
        ChatCompletion after = await chat.CompleteChatAsync(
            [new UserChatMessage("the"), new AssistantChatMessage(called), new ToolChatMessage(called.ToolCalls[0].Id, "found")],
            new ChatCompletionOptions { MaxOutputTokenCount = 2 }
        );
        Assert.NotEmpty(after.Id);

        ChatCompletion probable = await chat.CompleteChatAsync(
            [new UserChatMessage("the")],
            new ChatCompletionOptions
            {
                IncludeLogProbabilities = true,
                TopLogProbabilityCount = 3,
                MaxOutputTokenCount = 4,
            }
        );
        Assert.Equal(probable.Usage.OutputTokenCount, probable.ContentTokenLogProbabilities.Count);
        Assert.All(probable.ContentTokenLogProbabilities, static token => Assert.Equal(3, token.TopLogProbabilities.Count));
    }

    [Fact]
    public async Task Embeddings_and_models()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ServedEncoder model = Served.Encoder();
        using var embedder = new SentenceEmbedder(model, SmallParts.Tokenizer);
        OpenAIEmbeddingCollection vectors = await ClientOf(server)
            .GetEmbeddingClient("vectors")
            .GenerateEmbeddingsAsync(["the fox", "there"]);
        Assert.Equal(embedder.Embed("there"), vectors[1].ToFloats().ToArray());
        OpenAIModelCollection models = await ClientOf(server).GetOpenAIModelClient().GetModelsAsync();
        Assert.Equal(["small", "vectors"], models.Select(static found => found.Id).Order());
    }

    [Fact]
    public async Task Errors_are_the_clients_exceptions()
    {
        await using TestServer server = await TestServer.StartAsync(static options => options.Keys.Add(ApiKey.Of("tests", TestServer.Key)));
        await ClientOf(server)
            .GetChatClient("small")
            .CompleteChatAsync([new UserChatMessage("the")], new ChatCompletionOptions { MaxOutputTokenCount = 1 });
        await Fails(
            401,
            () => ClientOf(server, "another key, which is wrong").GetChatClient("small").CompleteChatAsync([new UserChatMessage("the")])
        );
        await Fails(404, () => ClientOf(server).GetChatClient("missing").CompleteChatAsync([new UserChatMessage("the")]));
        await Fails(400, () => ClientOf(server).GetChatClient("vectors").CompleteChatAsync([new UserChatMessage("the")]));
        await Fails(400, () => ClientOf(server).GetChatClient("small").CompleteChatAsync([new UserChatMessage(new string('x', 300))]));

        static async Task Fails(int status, Func<Task<ClientResult<ChatCompletion>>> call) =>
            Assert.Equal(status, (await Assert.ThrowsAsync<ClientResultException>(call)).Status);
    }
}
