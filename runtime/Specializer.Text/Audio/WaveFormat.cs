using System;
using System.Buffers.Binary;
using System.Globalization;

namespace Specializer.Text.Audio;

/// <summary>The format chunk of a WAV file (Microsoft's Multimedia Programming Interface and Data Specifications 1.0, and WAVE_FORMAT_EXTENSIBLE).</summary>
internal readonly record struct WaveFormat(bool IsFloat, int Channels, int SampleRate, int Bits)
{
    private const int Pcm = 1;
    private const int IeeeFloat = 3;
    private const int Extensible = 0xFFFE;

    // The last 14 bytes of a subformat {tag-0000-0010-8000-00AA00389B71}.
    private static ReadOnlySpan<byte> SubformatTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>The bytes of one sample of each channel.</summary>
    public int FrameBytes => Channels * Bits / 8;

    public static WaveFormat Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16)
        {
            throw new AudioException($"The chunk 'fmt ' has {chunk.Length} bytes; expected at least 16.");
        }

        int tag = Tag(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int frame = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (channels is not (1 or 2))
        {
            throw new AudioException($"The file has {channels} channels; 1 and 2 are supported.");
        }

        if (rate is < Waveform.MinimumSampleRate or > Waveform.MaximumSampleRate)
        {
            throw new AudioException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The sample rate is {rate} Hz; expected {Waveform.MinimumSampleRate} to {Waveform.MaximumSampleRate} Hz."
                )
            );
        }

        if (tag == Pcm ? bits is not (8 or 16 or 24 or 32) : bits != 32)
        {
            throw new AudioException(
                tag == Pcm
                    ? $"The samples have {bits} bits; PCM with 8, 16, 24 or 32 bits is supported."
                    : $"The samples are floats of {bits} bits; floats of 32 bits are supported."
            );
        }

        var format = new WaveFormat(tag == IeeeFloat, channels, (int)rate, bits);
        return frame == format.FrameBytes
            ? format
            : throw new AudioException(
                $"The chunk 'fmt ' declares {frame} bytes for a sample of each channel; {channels} of {bits} bits have {format.FrameBytes}."
            );
    }

    private static int Tag(ReadOnlySpan<byte> chunk)
    {
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (tag == Extensible)
        {
            if (chunk.Length < 40 || BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) < 22)
            {
                throw new AudioException($"The extensible chunk 'fmt ' has {chunk.Length} bytes; expected at least 40, 22 of them extra.");
            }

            if (!chunk[26..40].SequenceEqual(SubformatTail))
            {
                throw new AudioException(
                    $"The subformat {Convert.ToHexString(chunk[24..40])} is not supported; PCM and 32-bit floats are."
                );
            }

            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }

        return tag is Pcm or IeeeFloat
            ? tag
            : throw new AudioException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The format 0x{tag:X4} is not supported; convert the file to PCM or to 32-bit floats."
                )
            );
    }
}
