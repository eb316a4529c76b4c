using System;
using System.Threading;
using Specializer.Text.Audio;

namespace Specializer.Text;

/// <summary>
/// Computes log-mel spectrograms as Whisper was trained on them: energies of a short-time Fourier transform with a Hann window in mel
/// bands. Logarithms are limited to 8 below the largest, and become (x + 4) / 4.
/// </summary>
/// <remarks>
/// Sources: Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision; the class WhisperFeatureExtractor of
/// huggingface/transformers. Computation uses double precision. This class is thread-safe; memory is allocated per call, not per frame.
/// </remarks>
/// <example>
/// <code>
/// var extractor = new LogMelExtractor(LogMelSettings.Load("models/whisper-tiny"));
/// float[] features = extractor.Extract(Waveform.Load("speech.wav"));
/// session.Encode(features);
/// </code>
/// </example>
public sealed class LogMelExtractor
{
    private LogMelTransform? _kept;

    /// <summary>Creates an extractor.</summary>
    /// <param name="settings">The settings; null for those of Whisper with 80 bands.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public LogMelExtractor(LogMelSettings? settings = null)
    {
        Settings = settings ?? new LogMelSettings();
        if (Settings.Check() is { } error)
        {
            throw new ArgumentException($"{error.Field}: {error.Problem}.", nameof(settings));
        }
    }

    /// <summary>The settings.</summary>
    public LogMelSettings Settings { get; }

    /// <summary>Computes the features of one window. Sound is resampled, cut to a window, and padded with silence.</summary>
    /// <param name="sound">The sound, of any sample rate.</param>
    /// <returns>The features, [<see cref="LogMelSettings.Bands"/>, <see cref="LogMelSettings.WindowFrames"/>].</returns>
    public float[] Extract(Waveform sound)
    {
        ArgumentNullException.ThrowIfNull(sound);
        var features = new float[Settings.Bands * Settings.WindowFrames];
        Extract(sound.Resample(Settings.SampleRate).Samples.Span, features);
        return features;
    }

    /// <summary>Computes the features of one window.</summary>
    /// <param name="samples">
    /// The samples, of <see cref="LogMelSettings.SampleRate"/>. Samples after <see cref="LogMelSettings.WindowSamples"/> are ignored, and
    /// fewer are padded with silence.
    /// </param>
    /// <param name="features">
    /// Receives the features, [<see cref="LogMelSettings.Bands"/>, <see cref="LogMelSettings.WindowFrames"/>]: all frames of the first band,
    /// then those of the next.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="features"/> has another length.</exception>
    public void Extract(ReadOnlySpan<float> samples, Span<float> features)
    {
        int frames = Settings.WindowFrames;
        if (features.Length != Settings.Bands * frames)
        {
            throw new ArgumentException(
                $"There are {features.Length} values for features; expected {Settings.Bands} bands of {frames} frames.",
                nameof(features)
            );
        }

        int length = Settings.WindowSamples;
        float largest = Run(samples[..Math.Min(samples.Length, length)], length, features, frames);
        Scale(features, largest);
    }

    /// <summary>Computes the features of a whole sound, which is followed by one window of silence.</summary>
    /// <param name="samples">The samples, of the sample rate of the settings.</param>
    internal LogMelSpectrogram ExtractWhole(ReadOnlySpan<float> samples)
    {
        // The last frames that contain sound are centered after its end.
        int content = samples.Length / Settings.HopLength;
        int frames = (samples.Length + Settings.FrameLength / 2) / Settings.HopLength + 1;
        long values = (long)Settings.Bands * frames;
        if (values > Array.MaxLength)
        {
            throw new ArgumentException(
                $"The features of the sound have {values} values; at most {Array.MaxLength} are supported. Divide it."
            );
        }

        var logarithms = new float[values];
        float largest = Run(samples, (long)samples.Length + Settings.WindowSamples, logarithms, frames);
        Scale(logarithms, largest);
        float silence = Scaled(LogMelTransform.Silence, largest);
        return new LogMelSpectrogram(logarithms, content, frames, Settings.Bands, Settings.WindowFrames, silence);
    }

    private float Run(ReadOnlySpan<float> samples, long length, Span<float> logarithms, int frames)
    {
        LogMelTransform transform = Interlocked.Exchange(ref _kept, null) ?? new LogMelTransform(Settings);
        float largest = transform.Run(samples, length, logarithms, frames);
        Volatile.Write(ref _kept, transform);
        return largest;
    }

    private static void Scale(Span<float> logarithms, float largest)
    {
        for (int i = 0; i < logarithms.Length; i++)
        {
            logarithms[i] = Scaled(logarithms[i], largest);
        }
    }

    private static float Scaled(float logarithm, float largest) => (Math.Max(logarithm, largest - 8) + 4) / 4;
}
