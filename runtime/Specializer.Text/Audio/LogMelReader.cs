using System;
using Specializer.Text.Reading;

namespace Specializer.Text.Audio;

/// <summary>Reads preprocessor_config.json of a model of speech.</summary>
internal static class LogMelReader
{
    // mel_filters repeats the filters in old files; transformers computes them. The last ones do not change the features.
    private static readonly string[] s_known =
    [
        "chunk_length",
        "dither",
        "feature_extractor_type",
        "feature_size",
        "hop_length",
        "mel_filters",
        "n_fft",
        "n_samples",
        "nb_max_frames",
        "padding_side",
        "padding_value",
        "sampling_rate",
        "do_normalize",
        "processor_class",
        "return_attention_mask",
        "_commit_hash",
    ];

    public static LogMelSettings Read(JsonPlace root)
    {
        JsonPlace type = root["feature_extractor_type"];
        if (type.Text("WhisperFeatureExtractor") != "WhisperFeatureExtractor")
        {
            throw type.Error($"{type.Found} is not supported; WhisperFeatureExtractor is");
        }

        SettingsFile.RefuseUnknown(root, s_known);
        var defaults = new LogMelSettings();
        var settings = new LogMelSettings
        {
            Bands = root["feature_size"].Number(defaults.Bands),
            FrameLength = root["n_fft"].Number(defaults.FrameLength),
            HopLength = root["hop_length"].Number(defaults.HopLength),
            SampleRate = root["sampling_rate"].Number(defaults.SampleRate),
            WindowSeconds = root["chunk_length"].Number(defaults.WindowSeconds),
        };
        if (settings.Check() is { } error)
        {
            throw root[error.Field].Error(error.Problem);
        }

        Expect(root["n_samples"], settings.WindowSamples, "chunk_length times sampling_rate");
        Expect(root["nb_max_frames"], settings.WindowFrames, "n_samples divided by hop_length");
        JsonPlace side = root["padding_side"];
        if (side.Text("right") != "right")
        {
            throw side.Error($"{side.Found} is not supported; silence follows the sound ('right')");
        }

        Zero(root["padding_value"], "padding is silence, 0");
        Zero(root["dither"], "the features have no random part");
        if (root["do_normalize"].Flag(false))
        {
            throw root["do_normalize"].Error("true is not supported; the samples are used as they are");
        }

        return settings;
    }

    private static void Expect(JsonPlace place, int value, string meaning)
    {
        if (place.Number(value) != value)
        {
            throw place.Error($"expected {value}, {meaning}, found {place.Found}");
        }
    }

    private static void Zero(JsonPlace place, string meaning)
    {
        if (SettingsFile.Real(place, 0) != 0)
        {
            throw place.Error($"{place.Found} is not supported; {meaning}");
        }
    }
}
