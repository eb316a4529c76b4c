using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Specializer.AspNetCore;
using Specializer.Text;
using Specializer.Text.Tests.Generation;

namespace Specializer.Serving.Tests;

/// <summary>A server with a small decoder and a small encoder on a free port of this machine.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Key = "a key that only the tests know";

    private readonly ServedDecoder _decoder = Served.Decoder();
    private readonly ServedEncoder _encoder = Served.Encoder();
    private readonly WebApplication _app;

    private TestServer(Action<OpenAIOptions>? configure, EngineOptions? options, string url)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.WebHost.UseUrls(url);
        builder
            .Services.AddSpecializer(configure)
            .AddDecoder("small", () => Engine = Served.Engine(_decoder, options))
            .AddEncoder("vectors", () => new EmbeddingEngine(new SentenceEmbedder(_encoder, SmallParts.Tokenizer)));
        _app = builder.Build();
        _app.MapOpenAI();
    }

    public GenerationEngine Engine { get; private set; } = null!;

    public CollectedLog Log { get; } = new();

    public Uri Address { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<TestServer> StartAsync(
        Action<OpenAIOptions>? configure = null,
        EngineOptions? options = null,
        string url = "http://127.0.0.1:0"
    )
    {
        var server = new TestServer(configure, options, url);
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Urls.First());
        server.Client = new HttpClient { BaseAddress = server.Address };
        return server;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        change?.Invoke(request);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _decoder.Dispose();
        _encoder.Dispose();
    }
}

/// <summary>All that a server logs.</summary>
internal sealed class CollectedLog : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public string Text
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (_lines)
        {
            _lines.Add(formatter(state, exception) + exception);
        }
    }

    public void Dispose() { }
}
