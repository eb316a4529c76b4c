using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>Removes scalars with certain flags: StripAccents removes combining marks.</summary>
internal sealed class FilterNormalizer(UnicodeFlags removed) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        if (bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) < 0)
        {
            return;
        }

        TextRewriter rewriter = text.BeginRewrite();
        for (int index = 0; index < bytes.Length; )
        {
            int scalar = Scalars.Decode(bytes, index, out int length);
            index += length;
            if (scalar >= 0x80 && UnicodeTables.Is(scalar, removed))
            {
                rewriter.Skip(1);
            }
            else
            {
                rewriter.Replace(scalar);
            }
        }

        text.EndRewrite();
    }
}
