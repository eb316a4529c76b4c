using System;
using System.Collections.Generic;
using System.Text.Json;
using Specializer.Text.Reading;

namespace Specializer.Text.Audio;

/// <summary>Reads the generation_config.json of a model of speech.</summary>
internal static class TranscriptionReader
{
    // Fields that change what is generated and are not supported, with the values at which they change nothing.
    private static readonly (string Name, double Neutral)[] s_unsupported =
    [
        ("num_beams", 1),
        ("do_sample", 0),
        ("repetition_penalty", 1),
        ("no_repeat_ngram_size", 0),
        ("encoder_repetition_penalty", 1),
        ("length_penalty", 1),
        ("min_length", 0),
        ("min_new_tokens", 0),
        ("guidance_scale", 1),
        ("condition_on_prev_tokens", 0),
        ("no_speech_threshold", double.NaN),
        ("logprob_threshold", double.NaN),
        ("compression_ratio_threshold", double.NaN),
        ("bad_words_ids", double.NaN),
        ("forced_bos_token_id", double.NaN),
        ("prompt_ids", double.NaN),
    ];

    public static TranscriptionSettings Read(JsonPlace root, Tokenizer tokenizer)
    {
        foreach ((string name, double neutral) in s_unsupported)
        {
            Refuse(root[name], neutral);
        }

        JsonPlace end = root["eos_token_id"];
        List<int> ends = Tokens(end);
        if (ends.Count != 1)
        {
            throw end.Error($"expected one token, found {(end.IsNull ? "nothing" : $"{ends.Count} tokens")}");
        }

        Dictionary<string, int> languages = Languages(root, tokenizer);
        bool hasLanguages = languages.Count > 0;
        JsonPlace tasks = root["task_to_id"];
        JsonPlace noTimestamps = root["no_timestamps_token_id"];
        var settings = new TranscriptionSettings
        {
            StartToken = root["decoder_start_token_id"].Number(),
            EndToken = ends[0],
            NoTimestampsToken = noTimestamps.IsNull
                ? tokenizer.TokenToId("<|notimestamps|>")
                    ?? throw noTimestamps.Error("the field is absent, and the tokenizer does not contain <|notimestamps|>")
                : noTimestamps.Number(),
            Languages = languages,
            TranscribeToken = hasLanguages ? Task(tasks, "transcribe", tokenizer) : null,
            TranslateToken = hasLanguages ? Task(tasks, "translate", tokenizer) : null,
            SuppressedTokens = Tokens(root["suppress_tokens"]),
            FirstSuppressedTokens = Tokens(root["begin_suppress_tokens"]),
            MaximumInitialTimestamp = Optional(root["max_initial_timestamp_index"]),
            MaximumLength = Optional(root["max_length"]),
        };
        return Forced(root["forced_decoder_ids"], settings);
    }

    private static Dictionary<string, int> Languages(JsonPlace root, Tokenizer tokenizer)
    {
        JsonPlace place = root["lang_to_id"];
        var languages = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!root["is_multilingual"].Flag(!place.IsNull))
        {
            return languages;
        }

        if (!place.IsNull)
        {
            if (!place.IsObject)
            {
                throw place.Error($"expected an object, found {place.Found}");
            }

            foreach (JsonProperty property in place.Element.EnumerateObject())
            {
                string token = SettingsFile.Name(place, property);
                languages[Code(token) ?? token] = new JsonPlace(property.Value, $"{place.Path}.{token}").Number();
            }

            return languages;
        }

        foreach ((int id, AddedToken token) in tokenizer.AddedTokens)
        {
            // Codes of languages have two letters, a few of them three.
            if (Code(token.Content) is { Length: 2 or 3 } code)
            {
                languages[code] = id;
            }
        }

        return languages.Count > 0 ? languages : throw place.Error("the field is absent, and the tokenizer does not contain languages");
    }

    /// <summary>Returns xx of a token &lt;|xx|&gt;, or null.</summary>
    private static string? Code(string token) =>
        token.Length > 4 && token.StartsWith("<|", StringComparison.Ordinal) && token.EndsWith("|>", StringComparison.Ordinal)
            ? token[2..^2]
            : null;

    private static int? Task(JsonPlace tasks, string name, Tokenizer tokenizer) =>
        tasks.Has(name) ? tasks[name].Number() : tokenizer.TokenToId($"<|{name}|>");

    /// <summary>Old files have pairs of a position and a token: the language or null, the task, and no timestamps.</summary>
    private static TranscriptionSettings Forced(JsonPlace place, TranscriptionSettings settings)
    {
        if (place.IsNull)
        {
            return settings;
        }

        foreach (JsonPlace pair in place.Items(maximum: 8))
        {
            List<JsonPlace> items = pair.Items(maximum: 2);
            if (items.Count != 2)
            {
                throw pair.Error($"expected a position and a token, found {items.Count} values");
            }

            if (items[1].IsNull)
            {
                continue;
            }

            int token = items[1].Number();
            if (token == settings.NoTimestampsToken || token == settings.TranscribeToken)
            {
                continue;
            }

            if (token == settings.TranslateToken)
            {
                settings = settings with { Translates = true };
            }
            else
            {
                settings = settings with { Language = LanguageOf(settings, token) ?? throw Unknown(items[1], token) };
            }
        }

        return settings;
    }

    private static TokenizerException Unknown(JsonPlace place, int token) =>
        place.Error($"the token {token} is not a language, a task or {"<|notimestamps|>"}; it is not supported");

    private static string? LanguageOf(TranscriptionSettings settings, int token)
    {
        foreach ((string language, int id) in settings.Languages)
        {
            if (id == token)
            {
                return language;
            }
        }

        return null;
    }

    private static void Refuse(JsonPlace place, double neutral)
    {
        bool isNeutral = place.Element.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Number => place.Element.TryGetDouble(out double value) && value == neutral,
            JsonValueKind.Array => place.Element.GetArrayLength() == 0,
            _ => false,
        };
        if (!isNeutral)
        {
            throw place.Error($"{place.Found} is not supported; remove the field for a transcript without it");
        }
    }

    private static int? Optional(JsonPlace place) => place.IsNull ? null : place.Number();

    private static List<int> Tokens(JsonPlace place) =>
        place.IsNull ? []
        : place.IsArray ? place.Items().ConvertAll(item => item.Number())
        : [place.Number()];
}
