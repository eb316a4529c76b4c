using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests.Audio;

/// <summary>WAV files: every supported format, unusual chunks, and errors.</summary>
[Feature("speech")]
public sealed class WaveReaderTests
{
    [Theory]
    [InlineData(1, 8, "00 80 FF C0", new[] { -1f, 0f, 127 / 128f, 0.5f })]
    [InlineData(1, 16, "0080 0000 FF7F 0040", new[] { -1f, 0f, 32767 / 32768f, 0.5f })]
    [InlineData(1, 24, "000080 000000 FFFF7F 0000C0", new[] { -1f, 0f, 8388607 / 8388608f, -0.5f })]
    [InlineData(1, 32, "00000080 00000000 00000040 000000C0", new[] { -1f, 0f, 0.5f, -0.5f })]
    [InlineData(3, 32, "000080BF 00000000 0000003F 00000040", new[] { -1f, 0f, 0.5f, 2f })]
    public void Formats(int tag, int bits, string data, float[] expected)
    {
        byte[] bytes = Convert.FromHexString(data.Replace(" ", "", StringComparison.Ordinal));
        Waveform mono = Waveform.FromWav(WaveFiles.File(tag, 1, 22_050, bits, bytes));
        Assert.Equal(22_050, mono.SampleRate);
        Assert.Equal(expected, mono.Samples.ToArray());

        Waveform extensible = Waveform.FromWav(WaveFiles.Riff(("fmt ", WaveFiles.Extensible(tag, 1, 48_000, bits)), ("data", bytes)));
        Assert.Equal(expected, extensible.Samples.ToArray());

        Waveform stereo = Waveform.FromWav(WaveFiles.File(tag, 2, 8_000, bits, bytes));
        Assert.Equal([(expected[0] + expected[1]) / 2, (expected[2] + expected[3]) / 2], stereo.Samples.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(2.0 / 8_000), stereo.Duration);
    }

    [Fact]
    public void Unknown_chunks_of_odd_length_are_skipped_with_their_padding()
    {
        byte[] file = WaveFiles.Riff(
            ("LIST", [1, 2, 3]),
            ("fmt ", WaveFiles.Format(1, 1, 16_000, 16)),
            ("fact", [1]),
            ("data", [0, 0x40, 0, 0xC0]),
            ("LIST", [1, 2, 3])
        );
        Assert.Equal([0.5f, -0.5f], Waveform.FromWav(file).Samples.ToArray());
    }

