using System;

namespace Specializer;

/// <summary>A log-mel spectrogram, the source of a model of speech (Radford et al. 2022, Whisper).</summary>
/// <param name="features">
/// The spectrogram as the model was trained on it, [<see cref="ModelDescription.MelBands"/>, frames]: all frames of the first
/// band, then those of the next. At least one frame and at most twice <see cref="ModelDescription.SourceLength"/>; two frames are
/// one position. Whisper itself was trained on 3,000 frames, 30 seconds, padded with silence.
/// </param>
public readonly ref struct LogMelInput(ReadOnlySpan<float> features)
{
    /// <summary>Gets the spectrogram, [mel bands, frames].</summary>
    public ReadOnlySpan<float> Features { get; } = features;
}
