using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>Writes the parts of answers in OpenAI's form.</summary>
internal static class Answer
{
    public static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    public static void WriteHead(Utf8JsonWriter writer, string id, string kind, GenerationEngine engine, long created, string model)
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("object", kind);
        writer.WriteNumber("created", created);
        writer.WriteString("model", model);
        writer.WriteString("system_fingerprint", Fingerprint(engine.Model));
    }

    /// <summary>The same seed and fingerprint give the same bytes.</summary>
    private static string Fingerprint(ModelDescription model) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"fp_{model.PackedLayout:x16}_{typeof(GenerationEngine).Assembly.GetName().Version?.ToString(3)}"
        );

    public static void WriteFinish(Utf8JsonWriter writer, FinishReason? finish, bool hasCalls)
    {
        if (finish is null)
        {
            writer.WriteNull("finish_reason");
            return;
        }

        writer.WriteString(
            "finish_reason",
            hasCalls ? "tool_calls"
                : finish is FinishReason.MaximumTokens or FinishReason.ContextFull ? "length"
                : "stop"
        );
    }

    public static void WriteUsage(Utf8JsonWriter writer, IReadOnlyCollection<GenerationUsage> choices)
    {
        // The prompt counts once, however many answers it has.
        int prompt = choices.Count == 0 ? 0 : choices.Max(static usage => usage.PromptTokens),
            output = choices.Sum(static usage => usage.GeneratedTokens);
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", prompt);
        writer.WriteNumber("completion_tokens", output);
        writer.WriteNumber("total_tokens", prompt + output);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", choices.Count == 0 ? 0 : choices.Min(static usage => usage.ReusedTokens));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteCall(Utf8JsonWriter writer, ToolCall call, string id, int? index)
    {
        writer.WriteStartObject();
        if (index is { } number)
        {
            writer.WriteNumber("index", number);
        }

        writer.WriteString("id", id);
        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writer.WriteString("name", call.Name);
        writer.WriteString("arguments", call.Arguments.GetRawText());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes the log-probabilities of a chat's tokens.</summary>
    public static void WriteLogProbabilities(
        Utf8JsonWriter writer,
        IReadOnlyList<GeneratedToken> tokens,
        Tokenizer tokenizer,
        bool isRequested
    )
    {
        if (!isRequested)
        {
            writer.WriteNull("logprobs");
            return;
        }

        writer.WriteStartObject("logprobs");
        writer.WriteStartArray("content");
        foreach (GeneratedToken token in tokens)
        {
            writer.WriteStartObject();
            WriteToken(writer, token.Id, token.LogProbability, tokenizer);
            writer.WriteStartArray("top_logprobs");
            foreach (TokenLogProbability alternative in token.Alternatives)
            {
                writer.WriteStartObject();
                WriteToken(writer, alternative.Token, alternative.Value, tokenizer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal");
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, int token, float logProbability, Tokenizer tokenizer)
    {
        string text = tokenizer.Decode([token], skipSpecialTokens: false);
        writer.WriteString("token", text);

        // JSON has no negative infinity; OpenAI writes -9999 for an excluded token.
        writer.WriteNumber("logprob", float.IsFinite(logProbability) ? logProbability : -9999);
        writer.WriteStartArray("bytes");
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }
}
