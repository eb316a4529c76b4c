using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Specializer.AspNetCore;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>Raw requests.</summary>
public sealed class HttpTests
{
    private const string Chat =
        """{"model":"small","messages":[{"role":"user","content":"the fox"}],"max_tokens":6,"seed":1,"temperature":1""";

    [Fact]
    public async Task A_stream_has_the_form_that_clients_depend_on()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync(
            "/v1/chat/completions",
            Chat + ""","stream":true,"stream_options":{"include_usage":true},"n":2}"""
        );
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        string[] events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        JsonElement[] chunks = [.. events[..^1].Select(static line => JsonDocument.Parse(line["data: ".Length..]).RootElement)];
        Assert.Single(
            chunks
                .Select(static chunk =>
                    (chunk.GetProperty("id").GetString(), chunk.GetProperty("model").GetString(), chunk.GetProperty("object").GetString())
                )
                .Distinct()
        );
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.True(chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32() >= 2);
        foreach (int choice in new[] { 0, 1 })
        {
            JsonElement[] own =
            [
                .. chunks[..^1]
                    .Select(static chunk => chunk.GetProperty("choices")[0])
                    .Where(part => part.GetProperty("index").GetInt32() == choice),
            ];
            Assert.Equal("assistant", own[0].GetProperty("delta").GetProperty("role").GetString());
            Assert.All(own[..^1], static part => Assert.Equal(JsonValueKind.Null, part.GetProperty("finish_reason").ValueKind));
            Assert.Contains(own[^1].GetProperty("finish_reason").GetString(), new[] { "stop", "length" });
        }

