using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.Extensions.AI;

/// <summary>An embedding generator over an <see cref="EmbeddingEngine"/>. Texts of concurrent calls are encoded together.</summary>
/// <remarks>All members are thread-safe. AdditionalProperties can name a prompt of the embedder: <c>prompt_name</c>.</remarks>
public sealed class SpecializerEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const string PromptName = "prompt_name";

    private readonly EmbeddingEngine _engine;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly string _model;

    /// <summary>Creates a generator.</summary>
    /// <param name="engine">The engine, which is not disposed with the generator.</param>
    /// <param name="modelId">The name of the model.</param>
    public SpecializerEmbeddingGenerator(EmbeddingEngine engine, string modelId)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(modelId);
        _engine = engine;
        _model = modelId;
        _metadata = new EmbeddingGeneratorMetadata("specializer", null, modelId, engine.Dimensions);
    }

    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        int dimensions = options?.Dimensions ?? _engine.Dimensions;
        if (dimensions < 1 || dimensions > _engine.Dimensions)
        {
            throw new ArgumentException(
                $"{nameof(EmbeddingGenerationOptions.Dimensions)} is {dimensions}; {_model} returns {_engine.Dimensions} numbers."
            );
        }

        if (options?.ModelId is { } model && model != _model)
        {
            throw new ArgumentException($"{nameof(EmbeddingGenerationOptions.ModelId)} is '{model}'; this generator serves '{_model}'.");
        }

        if (options?.RawRepresentationFactory is not null)
        {
            throw new NotSupportedException($"{nameof(EmbeddingGenerationOptions.RawRepresentationFactory)} has no representation here.");
        }

        string? prompt = Prompt(options?.AdditionalProperties);
        string[] texts = [.. values];
        long tokens = texts.Sum(text => (long)_engine.CountTokens(text, prompt));
        float[][] vectors = await _engine.EmbedAsync(texts, prompt, cancellationToken).ConfigureAwait(false);
        DateTimeOffset created = DateTimeOffset.UtcNow;
        return new GeneratedEmbeddings<Embedding<float>>(
            vectors.Select(vector => new Embedding<float>(Shorten(vector, dimensions)) { ModelId = _model, CreatedAt = created })
        )
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_engine) ? _engine
            : null;
    }

    /// <summary>Does nothing; the engine belongs to its creator.</summary>
    public void Dispose() { }

    private static string? Prompt(AdditionalPropertiesDictionary? properties)
    {
        string? prompt = null;
        foreach ((string name, object? value) in properties ?? [])
        {
            prompt =
                name != PromptName
                    ? throw new NotSupportedException($"AdditionalProperties has '{name}'; expected {PromptName}.")
                    : value as string ?? throw new ArgumentException($"{PromptName} is '{value}'; expected a text.");
        }

        return prompt;
    }

    // The first elements of a normalized embedding are normalized again (Kusupati et al. 2022, "Matryoshka Representation Learning").
    private static float[] Shorten(float[] vector, int dimensions)
    {
        if (dimensions == vector.Length)
        {
            return vector;
        }

        float[] shortened = vector[..dimensions];
        VectorSearch.Normalize(shortened);
        return shortened;
    }
}
