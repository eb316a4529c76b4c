using System;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Specializer.Serving;

namespace Specializer.AspNetCore;

/// <summary>Registers the models of a server.</summary>
/// <param name="Services">The services of the application.</param>
public sealed record SpecializerBuilder(IServiceCollection Services)
{
    /// <summary>Adds a decoder for chat and completions.</summary>
    /// <param name="name">The name of the model in requests.</param>
    /// <param name="create">Creates the engine when the server starts. The server disposes the engine, not its model.</param>
    public SpecializerBuilder AddDecoder(string name, Func<GenerationEngine> create) => Add(name, create);

    /// <summary>Adds an encoder for embeddings.</summary>
    /// <param name="name">The name of the model in requests.</param>
    /// <param name="create">Creates the engine when the server starts. The server disposes the engine, not its embedder.</param>
    public SpecializerBuilder AddEncoder(string name, Func<EmbeddingEngine> create) => Add(name, create);

    private SpecializerBuilder Add(string name, Func<object> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(new ModelRegistration(name, create));
        return this;
    }
}

/// <summary>Adds the services of <see cref="OpenAIRoutes.MapOpenAI"/>.</summary>
public static class SpecializerServices
{
    /// <summary>Adds the registry of models, which loads them when the server starts and drains them when it stops.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes access and limits; null for the defaults.</param>
    /// <returns>A builder to which models are added.</returns>
    public static SpecializerBuilder AddSpecializer(this IServiceCollection services, Action<OpenAIOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<OpenAIOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<ModelRegistry>());
        services.AddSingleton<RequestGuard>();
        return new SpecializerBuilder(services);
    }
}
