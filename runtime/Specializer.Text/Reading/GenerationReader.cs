using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text.Reading;

/// <summary>Reads generation_config.json.</summary>
internal static class GenerationReader
{
    // Fields that change what is generated and are not supported, with the values at which they change nothing.
    private static readonly (string Name, double Neutral)[] s_unsupported =
    [
        ("num_beam_groups", 1),
        ("num_return_sequences", 1),
        ("penalty_alpha", 0),
        ("typical_p", 1),
        ("epsilon_cutoff", 0),
        ("eta_cutoff", 0),
        ("diversity_penalty", 0),
        ("encoder_repetition_penalty", 1),
        ("encoder_no_repeat_ngram_size", 0),
        ("guidance_scale", 1),
        ("max_time", double.PositiveInfinity),
        ("force_words_ids", double.NaN),
        ("constraints", double.NaN),
        ("exponential_decay_length_penalty", double.NaN),
        ("forced_decoder_ids", double.NaN),
        ("sequence_bias", double.NaN),
        ("watermarking_config", double.NaN),
        ("dola_layers", double.NaN),
        ("token_healing", double.NaN),
    ];

    public static GenerationSettings Read(ReadOnlyMemory<byte> json, string name)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json.Span))
        {
            throw new GenerationSettingsException(name, "the file is not valid UTF-8");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var place = new JsonPlace(document.RootElement, name);
            return place.IsObject ? Read(place) : throw place.Error("expected an object");
        }
        catch (JsonException exception)
        {
            throw new GenerationSettingsException(name, $"the file is not valid JSON: {exception.Message}", exception);
        }
        catch (TokenizerException exception)
        {
            string place = exception.Place ?? name;
            throw new GenerationSettingsException(place, exception.Message[(place.Length + 2)..], exception);
        }
    }

    private static GenerationSettings Read(JsonPlace root) => Override(new GenerationSettings(), root);

    /// <summary>Replaces the settings whose fields are present.</summary>
    public static GenerationSettings Override(GenerationSettings settings, JsonPlace root)
    {
        foreach ((string name, double neutral) in s_unsupported)
        {
            Refuse(root[name], neutral);
        }

        // The text model of a file for several kinds of input has its tokens in a section of its own.
        JsonPlace tokens = !root.Has("eos_token_id") && root.Has("text_config") ? root["text_config"] : root;
        return settings with
        {
            EndTokens = tokens.Has("eos_token_id") ? Tokens(tokens["eos_token_id"]) : settings.EndTokens,
            StopStrings = root.Has("stop_strings") ? Strings(root["stop_strings"]) : settings.StopStrings,
            MaximumNewTokens = Optional(root["max_new_tokens"]) ?? settings.MaximumNewTokens,
            MaximumLength = Optional(root["max_length"]) ?? settings.MaximumLength,
            MinimumNewTokens = root["min_new_tokens"].Number(settings.MinimumNewTokens),
            MinimumLength = root["min_length"].Number(settings.MinimumLength),
            Sampling = Sampling(root, settings.Sampling),
            Beams = Math.Max(1, root["num_beams"].Number(settings.Beams)),
            LengthPenalty = root.Has("length_penalty") ? Finite(root["length_penalty"]) : settings.LengthPenalty,
            Stopping = root.Has("early_stopping") ? Stopping(root["early_stopping"]) : settings.Stopping,
            NoRepeatNgramSize = root["no_repeat_ngram_size"].Number(settings.NoRepeatNgramSize),
            BadWords = root.Has("bad_words_ids") ? Sequences(root["bad_words_ids"]) : settings.BadWords,
            SuppressedTokens = root.Has("suppress_tokens") ? Tokens(root["suppress_tokens"]) : settings.SuppressedTokens,
            FirstSuppressedTokens = root.Has("begin_suppress_tokens")
                ? Tokens(root["begin_suppress_tokens"])
                : settings.FirstSuppressedTokens,
            StartToken = Optional(tokens["bos_token_id"]) ?? settings.StartToken,
            DecoderStartToken = Optional(root["decoder_start_token_id"]) ?? settings.DecoderStartToken,
            ForcedFirstToken = Optional(root["forced_bos_token_id"]) ?? settings.ForcedFirstToken,
            ForcedLastToken = Single(root["forced_eos_token_id"]) ?? settings.ForcedLastToken,
        };
    }

    private static SamplingOptions Sampling(JsonPlace root, SamplingOptions settings)
    {
        SamplingOptions greedy = settings with
        {
            RepetitionPenalty = Factor(root["repetition_penalty"], settings.RepetitionPenalty, value => value > 0, "above 0"),
        };
        if (!root["do_sample"].Flag(orElse: settings.Temperature > 0))
        {
            return greedy with { Temperature = 0 };
        }

        bool had = settings.Temperature > 0;
        return greedy with
        {
            Temperature = Factor(root["temperature"], had ? settings.Temperature : 1, value => value > 0, "above 0"),
            TopK = root["top_k"].Number(had ? settings.TopK : 50),
            TopP = Factor(root["top_p"], settings.TopP, value => value is > 0 and <= 1, "above 0 and at most 1"),
            MinP = Factor(root["min_p"], settings.MinP, value => value is >= 0 and <= 1, "from 0 to 1"),
        };
    }

    private static double Finite(JsonPlace place) =>
        place.Element.ValueKind == JsonValueKind.Number && place.Element.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw place.Error($"expected a finite number, found {place.Found}");

    private static BeamStopping Stopping(JsonPlace place) =>
        place.IsString && place.Text() == "never" ? BeamStopping.Never
        : place.Element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? place.Flag() ? BeamStopping.WhenFilled
                : BeamStopping.Heuristic
        : throw place.Error($"expected true, false or 'never', found {place.Found}");

    private static int[][] Sequences(JsonPlace place) =>
        [
            .. place
                .Items()
                .ConvertAll(static item =>
                    item.IsArray && item.Items() is { Count: > 0 } tokens
                        ? tokens.ConvertAll(static token => token.Number()).ToArray()
                        : throw item.Error($"expected an array of at least one token, found {item.Found}")
                ),
        ];

    private static float Factor(JsonPlace place, float orElse, Predicate<float> isValid, string expected)
    {
        if (place.IsNull)
        {
            return orElse;
        }

        float value = place.Element.ValueKind == JsonValueKind.Number && place.Element.TryGetSingle(out float number) ? number : float.NaN;
        return float.IsFinite(value) && isValid(value) ? value : throw place.Error($"expected a number {expected}, found {place.Found}");
    }

    private static void Refuse(JsonPlace place, double neutral)
    {
        bool isNeutral = place.Element.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Number => place.Element.TryGetDouble(out double value) && (value == neutral || (neutral == 1 && value == 0)),
            JsonValueKind.Array => place.Element.GetArrayLength() == 0,
            JsonValueKind.Object => !place.Element.EnumerateObject().MoveNext(),
            _ => false,
        };
        if (!isNeutral)
        {
            throw place.Error($"{place.Found} is not supported; remove the field for a text that is generated without it");
        }
    }

    private static int? Optional(JsonPlace place) => place.IsNull ? null : place.Number();

    private static int? Single(JsonPlace place)
    {
        int[] tokens = Tokens(place);
        return tokens.Length switch
        {
            0 => null,
            1 => tokens[0],
            _ => throw place.Error($"{tokens.Length} tokens are forced in one place; expected one"),
        };
    }

    private static int[] Tokens(JsonPlace place)
    {
        if (place.IsNull)
        {
            return [];
        }

        return place.IsArray ? [.. place.Items().ConvertAll(item => item.Number())] : [place.Number()];
    }

    private static string[] Strings(JsonPlace place)
    {
        if (place.IsNull)
        {
            return [];
        }

        List<JsonPlace> items = place.IsArray ? place.Items() : [place];
        return
        [
            .. items.ConvertAll(item => item.Text() is { Length: > 0 } text ? text : throw item.Error("expected a text that is not empty")),
        ];
    }
}
