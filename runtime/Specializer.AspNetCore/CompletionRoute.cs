using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>POST /v1/completions.</summary>
internal static class CompletionRoute
{
    public static async Task HandleAsync(HttpContext context, ModelRegistry models, OpenAIOptions limits, string tenant)
    {
        using JsonDocument document = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        JsonElement json = document.RootElement;
        string model = json.Text("model") ?? throw JsonRequest.Wrong("model", "the name of a model");
        GenerationEngine engine = models.Decoder(model);
        if (json.Field("logprobs") is not null)
        {
            throw ApiException.Unsupported("logprobs", "use /v1/chat/completions.");
        }

        string before = json.Flag("echo") ? json.Text("prompt") ?? throw ApiException.Unsupported("echo", "the prompt is no text.") : "";
        var fields = GenerationFields.Read(json, engine, limits, alternatives: null);
        int[] prompt = Prompt(json, engine);
        string id = Answer.NewId("cmpl-");
        long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        GenerationStream[] streams = Choices.Submit(fields, prompt, tenant, "text_completion", context.RequestAborted);
        try
        {
            if (fields.Streams)
            {
                await StreamAsync(context, fields, streams, limits, before, id, created, model).ConfigureAwait(false);
                return;
            }

            GeneratedText[] texts = await Task.WhenAll(streams.Select(stream => stream.ReadAllAsync(context.RequestAborted)))
                .ConfigureAwait(false);
            await Responses
                .WriteJsonAsync(
                    context,
                    writer =>
                    {
                        Answer.WriteHead(writer, id, "text_completion", engine, created, model);
                        writer.WriteStartArray("choices");
                        for (int i = 0; i < texts.Length; i++)
                        {
                            WriteChoice(writer, i, before + texts[i].Text, texts[i].Finish);
                        }

                        writer.WriteEndArray();
                        Answer.WriteUsage(writer, [.. texts.Select(static text => text.Usage)]);
                        writer.WriteEndObject();
                    }
                )
                .ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(streams, static stream => stream.Dispose());
        }
    }

    private static async Task StreamAsync(
        HttpContext context,
        GenerationFields fields,
        GenerationStream[] streams,
        OpenAIOptions limits,
        string before,
        string id,
        long created,
        string model
    )
    {
        var usages = new List<GenerationUsage>();
        var events = new EventStream(context, limits.Heartbeat);
        await using (events.ConfigureAwait(false))
        {
            for (int i = 0; i < streams.Length && before.Length > 0; i++)
            {
                await WriteAsync(i, before, null).ConfigureAwait(false);
            }

            await Choices
                .EachUpdateAsync(
                    context,
                    events,
                    streams,
                    async (choice, update) =>
                    {
                        if (update.Usage is { } usage)
                        {
                            usages.Add(usage);
                        }

                        await WriteAsync(choice, update.Text, update.Finish).ConfigureAwait(false);
                    }
                )
                .ConfigureAwait(false);
            if (fields.IncludesUsage)
            {
                await events
                    .WriteAsync(writer =>
                    {
                        Answer.WriteHead(writer, id, "text_completion", fields.Engine, created, model);
                        writer.WriteStartArray("choices");
                        writer.WriteEndArray();
                        Answer.WriteUsage(writer, usages);
                        writer.WriteEndObject();
                    })
                    .ConfigureAwait(false);
            }

            await events.WriteDoneAsync().ConfigureAwait(false);
        }

        Task WriteAsync(int choice, string text, FinishReason? finish) =>
            events.WriteAsync(writer =>
            {
                Answer.WriteHead(writer, id, "text_completion", fields.Engine, created, model);
                writer.WriteStartArray("choices");
                WriteChoice(writer, choice, text, finish);
                writer.WriteEndArray();
                if (fields.IncludesUsage)
                {
                    writer.WriteNull("usage");
                }

                writer.WriteEndObject();
            });
    }

    private static void WriteChoice(Utf8JsonWriter writer, int index, string text, FinishReason? finish)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", index);
        writer.WriteString("text", text);
        writer.WriteNull("logprobs");
        Answer.WriteFinish(writer, finish, hasCalls: false);
        writer.WriteEndObject();
    }

    /// <summary>Reads a text, or tokens; one prompt for each request.</summary>
    private static int[] Prompt(JsonElement json, GenerationEngine engine)
    {
        switch (json.Field("prompt"))
        {
            case { ValueKind: JsonValueKind.String } text:
                int[] tokens = TokenRoutes.Encode(engine, JsonRequest.Decode(text, "prompt"), addsSpecial: true);
                return tokens.Length > 0 ? tokens
                    : engine.Settings.StartToken is { } start ? [start]
                    : throw JsonRequest.Wrong("prompt", "a text with at least one token");
            case { ValueKind: JsonValueKind.Array } array
                when array.GetArrayLength() is > 0 and var count
                    && array.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Number):
                return count <= engine.Model.ContextLength
                    ? TokenRoutes.Tokens(array, engine, "prompt")
                    : throw ApiException.Invalid(
                        $"The prompt has {count} tokens, more than the context.",
                        "prompt",
                        "context_length_exceeded"
                    );
            case { ValueKind: JsonValueKind.Array } array when array.GetArrayLength() == 1 && array[0].ValueKind == JsonValueKind.String:
                return TokenRoutes.Encode(engine, JsonRequest.Decode(array[0], "prompt"), addsSpecial: true);
            default:
                throw JsonRequest.Wrong("prompt", "one text, or the tokens of one prompt");
        }
    }
}
