using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>POST /tokenize and /detokenize.</summary>
internal static class TokenRoutes
{
    public static async Task TokenizeAsync(HttpContext context, ModelRegistry models)
    {
        using JsonDocument document = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        JsonElement json = document.RootElement;
        GenerationEngine engine = Engine(json, models);
        string text = json.Text("prompt") ?? json.Text("content") ?? throw JsonRequest.Wrong("prompt", "a text");
        bool addsSpecial = json.Field("add_special_tokens") is null || json.Flag("add_special_tokens");
        int[] tokens = Encode(engine, text, addsSpecial);
        await Responses
            .WriteJsonAsync(
                context,
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("tokens");
                    foreach (int token in tokens)
                    {
                        writer.WriteNumberValue(token);
                    }

                    writer.WriteEndArray();
                    writer.WriteNumber("count", tokens.Length);
                    writer.WriteNumber("max_model_len", engine.Model.ContextLength);
                    writer.WriteEndObject();
                }
            )
            .ConfigureAwait(false);
    }

    public static async Task DetokenizeAsync(HttpContext context, ModelRegistry models)
    {
        using JsonDocument document = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        JsonElement json = document.RootElement;
        GenerationEngine engine = Engine(json, models);
        if (json.Field("tokens") is not { ValueKind: JsonValueKind.Array } array)
        {
            throw JsonRequest.Wrong("tokens", "an array of tokens");
        }

        string text = engine.Tokenizer.Decode(Tokens(array, engine, "tokens"), skipSpecialTokens: false);
        await Responses
            .WriteJsonAsync(
                context,
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("prompt", text);
                    writer.WriteEndObject();
                }
            )
            .ConfigureAwait(false);
    }

    public static int[] Encode(GenerationEngine engine, string text, bool addsSpecial)
    {
        try
        {
            return engine.Tokenizer.EncodeToIds(
                text,
                EncodeOptions.Default with
                {
                    TruncateAndPad = false,
                    AddSpecialTokens = addsSpecial,
                }
            );
        }
        catch (ArgumentException)
        {
            throw JsonRequest.Wrong("prompt", "valid Unicode without lone surrogates");
        }
    }

    public static int[] Tokens(JsonElement array, GenerationEngine engine, string name) =>
        [
            .. array
                .EnumerateArray()
                .Select(item =>
                    item.ValueKind == JsonValueKind.Number
                    && item.TryGetInt32(out int token)
                    && (uint)token < (uint)engine.Model.VocabularySize
                        ? token
                        : throw JsonRequest.Wrong(name, $"tokens from 0 to {engine.Model.VocabularySize - 1}")
                ),
        ];

    private static GenerationEngine Engine(JsonElement json, ModelRegistry models) =>
        models.Decoder(json.Text("model") ?? throw JsonRequest.Wrong("model", "the name of a model"));
}
