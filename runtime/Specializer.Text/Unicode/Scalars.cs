using System;
using System.Runtime.CompilerServices;

namespace Specializer.Text.Unicode;

/// <summary>
/// Reads and writes scalars in valid UTF-8. All text inside a tokenizer is valid, because it comes from UTF-16 or from JSON that
/// was checked.
/// </summary>
internal static class Scalars
{
    /// <summary>Returns the scalar at an index and its length in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode(ReadOnlySpan<byte> text, int index, out int length)
    {
        int first = text[index];
        if (first < 0x80)
        {
            length = 1;
            return first;
        }

        return DecodeLong(text[index..], first, out length);
    }

    private static int DecodeLong(ReadOnlySpan<byte> text, int first, out int length)
    {
        if (first < 0xE0)
        {
            length = 2;
            return (first & 31) << 6 | text[1] & 63;
        }

        if (first < 0xF0)
        {
            length = 3;
            return (first & 15) << 12 | (text[1] & 63) << 6 | text[2] & 63;
        }

        length = 4;
        return (first & 7) << 18 | (text[1] & 63) << 12 | (text[2] & 63) << 6 | text[3] & 63;
    }

    /// <summary>Returns the length of a scalar with this first byte.</summary>
    public static int LengthOf(byte first) =>
        first < 0x80 ? 1
        : first < 0xE0 ? 2
        : first < 0xF0 ? 3
        : 4;

    /// <summary>Returns whether the byte starts a scalar.</summary>
    public static bool IsStart(byte value) => (value & 0xC0) != 0x80;

    /// <summary>Returns the last scalar before an end, and its length.</summary>
    public static int DecodeLast(ReadOnlySpan<byte> text, int end, out int length)
    {
        int start = end - 1;
        while (!IsStart(text[start]))
        {
            start--;
        }

        return Decode(text, start, out length);
    }

    /// <summary>Writes a scalar and returns its length; the target has at least four bytes.</summary>
    public static int Encode(int scalar, Span<byte> target)
    {
        if (scalar < 0x80)
        {
            target[0] = (byte)scalar;
            return 1;
        }

        if (scalar < 0x800)
        {
            target[0] = (byte)(0xC0 | scalar >> 6);
            target[1] = (byte)(0x80 | scalar & 63);
            return 2;
        }

        if (scalar < 0x10000)
        {
            target[0] = (byte)(0xE0 | scalar >> 12);
            target[1] = (byte)(0x80 | scalar >> 6 & 63);
            target[2] = (byte)(0x80 | scalar & 63);
            return 3;
        }

        target[0] = (byte)(0xF0 | scalar >> 18);
        target[1] = (byte)(0x80 | scalar >> 12 & 63);
        target[2] = (byte)(0x80 | scalar >> 6 & 63);
        target[3] = (byte)(0x80 | scalar & 63);
        return 4;
    }

    /// <summary>Counts the scalars.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte value in text)
        {
            if (IsStart(value))
            {
                count++;
            }
        }

        return count;
    }
}
