using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Specializer.Serving;
using Specializer.Text;

namespace Specializer.AspNetCore;

/// <summary>The fields that chat completions and completions share.</summary>
internal sealed record GenerationFields(GenerationEngine Engine, GenerationOptions Options, int Choices, bool Streams, bool IncludesUsage)
{
    /// <summary>Fields that would change the answer and have no implementation.</summary>
    private static readonly string[] s_unsupported =
    [
        "audio",
        "modalities",
        "functions",
        "function_call",
        "best_of",
        "suffix",
        "prediction",
        "web_search_options",
        "chat_template",
        "guided_json",
        "guided_regex",
        "guided_grammar",
        "grammar",
        "prompt_logprobs",
        "previous_response_id",
        "cache_salt",
    ];

    public static GenerationFields Read(JsonElement json, GenerationEngine engine, OpenAIOptions limits, int? alternatives)
    {
        foreach (string name in s_unsupported)
        {
            if (json.Field(name) is not null)
            {
                throw ApiException.Unsupported(name, "leave it out.");
            }
        }

        long? most = json.Integer("max_completion_tokens", 1, int.MaxValue) ?? json.Integer("max_tokens", 1, int.MaxValue);
        SamplingOptions sampling = engine.Settings.Sampling;
        ulong? seed = json.Integer("seed", long.MinValue, long.MaxValue) is { } number ? unchecked((ulong)number) : null;
        sampling = sampling with
        {
            // OpenAI's default is 1, but a model's own settings are what it was made for.
            Temperature = (float?)json.Number("temperature", 0, 2) ?? sampling.Temperature,
            TopP = TopP(json) ?? sampling.TopP,
            TopK = (int?)json.Integer("top_k", 0, int.MaxValue) ?? sampling.TopK,
            MinP = (float?)json.Number("min_p", 0, 1) ?? sampling.MinP,
            FrequencyPenalty = (float?)json.Number("frequency_penalty", -2, 2) ?? sampling.FrequencyPenalty,
            PresencePenalty = (float?)json.Number("presence_penalty", -2, 2) ?? sampling.PresencePenalty,
            RepetitionPenalty = (float?)json.Number("repetition_penalty", 0.01, 10) ?? sampling.RepetitionPenalty,
            LogitBias = Bias(json, engine) ?? sampling.LogitBias,
        };
        return new GenerationFields(
            engine,
            new GenerationOptions
            {
                MaximumNewTokens = (int)Math.Min(most ?? limits.OutputTokens, limits.OutputTokens),
                Sampling = sampling,
                Seed = seed ?? unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue)),
                StopStrings = Stops(json, limits),
                LogProbabilities = alternatives,
            },
            (int)(json.Integer("n", 1, limits.Choices) ?? 1),
            json.Flag("stream"),
            json.Field("stream_options") is { ValueKind: JsonValueKind.Object } options && options.Flag("include_usage")
        );
    }

    /// <summary>Returns the settings of a choice: each has another seed, and the first one has that of the request.</summary>
    public GenerationOptions OptionsOf(int choice) => Options with { Seed = unchecked(Options.Seed + (ulong)choice) };

    private static float? TopP(JsonElement json) =>
        json.Number("top_p", 0, 1) switch
        {
            null => null,
            0 => throw JsonRequest.Wrong("top_p", "a number above 0 and at most 1"),
            { } value => Math.Max((float)value, float.Epsilon),
        };

    private static IReadOnlyList<string> Stops(JsonElement json, OpenAIOptions limits)
    {
        IReadOnlyList<string> stops = json.Texts("stop", limits.Stops);
        foreach (string stop in stops)
        {
            if (stop.Length == 0 || Encoding.UTF8.GetByteCount(stop) > limits.StopBytes)
            {
                throw JsonRequest.Wrong("stop", $"strings of 1 to {limits.StopBytes} bytes");
            }
        }

        return stops;
    }

    private static Dictionary<int, float>? Bias(JsonElement json, GenerationEngine engine)
    {
        if (json.Field("logit_bias") is not { } bias)
        {
            return null;
        }

        if (bias.ValueKind != JsonValueKind.Object || bias.EnumerateObject().Count() > 1024)
        {
            throw JsonRequest.Wrong("logit_bias", "an object of at most 1024 tokens");
        }

        var result = new Dictionary<int, float>();
        foreach (JsonProperty property in bias.EnumerateObject())
        {
            if (
                !int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int token)
                || token >= engine.Model.VocabularySize
                || property.Value.ValueKind != JsonValueKind.Number
                || !property.Value.TryGetSingle(out float value)
                || !(Math.Abs(value) <= 100)
            )
            {
                throw JsonRequest.Wrong("logit_bias", "tokens of the vocabulary with numbers from -100 to 100");
            }

            result[token] = value;
        }

        return result.Count > 0 ? result : null;
    }
}
