using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>POST /v1/embeddings.</summary>
internal static class EmbeddingRoute
{
    public static async Task HandleAsync(HttpContext context, ModelRegistry models, OpenAIOptions limits)
    {
        using JsonDocument document = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        JsonElement json = document.RootElement;
        string model = json.Text("model") ?? throw JsonRequest.Wrong("model", "the name of a model");
        EmbeddingEngine engine = models.Encoder(model);
        IReadOnlyList<string> texts = json.Texts("input", limits.EmbeddingInputs);
        if (texts.Count == 0)
        {
            throw JsonRequest.Wrong("input", "a text or an array of texts");
        }

        int dimensions = (int)(json.Integer("dimensions", 1, engine.Dimensions) ?? engine.Dimensions);
        bool isBase64 = json.Text("encoding_format") switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw JsonRequest.Wrong("encoding_format", "float or base64"),
        };
        (float[][] vectors, int tokens) = await ComputeAsync(engine, texts, context).ConfigureAwait(false);
        await Responses
            .WriteJsonAsync(
                context,
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("object", "list");
                    writer.WriteStartArray("data");
                    for (int i = 0; i < vectors.Length; i++)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("object", "embedding");
                        writer.WriteNumber("index", i);
                        Write(writer, vectors[i], dimensions, isBase64);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteString("model", model);
                    writer.WriteStartObject("usage");
                    writer.WriteNumber("prompt_tokens", tokens);
                    writer.WriteNumber("total_tokens", tokens);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }
            )
            .ConfigureAwait(false);
    }

    private static async Task<(float[][] Vectors, int Tokens)> ComputeAsync(
        EmbeddingEngine engine,
        IReadOnlyList<string> texts,
        HttpContext context
    )
    {
        try
        {
            int tokens = texts.Sum(text => engine.CountTokens(text));
            return (await engine.EmbedAsync(texts, null, context.RequestAborted).ConfigureAwait(false), tokens);
        }
        catch (ArgumentException)
        {
            throw JsonRequest.Wrong("input", "texts with at least one token and valid Unicode");
        }
    }

    private static void Write(Utf8JsonWriter writer, float[] vector, int dimensions, bool isBase64)
    {
        if (dimensions < vector.Length)
        {
            vector = vector[..dimensions];
            VectorSearch.Normalize(vector);
        }

        if (isBase64 && BitConverter.IsLittleEndian)
        {
            writer.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector.AsSpan()));
            return;
        }

        writer.WriteStartArray("embedding");
        foreach (float value in vector)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }
}
