using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Specializer.Text.Tests.Generation;

namespace Specializer.Text.Tests.Audio;

/// <summary>A small Whisper: 16 mel bands, windows of one second, 24 tokens of context.</summary>
[Transformer("Audio/whisper/config.json", ChunkLength = 16)]
internal sealed partial class SmallWhisper;

/// <summary>The files of a small Whisper: 40 words, control tokens, and timestamps from 0.00 to 1.00.</summary>
internal static class SpeechFolder
{
    public const int End = 40;
    public const int Start = 41;
    public const int NoTimestamps = 49;
    public const int FirstTimestamp = 50;
    public const int Vocabulary = 101;

    private static readonly string[] s_control =
    [
        "<|endoftext|>",
        "<|startoftranscript|>",
        "<|en|>",
        "<|de|>",
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
        "<|notimestamps|>",
    ];

    public const string Generation = """
        {"decoder_start_token_id":41,"eos_token_id":40,"bos_token_id":40,"pad_token_id":40,"is_multilingual":true,"return_timestamps":false,
         "lang_to_id":{"<|en|>":42,"<|de|>":43},"task_to_id":{"transcribe":45,"translate":44},"no_timestamps_token_id":49,"max_length":448,
         "suppress_tokens":[1,2,41,42,43,44,45,46,47,48],"begin_suppress_tokens":[3,40],"max_initial_timestamp_index":20,
         "forced_decoder_ids":[[1,null],[2,45]],"prev_sot_token_id":47}
        """;

    public const string Preprocessor = """
        {"chunk_length":1,"feature_extractor_type":"WhisperFeatureExtractor","feature_size":16,"hop_length":160,"n_fft":400,"n_samples":16000,
         "nb_max_frames":100,"padding_side":"right","padding_value":0.0,"return_attention_mask":false,"sampling_rate":16000}
        """;

    public static LogMelSettings Features => LogMelSettings.Parse(Encoding.UTF8.GetBytes(Preprocessor));

    public static TranscriptionSettings Settings { get; } =
        new()
        {
            StartToken = Start,
            EndToken = End,
            NoTimestampsToken = NoTimestamps,
            Languages = new Dictionary<string, int> { ["en"] = 42, ["de"] = 43 },
            TranscribeToken = 45,
            TranslateToken = 44,
            SuppressedTokens = [1, 2, 41, 42, 43, 44, 45, 46, 47, 48],
            FirstSuppressedTokens = [3, 40],
            MaximumInitialTimestamp = 20,
            MaximumLength = 448,
        };

    public static Tokenizer Tokenizer { get; } = Tokenizer.FromJson(Encoding.UTF8.GetBytes(TokenizerJson()));

    public static SmallWhisper Model(int seed)
    {
        using SafetensorsFile weights = SmallWeights.Random(SmallWhisper.Tensors, seed);
        return SmallWhisper.Load(weights);
    }

    /// <summary>Writes a folder as Hugging Face publishes it, without the weights.</summary>
    public static string Write(string folder, string? generation = Generation, string? preprocessor = Preprocessor)
    {
        foreach (
            (string name, string? content) in new[]
            {
                ("tokenizer.json", TokenizerJson()),
                ("generation_config.json", generation),
                ("preprocessor_config.json", preprocessor),
            }
        )
        {
            if (content is not null)
            {
                File.WriteAllText(Path.Combine(folder, name), content);
            }
        }

        return folder;
    }

    private static string TokenizerJson()
    {
        string[] tokens =
        [
            .. Enumerable.Range(0, End).Select(i => string.Create(CultureInfo.InvariantCulture, $"w{i}")),
            .. s_control,
            .. Enumerable.Range(0, 51).Select(i => string.Create(CultureInfo.InvariantCulture, $"<|{i * 0.02:F2}|>")),
        ];
        var vocabulary = new JsonObject();
        var added = new JsonArray();
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i < End)
            {
                vocabulary[tokens[i]] = i;
                continue;
            }

            added.Add(
                new JsonObject
                {
                    ["id"] = i,
                    ["content"] = tokens[i],
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = i < FirstTimestamp,
                }
            );
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "WhitespaceSplit" },
            ["model"] = new JsonObject
            {
                ["type"] = "WordLevel",
                ["vocab"] = vocabulary,
                ["unk_token"] = "w0",
            },
        }.ToJsonString();
    }
}
