using System;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Specializer.Serving;

namespace Specializer.Extensions.AI;

/// <summary>Registers chat clients and embedding generators. Each engine is a singleton that the container disposes.</summary>
public static class SpecializerAIServices
{
    /// <summary>Registers a chat client over an engine.</summary>
    /// <param name="services">The services.</param>
    /// <param name="engine">Creates the engine when it is first used.</param>
    /// <returns>A builder of middleware.</returns>
    public static ChatClientBuilder AddSpecializerChatClient(
        this IServiceCollection services,
        Func<IServiceProvider, GenerationEngine> engine
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(engine);
        services.AddSingleton(engine);
        return services.AddChatClient(static provider => new SpecializerChatClient(provider.GetRequiredService<GenerationEngine>()));
    }

    /// <summary>Registers a chat client over an engine, by a key.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key of the client and of the engine.</param>
    /// <param name="engine">Creates the engine when it is first used.</param>
    /// <returns>A builder of middleware.</returns>
    public static ChatClientBuilder AddKeyedSpecializerChatClient(
        this IServiceCollection services,
        object serviceKey,
        Func<IServiceProvider, GenerationEngine> engine
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(engine);
        services.AddKeyedSingleton(serviceKey, (provider, _) => engine(provider));
        return services.AddKeyedChatClient(
            serviceKey,
            provider => new SpecializerChatClient(provider.GetRequiredKeyedService<GenerationEngine>(serviceKey))
        );
    }

    /// <summary>Registers an embedding generator over an engine.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelId">The name of the model.</param>
    /// <param name="engine">Creates the engine when it is first used.</param>
    /// <returns>A builder of middleware.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddSpecializerEmbeddingGenerator(
        this IServiceCollection services,
        string modelId,
        Func<IServiceProvider, EmbeddingEngine> engine
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(engine);
        services.AddSingleton(engine);
        return services.AddEmbeddingGenerator(provider => new SpecializerEmbeddingGenerator(
            provider.GetRequiredService<EmbeddingEngine>(),
            modelId
        ));
    }
}
