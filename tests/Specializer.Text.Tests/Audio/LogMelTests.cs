using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Specializer.TestKit;
using Specializer.Text.Audio;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests.Audio;

/// <summary>The log-mel front end of Whisper against transformers' values, and against the formulas in double precision.</summary>
[Feature("speech")]
public sealed class LogMelTests
{
    [SharedDataFact]
    public void A_sine_has_the_values_of_transformers()
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("fixtures", "whisper_mel", "reference.json")));
        float[] features = new LogMelExtractor().Extract(new Waveform(WaveFiles.Sine(440, 16_000, 16_000), 16_000));
        Assert.Equal(80 * 3_000, features.Length);
        JsonElement frames = reference.RootElement.GetProperty("oracle_mel");
        for (int frame = 0; frame < frames.GetArrayLength(); frame++)
        {
            for (int band = 0; band < 80; band++)
            {
                Assert.Equal(frames[frame][band].GetDouble(), features[band * 3_000 + frame], 1e-4);
            }
        }

        Assert.Equal(reference.RootElement.GetProperty("global_max").GetDouble(), features.Max(), 1e-4);
        Assert.Equal(reference.RootElement.GetProperty("padding_tail_value").GetDouble(), features[2_999], 1e-4);
    }

    [Theory]
    [InlineData(80, 400, 160, 16_000, 16_000)]
    [InlineData(128, 400, 160, 16_000, 8_123)]
    [InlineData(24, 254, 100, 8_000, 5_000)]
    [InlineData(40, 512, 512, 22_050, 30_000)]
    public void Features_follow_the_formulas(int bands, int frameLength, int hop, int rate, int samples)
    {
        var settings = new LogMelSettings
        {
            Bands = bands,
            FrameLength = frameLength,
            HopLength = hop,
            SampleRate = rate,
            WindowSeconds = 1,
        };
        var random = new Random(samples);
        float[] sound = [.. Enumerable.Range(0, samples).Select(i => (float)(random.NextDouble() - 0.5) * i / samples)];
        float[] features = new LogMelExtractor(settings).Extract(new Waveform(sound, rate));
        double[] expected = Plain(sound, settings);
        Assert.Equal(expected.Length, features.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], features[i], 1e-6);
        }
    }

    [Fact]
    public void Windows_of_a_whole_sound_are_those_of_one_window()
    {
        var extractor = new LogMelExtractor(new LogMelSettings { WindowSeconds = 1, Bands = 8 });
        float[] sound = WaveFiles.Sine(700, 16_000, 9_017),
            window = new float[8 * 100];
        LogMelSpectrogram whole = extractor.ExtractWhole(sound);
        Assert.Equal(56, whole.Content);
        whole.CopyWindow(0, window);
        Assert.Equal(extractor.Extract(new Waveform(sound, 16_000)), window);
        float[] later = new float[8 * 100];
        whole.CopyWindow(30, later);
        Assert.Equal(window[30..100], later[..70]);
        Assert.All(later[70..100], value => Assert.Equal(window[99], value));
    }

    [Fact]
    public void No_frame_allocates_memory()
    {
        var extractor = new LogMelExtractor();
        float[] sound = WaveFiles.Sine(440, 16_000, 480_000),
            features = new float[80 * 3_000];
        extractor.Extract(sound, features);
        long before = GC.GetAllocatedBytesForCurrentThread();
        extractor.Extract(sound, features);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_settings_of_whisper_are_read()
    {
        const string Json = """
            {"chunk_length":30,"feature_extractor_type":"WhisperFeatureExtractor","feature_size":128,"hop_length":160,"mel_filters":[[0.0]],
             "n_fft":400,"n_samples":480000,"nb_max_frames":3000,"padding_side":"right","padding_value":0.0,"dither":0.0,
             "processor_class":"WhisperProcessor","return_attention_mask":false,"sampling_rate":16000}
            """;
        LogMelSettings settings = LogMelSettings.Parse(Encoding.UTF8.GetBytes(Json));
        Assert.Equal(new LogMelSettings { Bands = 128 }, settings);
        Assert.Equal(480_000, settings.WindowSamples);
        Assert.Equal(3_000, settings.WindowFrames);
        Assert.Equal(new LogMelSettings(), LogMelSettings.Parse("{}"u8.ToArray()));
    }

    [Theory]
    [InlineData("""{"feature_extractor_type":"Wav2Vec2FeatureExtractor"}""", "feature_extractor_type", "WhisperFeatureExtractor is")]
    [InlineData("""{"fmin":20}""", "fmin", "unknown")]
    [InlineData("""{"n_samples":1}""", "n_samples", "expected 480000")]
    [InlineData("""{"nb_max_frames":1}""", "nb_max_frames", "expected 3000")]
    [InlineData("""{"padding_side":"left"}""", "padding_side", "left")]
    [InlineData("""{"padding_value":1.0}""", "padding_value", "silence")]
    [InlineData("""{"dither":0.1}""", "dither", "random")]
    [InlineData("""{"do_normalize":true}""", "do_normalize", "true")]
    [InlineData("""{"n_fft":401}""", "n_fft", "even")]
    [InlineData("""{"hop_length":401}""", "hop_length", "expected 1 to 400")]
    [InlineData("""{"feature_size":"80"}""", "feature_size", "expected an integer")]
    [InlineData("""{"chunk_length":99999}""", "chunk_length", "expected 1 to 600")]
    [InlineData("""{"hop_length":1,"chunk_length":600,"feature_size":1024}""", "hop_length", "features of a window")]
    public void Unsupported_fields_are_refused_by_name(string json, string field, string message)
    {
        PipelineException exception = Assert.Throws<PipelineException>(() => LogMelSettings.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Equal("preprocessor_config.json." + field, exception.Place);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new LogMelExtractor(new LogMelSettings { FrameLength = 3 }));
        Assert.Throws<ArgumentException>(() => new LogMelExtractor().Extract(new float[1], new float[10]));
        Assert.Throws<PipelineException>(() => LogMelSettings.Load(Path.GetTempPath()));
    }

    /// <summary>The published formulas, one value at a time in double precision.</summary>
    private static double[] Plain(float[] sound, LogMelSettings settings)
    {
        int length = settings.FrameLength,
            frames = settings.WindowFrames,
            bins = length / 2 + 1;
        double[] padded = [.. sound.Select(value => (double)value), .. new double[Math.Max(0, settings.WindowSamples - sound.Length)]];
        padded = padded[..settings.WindowSamples];
        double At(int index) =>
            padded[
                index < 0 ? -index
                : index >= padded.Length ? 2 * (padded.Length - 1) - index
                : index
            ];
        double Mel(double f) => f < 1000 ? 3 * f / 200 : 15 + 27 * Math.Log(f / 1000) / Math.Log(6.4);
        double Frequency(double m) => m < 15 ? 200 * m / 3 : 1000 * Math.Pow(6.4, (m - 15) / 27);
        double[] edges = [.. Enumerable.Range(0, settings.Bands + 2).Select(i => Frequency(Mel(8000) * i / (settings.Bands + 1)))];
        var result = new double[settings.Bands * frames];
        for (int frame = 0; frame < frames; frame++)
        {
            double[] power =
            [
                .. Enumerable
                    .Range(0, bins)
                    .Select(bin =>
                    {
                        Complex sum = Complex.Zero;
                        for (int n = 0; n < length; n++)
                        {
                            double window = 0.5 - 0.5 * Math.Cos(2 * Math.PI * n / length);
                            sum +=
                                window
                                * At(frame * settings.HopLength + n - length / 2)
                                * Complex.FromPolarCoordinates(1, -2 * Math.PI * bin * n / length);
                        }

                        return sum.Magnitude * sum.Magnitude;
                    }),
            ];
            for (int band = 0; band < settings.Bands; band++)
            {
                double energy = 0;
                for (int bin = 0; bin < bins; bin++)
                {
                    double f = (double)bin * settings.SampleRate / length;
                    double rise = (f - edges[band]) / (edges[band + 1] - edges[band]),
                        fall = (edges[band + 2] - f) / (edges[band + 2] - edges[band + 1]);
                    energy += Math.Max(0, Math.Min(rise, fall)) * 2 / (edges[band + 2] - edges[band]) * power[bin];
                }

                result[band * frames + frame] = Math.Log10(Math.Max(1e-10, energy));
            }
        }

        double largest = result.Max();
        return [.. result.Select(value => (Math.Max(value, largest - 8) + 4) / 4)];
    }

    /// <summary>SPECIALIZER_TEXT_MUTATIONS is the number of files, and SPECIALIZER_TEXT_SEED the first seed.</summary>
    [Fact]
    public void Mutated_settings_cause_the_documented_exception_or_none()
    {
        byte[] file = Encoding.UTF8.GetBytes(
            """{"chunk_length":1,"feature_size":8,"hop_length":160,"n_fft":400,"padding_value":0.0,"padding_side":"right","sampling_rate":16000}"""
        );
        int read = 0;
        foreach (int seed in HostileFileTests.Seeds(2000))
        {
            try
            {
                var extractor = new LogMelExtractor(LogMelSettings.Parse(FileMutation.Apply(file, new Random(seed))));
                if (extractor.Settings.WindowFrames < 1_000)
                {
                    extractor.Extract(new float[100], new float[extractor.Settings.Bands * extractor.Settings.WindowFrames]);
                }

                read++;
            }
            catch (PipelineException exception)
            {
                Assert.False(string.IsNullOrWhiteSpace(exception.Message), $"seed {seed}: an error without a message");
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {exception}");
            }
        }

        Assert.True(read > 0, "Every file was refused.");
    }
}
