using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>Removes white space from the left end, the right end, or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        int start = 0,
            end = bytes.Length;
        while (left && start < end && UnicodeTables.Is(Scalars.Decode(bytes, start, out int length), UnicodeFlags.WhiteSpace))
        {
            start += length;
        }

        while (right && end > start && UnicodeTables.Is(Scalars.DecodeLast(bytes, end, out int length), UnicodeFlags.WhiteSpace))
        {
            end -= length;
        }

        if (start > 0 || end < bytes.Length)
        {
            text.Keep(start, end);
        }
    }
}
