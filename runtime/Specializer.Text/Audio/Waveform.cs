using System;
using System.IO;
using Specializer.Text.Audio;

namespace Specializer.Text;

/// <summary>A sound with one channel: its samples and their rate.</summary>
/// <example>
/// <code>
/// Waveform sound = Waveform.Load("speech.wav").Resample(16_000);
/// </code>
/// </example>
public sealed class Waveform
{
    /// <summary>The lowest supported sample rate, in hertz.</summary>
    public const int MinimumSampleRate = 1_000;

    /// <summary>The highest supported sample rate, in hertz.</summary>
    public const int MaximumSampleRate = 384_000;

    /// <summary>Creates a sound.</summary>
    /// <param name="samples">The samples, [samples], from -1 to 1. They are not copied.</param>
    /// <param name="sampleRate">The samples of a second, from <see cref="MinimumSampleRate"/> to <see cref="MaximumSampleRate"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is not supported.</exception>
    /// <exception cref="ArgumentException">A sample is not a finite number.</exception>
    public Waveform(ReadOnlyMemory<float> samples, int sampleRate)
    {
        CheckRate(sampleRate, nameof(sampleRate));
        ReadOnlySpan<float> span = samples.Span;
        for (int i = 0; i < span.Length; i++)
        {
            if (!float.IsFinite(span[i]))
            {
                throw new ArgumentException($"Sample {i} is {span[i]}; expected a finite number.", nameof(samples));
            }
        }

        Samples = samples;
        SampleRate = sampleRate;
    }

    /// <summary>The samples, [samples], from -1 to 1.</summary>
    public ReadOnlyMemory<float> Samples { get; }

    /// <summary>The samples of a second.</summary>
    public int SampleRate { get; }

    /// <summary>The length.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRate);

    /// <summary>Reads a WAV file.</summary>
    /// <param name="path">The path.</param>
    /// <inheritdoc cref="FromWav"/>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Waveform Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] content = File.ReadAllBytes(path);
        try
        {
            return FromWav(content);
        }
        catch (AudioException exception)
        {
            throw new AudioException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a WAV file from a stream, to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <inheritdoc cref="FromWav"/>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Waveform Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return FromWav(content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    /// <summary>Reads the content of a WAV file. The two channels of a stereo file are averaged.</summary>
    /// <param name="content">
    /// The content: RIFF with PCM of 8, 16, 24 or 32 bits or floats of 32 bits, in one or two channels. A data chunk of unknown length, as
    /// in streamed files, ends with the content.
    /// </param>
    /// <exception cref="AudioException">The content is malformed or has an unsupported format.</exception>
    public static Waveform FromWav(ReadOnlySpan<byte> content) => WaveReader.Read(content);

    /// <summary>
    /// Converts to another sample rate. Frequencies above half of the lower rate are removed by a windowed sinc filter. At least 91 % of the
    /// lower rate's band is retained, and aliases are at most -80 dB.
    /// </summary>
    /// <param name="sampleRate">The samples of a second.</param>
    /// <returns>The converted sound, or this sound if it has the rate.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is not supported.</exception>
    /// <remarks>Source of the filter: Kaiser 1974, Nonrecursive Digital Filter Design Using the I0-sinh Window Function.</remarks>
    public Waveform Resample(int sampleRate)
    {
        CheckRate(sampleRate, nameof(sampleRate));
        return sampleRate == SampleRate ? this : new Waveform(Resampler.Convert(Samples.Span, SampleRate, sampleRate), sampleRate);
    }

    private static void CheckRate(int sampleRate, string name)
    {
        if (sampleRate is < MinimumSampleRate or > MaximumSampleRate)
        {
            throw new ArgumentOutOfRangeException(
                name,
                sampleRate,
                $"The sample rate is {sampleRate} Hz; expected {MinimumSampleRate} to {MaximumSampleRate} Hz."
            );
        }
    }
}
