using System;
using Specializer.TestKit;
using Specializer.Text.Audio;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Text.Tests.Audio;

/// <summary>The speed of the front end in processor time of the process; therefore nothing else runs at the same time.</summary>
[Feature("speech")]
[Feature("speed")]
[Collection(nameof(AloneCollection))]
public sealed class LogMelSpeedTests(ITestOutputHelper output)
{
    /// <summary>Other processes use the caches of the machine, so the best of several runs counts.</summary>
    [Fact]
    public void A_minute_of_a_WAV_file_takes_less_than_a_hundredth_of_it()
    {
        byte[] file = WaveFiles.File(1, 2, 44_100, 16, new byte[60 * 44_100 * 4]);
        new Random(1).NextBytes(file.AsSpan(44));
        var extractor = new LogMelExtractor();
        double best = double.MaxValue;
        for (int run = 0; run < 8; run++)
        {
            double start = Seconds();
            Waveform sound = Waveform.FromWav(file);
            double read = Seconds();
            sound = sound.Resample(16_000);
            double resampled = Seconds();
            LogMelSpectrogram features = extractor.ExtractWhole(sound.Samples.Span);
            double end = Seconds();
            Assert.Equal(6_000, features.Content);
            output.WriteLine($"read {read - start:F3} s, resampled {resampled - read:F3} s, features {end - resampled:F3} s");
            best = Math.Min(best, end - start);
        }

        Assert.True(best < 0.6, $"{best:F3} s");
    }

    private static double Seconds() => Environment.CpuUsage.TotalTime.TotalSeconds;
}

/// <summary>Tests that run after all others, one at a time.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