        Assert.All(chunks[..^1], static chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"small"}""", 400, "messages")]
    [InlineData("/v1/chat/completions", """{"model":"small","messages":[]}""", 400, "messages")]
    [InlineData("/v1/chat/completions", """{"model":"small","messages":[{"role":"robot","content":"a"}]}""", 400, "messages[0].role")]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""",
        400,
        "messages[0].content"
    )]
    [InlineData("/v1/chat/completions", """{"model":"small","messages":[{"role":"user","content":"a"}],"n":5}""", 400, "n")]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"temperature":3}""",
        400,
        "temperature"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"top_logprobs":1}""",
        400,
        "top_logprobs"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"logprobs":true,"top_logprobs":21}""",
        400,
        "top_logprobs"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"stop":["1","2","3","4","5"]}""",
        400,
        "stop"
    )]
    [InlineData("/v1/chat/completions", """{"model":"small","messages":[{"role":"user","content":"a"}],"stop":""}""", 400, "stop")]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"chat_template":"x"}""",
        400,
        "chat_template"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"chat_template_kwargs":{"chat_template":"x"}}""",
        400,
        "chat_template"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"tool_choice":"required"}""",
        400,
        "tool_choice"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"tool_choice":"\ud800"}""",
        400,
        "tool_choice"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"logit_bias":{"320":1}}""",
        400,
        "logit_bias"
    )]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"small","messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema","json_schema":{"schema":{"not":{}}}}}""",
        400,
        "response_format"
    )]
    [InlineData("/v1/chat/completions", """{"model":"none","messages":[]}""", 404, "model")]
    [InlineData("/v1/chat/completions", "[]", 400, null)]
    [InlineData("/v1/chat/completions", "{", 400, null)]
    [InlineData("/v1/completions", """{"model":"small","prompt":["a","b"]}""", 400, "prompt")]
    [InlineData("/v1/completions", """{"model":"small","prompt":[320]}""", 400, "prompt")]
    [InlineData("/v1/completions", """{"model":"small","prompt":"a","logprobs":1}""", 400, "logprobs")]
    [InlineData("/v1/completions", """{"model":"small","prompt":"\ud800"}""", 400, "prompt")]
    [InlineData("/v1/embeddings", """{"model":"vectors","input":[]}""", 400, "input")]
    [InlineData("/v1/embeddings", """{"model":"vectors","input":"a","encoding_format":"hex"}""", 400, "encoding_format")]
    [InlineData("/v1/embeddings", """{"model":"small","input":"a"}""", 400, "model")]
    [InlineData("/v1/nothing", "{}", 404, null)]
    [InlineData("/v1/models", "{}", 404, null)]
    public async Task Errors_have_openais_form(string path, string body, int status, string? parameter)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync(path, body);
        Assert.Equal(status, (int)response.StatusCode);
        JsonElement error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(parameter, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Hosts_origins_types_and_sizes_are_checked_first()
    {
        await using TestServer server = await TestServer.StartAsync(static options => options.BodyBytes = 1000);
        await Is(HttpStatusCode.Forbidden, Chat + "}", static request => request.Headers.Host = "evil.example");
        await Is(HttpStatusCode.Forbidden, Chat + "}", static request => request.Headers.Add("Origin", "https://evil.example"));
        await Is(HttpStatusCode.Forbidden, Chat + "}", static request => request.Headers.Add("Origin", "null"));
        await Is(
            HttpStatusCode.UnsupportedMediaType,
            Chat + "}",
            static request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("text/plain")
        );
        await Is(HttpStatusCode.RequestEntityTooLarge, Chat + new string(' ', 1000) + "}", static _ => { });
        await Is(HttpStatusCode.OK, Chat + "}", static _ => { });

        async Task Is(HttpStatusCode status, string body, Action<HttpRequestMessage> change)
        {
            using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", body, change);
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task Completions_tokens_and_health()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonElement tokens = await Json("/tokenize", """{"model":"small","prompt":"the fox"}""");
        string list = tokens.GetProperty("tokens").GetRawText();
        Assert.Equal("the fox", (await Json("/detokenize", $$"""{"model":"small","tokens":{{list}}}""")).GetProperty("prompt").GetString());
        string ofText = Text(await Json("/v1/completions", """{"model":"small","prompt":"the fox","max_tokens":9}"""));
        Assert.Equal(ofText, Text(await Json("/v1/completions", $$"""{"model":"small","prompt":{{list}},"max_tokens":9}""")));
        Assert.Equal(
            "the fox" + ofText,
            Text(await Json("/v1/completions", """{"model":"small","prompt":"the fox","max_tokens":9,"echo":true}"""))
        );
        foreach (string path in new[] { "/health", "/health/live", "/health/ready", "/v1/models/small" })
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("/v1/models/none")).StatusCode);

        async Task<JsonElement> Json(string path, string body)
        {
            using HttpResponseMessage response = await server.PostAsync(path, body);
            string text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }

        static string Text(JsonElement completion) => completion.GetProperty("choices")[0].GetProperty("text").GetString()!;
    }

    [Fact]
    public async Task A_client_that_leaves_frees_its_session()
    {
        await using TestServer server = await TestServer.StartAsync(options: new EngineOptions { BufferedUpdates = 2 });
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                """{"model":"small","messages":[{"role":"user","content":"a"}],"stream":true,"max_tokens":200,"logit_bias":{"276":-100}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        using var source = new CancellationTokenSource();
        using (
            HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, source.Token)
        )
        {
            await using Stream body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[20]);
        }

        for (int i = 0; i < 1000 && server.Engine.Status.Running > 0; i++)
        {
            await Task.Delay(5);
        }

        Assert.Equal(0, server.Engine.Status.Running);
    }

    [Fact]
    public async Task Overload_is_answered_with_429_and_nothing_else()
    {
        await using TestServer server = await TestServer.StartAsync(
            options: new EngineOptions
            {
                BatchCapacity = 2,
                QueueLength = 3,
                QueueLengthPerTenant = 3,
            }
        );
        HttpResponseMessage[] responses = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(_ =>
                    server.PostAsync(
                        "/v1/chat/completions",
                        Chat.Replace("\"max_tokens\":6", "\"max_tokens\":150", StringComparison.Ordinal) + "}"
                    )
                )
        );
        Assert.All(responses, static response => Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Contains(responses, static response => response.StatusCode == HttpStatusCode.OK);
        Assert.All(
            responses.Where(static response => response.StatusCode == HttpStatusCode.TooManyRequests),
            static response => Assert.NotNull(response.Headers.RetryAfter)
        );
        Array.ForEach(responses, static response => response.Dispose());
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    public async Task Beyond_this_machine_a_server_does_not_start_without_keys(string url)
    {
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(url: url));
        Assert.Contains("has no keys", exception.Message, StringComparison.Ordinal);
        await using TestServer server = await TestServer.StartAsync(
            static options => options.Keys.Add(ApiKey.Of("a", TestServer.Key)),
            url: url
        );
        Assert.NotNull(server.Engine);
        Assert.Throws<ArgumentException>(() => ApiKey.Of("a", "short"));
    }

    [Fact]
    public async Task No_prompt_is_logged()
    {
        await using TestServer server = await TestServer.StartAsync();
        (await server.PostAsync("/v1/chat/completions", Chat.Replace("the fox", "canary-7316", StringComparison.Ordinal) + "}")).Dispose();
        (await server.PostAsync("/v1/chat/completions", """{"model":"small","messages":[{"role":"canary-7316"}]}""")).Dispose();
        Assert.DoesNotContain("canary-7316", server.Log.Text, StringComparison.Ordinal);
    }
}
