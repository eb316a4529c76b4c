using System;
using System.IO;
using Specializer.Text.Audio;
using Specializer.Text.Reading;

namespace Specializer.Text;

/// <summary>The settings of a log-mel spectrogram, from <c>preprocessor_config.json</c>. The defaults are those of Whisper.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/models/whisper/feature_extraction_whisper.py.</remarks>
public sealed record LogMelSettings
{
    private const int MaximumFeatures = 1 << 26;

    /// <summary>The number of mel bands (<c>feature_size</c>): 80, in newer models 128.</summary>
    public int Bands { get; init; } = 80;

    /// <summary>The samples of a frame (<c>n_fft</c>), an even number.</summary>
    public int FrameLength { get; init; } = 400;

    /// <summary>The samples from one frame to the next (<c>hop_length</c>).</summary>
    public int HopLength { get; init; } = 160;

    /// <summary>The samples of a second (<c>sampling_rate</c>).</summary>
    public int SampleRate { get; init; } = 16_000;

    /// <summary>The seconds of a window (<c>chunk_length</c>), to which sound is padded with silence.</summary>
    public int WindowSeconds { get; init; } = 30;

    /// <summary>The samples of a window.</summary>
    public int WindowSamples => checked(WindowSeconds * SampleRate);

    /// <summary>The frames of a window, 3,000 in Whisper.</summary>
    public int WindowFrames => WindowSamples / HopLength;

    /// <summary>Reads the settings from a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="PipelineException">The file does not exist, is malformed, or has an unknown or unsupported field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LogMelSettings Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return SettingsFile.ReadPreprocessor(folder, LogMelReader.Read);
    }

    /// <summary>Reads the settings from the content of a <c>preprocessor_config.json</c>.</summary>
    /// <param name="json">The content, in UTF-8.</param>
    /// <exception cref="PipelineException">The content is malformed, or has an unknown or unsupported field.</exception>
    public static LogMelSettings Parse(ReadOnlyMemory<byte> json) => SettingsFile.Parse(SettingsFile.Preprocessor, json, LogMelReader.Read);

    /// <summary>Returns the error of the settings, or null.</summary>
    internal (string Field, string Problem)? Check() =>
        Bands is < 1 or > 1024 ? ("feature_size", $"{Bands} mel bands; expected 1 to 1024")
        : FrameLength is < 2 or > 8_192 || FrameLength % 2 != 0
            ? ("n_fft", $"a frame of {FrameLength} samples; expected an even number from 2 to 8192")
        : HopLength < 1 || HopLength > FrameLength
            ? ("hop_length", $"{HopLength} samples from frame to frame; expected 1 to {FrameLength}, the samples of a frame")
        : SampleRate is < 8_000 or > Waveform.MaximumSampleRate
            ? ("sampling_rate", $"{SampleRate} Hz; expected 8000 to {Waveform.MaximumSampleRate}")
        : WindowSeconds is < 1 or > 600 ? ("chunk_length", $"{WindowSeconds} s; expected 1 to 600")
        : (long)Bands * WindowFrames > MaximumFeatures
            ? ("hop_length", $"{Bands} bands of {WindowFrames} frames; expected at most {MaximumFeatures} features of a window")
        : null;
}