    [Theory]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(0x7FFF_FFDB)]
    public void A_streamed_file_ends_with_its_content(uint length)
    {
        byte[] file = WaveFiles.File(1, 2, 16_000, 16, [0, 0x40, 0, 0x40, 0, 0xC0, 0, 0xC0, 1, 2]);
        BitConverter.GetBytes(0xFFFF_FFFF).CopyTo(file, 4);
        BitConverter.GetBytes(length).CopyTo(file, 40);
        Waveform sound = Waveform.Load(new MemoryStream(file));
        Assert.Equal([0.5f, -0.5f], sound.Samples.ToArray());
    }

    [Theory]
    [InlineData(4, 1, 16_000, 16, "0x0004 is not supported")]
    [InlineData(1, 0, 16_000, 16, "0 channels; 1 and 2")]
    [InlineData(1, 6, 16_000, 16, "6 channels; 1 and 2")]
    [InlineData(1, 1, 999, 16, "999 Hz; expected 1000 to 384000")]
    [InlineData(1, 1, -1, 16, "4294967295 Hz")]
    [InlineData(1, 1, 16_000, 12, "12 bits; PCM with 8, 16, 24 or 32")]
    [InlineData(3, 1, 16_000, 64, "floats of 64 bits; floats of 32")]
    public void Unsupported_formats_are_refused(int tag, int channels, int rate, int bits, string message) =>
        AssertRefused(message, WaveFiles.File(tag, channels, rate, bits, new byte[48]));

    [Fact]
    public void Malformed_files_are_refused()
    {
        byte[] format = WaveFiles.Format(1, 1, 16_000, 16);
        AssertRefused("it starts with '', expected 'RIFF'", []);
        AssertRefused("it starts with 'OggS'", [.. "OggS"u8, .. new byte[40]]);
        AssertRefused("it starts with 0xFFFB9000", [0xFF, 0xFB, 0x90, 0, .. new byte[40]]);
        AssertRefused("no chunk 'fmt '", WaveFiles.Riff(("LIST", [])));
        AssertRefused("no chunk 'data'", WaveFiles.Riff(("fmt ", format)));
        AssertRefused("'data' comes before", WaveFiles.Riff(("data", [0, 0]), ("fmt ", format)));
        AssertRefused("'fmt ' has 15 bytes; expected at least 16", WaveFiles.Riff(("fmt ", format[..15]), ("data", [])));
        AssertRefused("'data' declares 8 bytes; the file ends after 6", WaveFiles.Riff(("fmt ", format), ("data", new byte[8]))[..^2]);
        AssertRefused("extensible chunk 'fmt ' has 16", WaveFiles.File(0xFFFE, 1, 16_000, 16, []));
        byte[] frame = [.. format];
        frame[12] = 4;
        AssertRefused("declares 4 bytes for a sample of each channel; 1 of 16 bits have 2", WaveFiles.Riff(("fmt ", frame), ("data", [])));
        byte[] subformat = WaveFiles.Extensible(1, 1, 16_000, 16);
        subformat[39] ^= 1;
        AssertRefused("The subformat 0100000000001000800000AA00389B70", WaveFiles.Riff(("fmt ", subformat), ("data", [])));
        AssertRefused("Sample 1 is NaN", WaveFiles.File(3, 1, 16_000, 32, [0, 0, 0, 0, .. BitConverter.GetBytes(float.NaN)]));
    }

    [Fact]
    public void A_missing_file_and_a_wrong_one_are_distinguished()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Assert.Throws<FileNotFoundException>(() => Waveform.Load(path));
        File.WriteAllBytes(path, [1, 2, 3]);
        try
        {
            Assert.StartsWith(path, Assert.Throws<AudioException>(() => Waveform.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>SPECIALIZER_TEXT_MUTATIONS is the number of files, and SPECIALIZER_TEXT_SEED the first seed.</summary>
    [Fact]
    public void Mutated_files_cause_the_documented_exception_or_none()
    {
        byte[][] files =
        [
            WaveFiles.Mono(44_100, WaveFiles.Sine(440, 44_100, 300)),
            WaveFiles.Riff(("LIST", [1, 2, 3]), ("fmt ", WaveFiles.Extensible(3, 2, 8_000, 32)), ("data", new byte[256])),
            WaveFiles.File(1, 2, 16_001, 24, new byte[600]),
        ];
        int read = 0;
        foreach (int seed in HostileFileTests.Seeds(6000))
        {
            byte[] file = FileMutation.Apply(files[seed % files.Length], new Random(seed));
            long before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            try
            {
                Waveform sound = Waveform.FromWav(file).Resample(16_000);
                Assert.True(sound.Samples.Length < 64 * file.Length + 64, $"seed {seed}: {sound.Samples.Length} samples");
                read++;
            }
            catch (AudioException exception)
            {
                Assert.False(string.IsNullOrWhiteSpace(exception.Message), $"seed {seed}: an error without a message");
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {exception}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 8L * file.Length + (64 << 20), $"seed {seed}: {allocated} bytes for a file of {file.Length}");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"seed {seed}: {watch.Elapsed}");
        }

        Assert.True(read > 0, "Every file was refused.");
    }

    private static void AssertRefused(string message, byte[] file) =>
        Assert.Contains(message, Assert.Throws<AudioException>(() => Waveform.FromWav(file)).Message, StringComparison.Ordinal);
}
