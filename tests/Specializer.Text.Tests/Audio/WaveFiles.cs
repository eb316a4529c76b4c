using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Specializer.Text.Tests.Audio;

/// <summary>WAV files of the tests.</summary>
internal static class WaveFiles
{
    /// <summary>A file with one chunk 'fmt ' and one chunk 'data'.</summary>
    public static byte[] File(int tag, int channels, int rate, int bits, byte[] data) =>
        Riff(("fmt ", Format(tag, channels, rate, bits)), ("data", data));

    /// <summary>A file of mono PCM with 16 bits.</summary>
    public static byte[] Mono(int rate, IEnumerable<float> samples) =>
        File(1, 1, rate, 16, [.. samples.SelectMany(sample => BitConverter.GetBytes((short)Math.Round(sample * 32767)))]);

    /// <summary>A file of chunks, each padded to an even length.</summary>
    public static byte[] Riff(params (string Name, byte[] Content)[] chunks)
    {
        var body = new List<byte>(Encoding.ASCII.GetBytes("WAVE"));
        foreach ((string name, byte[] content) in chunks)
        {
            body.AddRange(Encoding.ASCII.GetBytes(name));
            body.AddRange(BitConverter.GetBytes(content.Length));
            body.AddRange(content);
            body.AddRange(new byte[content.Length & 1]);
        }

        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Count), .. body];
    }

    /// <summary>The content of a chunk 'fmt '.</summary>
    public static byte[] Format(int tag, int channels, int rate, int bits)
    {
        int frame = channels * bits / 8;
        return
        [
            .. BitConverter.GetBytes((short)tag),
            .. BitConverter.GetBytes((short)channels),
            .. BitConverter.GetBytes(rate),
            .. BitConverter.GetBytes(rate * frame),
            .. BitConverter.GetBytes((short)frame),
            .. BitConverter.GetBytes((short)bits),
        ];
    }

    /// <summary>The content of a chunk 'fmt ' of WAVE_FORMAT_EXTENSIBLE.</summary>
    public static byte[] Extensible(int tag, int channels, int rate, int bits) =>
        [
            .. Format(0xFFFE, channels, rate, bits),
            22,
            0,
            .. BitConverter.GetBytes((short)bits),
            .. BitConverter.GetBytes(0),
            .. BitConverter.GetBytes((short)tag),
            .. Convert.FromHexString("000000001000800000AA00389B71"),
        ];

    /// <summary>A sine.</summary>
    public static float[] Sine(double frequency, int rate, int samples, double amplitude = 0.5) =>
        [.. Enumerable.Range(0, samples).Select(i => (float)(amplitude * Math.Sin(2 * Math.PI * frequency * i / rate)))];
}
