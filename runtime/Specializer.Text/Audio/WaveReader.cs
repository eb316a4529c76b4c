using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Specializer.Text.Audio;

/// <summary>Reads WAV files. Every length is checked against the content before it is used.</summary>
internal static class WaveReader
{
    private const int ChunkHeader = 8;

    // A program that writes to a pipe cannot return to the length. ffmpeg writes 0xFFFFFFFF, others a length just below 2 GiB.
    private const uint UnknownLength = 0x7FFF_F000;

    public static Waveform Read(ReadOnlySpan<byte> content)
    {
        if (content.Length < 12 || !content[..4].SequenceEqual("RIFF"u8) || !content[8..12].SequenceEqual("WAVE"u8))
        {
            throw new AudioException(
                $"The content is not a WAV file: it starts with {Name(content[..Math.Min(4, content.Length)])}, expected 'RIFF', a length and 'WAVE'."
            );
        }

        WaveFormat? format = null;
        ReadOnlySpan<byte> rest = content[12..];
        while (rest.Length >= ChunkHeader)
        {
            ReadOnlySpan<byte> name = rest[..4];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            rest = rest[ChunkHeader..];
            bool isData = name.SequenceEqual("data"u8);
            if (length > (uint)rest.Length && !(isData && length >= UnknownLength))
            {
                throw new AudioException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The chunk {Name(name)} declares {length} bytes; the file ends after {rest.Length} of them."
                    )
                );
            }

            int available = (int)Math.Min(length, (uint)rest.Length);
            if (isData)
            {
                return Samples(
                    rest[..available],
                    format ?? throw new AudioException("The chunk 'data' comes before the chunk 'fmt ', which describes it.")
                );
            }

            if (name.SequenceEqual("fmt "u8))
            {
                format = WaveFormat.Read(rest[..available]);
            }

            // A chunk of an odd length is followed by a byte of padding.
            rest = rest[Math.Min(rest.Length, available + (available & 1))..];
        }

        throw new AudioException($"The file has no chunk {(format is null ? "'fmt '" : "'data'")}.");
    }

    /// <summary>Converts the data to floats from -1 to 1. An incomplete last sample is dropped.</summary>
    private static Waveform Samples(ReadOnlySpan<byte> data, WaveFormat format)
    {
        var samples = new float[data.Length / format.FrameBytes];
        int width = format.Bits / 8;
        for (int i = 0; i < samples.Length; i++)
        {
            ReadOnlySpan<byte> frame = data.Slice(i * format.FrameBytes, format.FrameBytes);
            float value = Sample(frame, format);
            samples[i] = format.Channels == 1 ? value : 0.5f * value + 0.5f * Sample(frame[width..], format);
        }

        int bad = samples.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        return bad < 0
            ? new Waveform(samples, format.SampleRate)
            : throw new AudioException($"Sample {bad} is {samples[bad].ToString(CultureInfo.InvariantCulture)}; expected a finite number.");
    }

    private static float Sample(ReadOnlySpan<byte> bytes, WaveFormat format) =>
        format.Bits switch
        {
            8 => (bytes[0] - 128) / 128f,
            16 => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32_768f,
            24 => ((bytes[0] << 8 | bytes[1] << 16 | bytes[2] << 24) >> 8) / 8_388_608f,
            _ when format.IsFloat => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2_147_483_648f,
        };

    private static string Name(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value is < 0x20 or > 0x7E)
            {
                return "0x" + Convert.ToHexString(bytes);
            }
        }

        return $"'{Encoding.ASCII.GetString(bytes)}'";
    }
}
