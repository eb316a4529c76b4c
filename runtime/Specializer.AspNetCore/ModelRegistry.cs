using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Specializer.Serving;

namespace Specializer.AspNetCore;

/// <summary>The models of a server. They are loaded when the server starts, and released after it has stopped.</summary>
internal sealed class ModelRegistry(IOptions<OpenAIOptions> options, IEnumerable<ModelRegistration> registrations, IServer server)
    : IHostedLifecycleService
{
    private readonly Dictionary<string, GenerationEngine> _decoders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EmbeddingEngine> _encoders = new(StringComparer.Ordinal);
    private bool _isLoaded;

    public DateTimeOffset Created { get; } = DateTimeOffset.UtcNow;

    public IEnumerable<string> Names => _decoders.Keys.Concat(_encoders.Keys);

    public bool IsReady => Volatile.Read(ref _isLoaded) && _decoders.Values.All(static engine => engine.Status.IsReady);

    public AnswerConstraints Constraints { get; } = new();

    public GenerationEngine Decoder(string name) => Find(_decoders, name, "chat or completions");

    public EmbeddingEngine Encoder(string name) => Find(_encoders, name, "embeddings");

    public bool Contains(string name) => _decoders.ContainsKey(name) || _encoders.ContainsKey(name);

    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                foreach (ModelRegistration registration in registrations)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Contains(registration.Name))
                    {
                        throw new InvalidOperationException($"The model '{registration.Name}' is registered twice.");
                    }

                    switch (registration.Create())
                    {
                        case GenerationEngine decoder:
                            _decoders.Add(registration.Name, decoder);
                            break;
                        case EmbeddingEngine encoder:
                            _encoders.Add(registration.Name, encoder);
                            break;
                    }
                }

                Volatile.Write(ref _isLoaded, true);
            },
            cancellationToken
        );

    /// <summary>Ends the start of a server that other machines reach without a key.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Keys.Count > 0 || options.Value.AllowAnonymousBeyondLoopback)
        {
            return Task.CompletedTask;
        }

        foreach (string address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            string host = BindingAddress.Parse(address).Host.Trim('[', ']');
            bool isLocal =
                host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(host, out IPAddress? parsed) && IPAddress.IsLoopback(parsed));
            if (!isLocal)
            {
                throw new InvalidOperationException(
                    $"The server listens on {address} and has no keys. Add one to {nameof(OpenAIOptions)}.{nameof(OpenAIOptions.Keys)}, or listen on 127.0.0.1."
                );
            }
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_decoders.Values.Select(engine => engine.DrainAsync(options.Value.Drain))).ConfigureAwait(false);
        foreach (GenerationEngine engine in _decoders.Values)
        {
            await engine.DisposeAsync().ConfigureAwait(false);
        }

        foreach (EmbeddingEngine engine in _encoders.Values)
        {
            await engine.DisposeAsync().ConfigureAwait(false);
        }
    }

    private TEngine Find<TEngine>(Dictionary<string, TEngine> engines, string name, string use)
    {
        if (engines.TryGetValue(name, out TEngine? engine))
        {
            return engine;
        }

        throw Contains(name)
            ? ApiException.Invalid($"The model '{name}' does not serve {use}.", "model")
            : new ApiException(404, "invalid_request_error", $"The model '{name}' does not exist.", "model", "model_not_found");
    }
}

/// <summary>A model that is loaded when the server starts.</summary>
/// <param name="Name">The name in requests.</param>
/// <param name="Create">Creates the engine.</param>
internal sealed record ModelRegistration(string Name, Func<object> Create);
