using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>Lower case, scalar by scalar, without context and locale, like Rust's <c>char::to_lowercase</c>.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        if (bytes.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0 && bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) < 0)
        {
            return;
        }

        TextRewriter rewriter = text.BeginRewrite();
        for (int index = 0; index < bytes.Length; )
        {
            int scalar = Scalars.Decode(bytes, index, out int length);
            index += length;
            Write(scalar, ref rewriter);
        }

        text.EndRewrite();
    }

    private static void Write(int scalar, ref TextRewriter rewriter)
    {
        if (scalar < 0x80)
        {
            rewriter.Replace((uint)(scalar - 'A') <= 'Z' - 'A' ? scalar | 0x20 : scalar);
            return;
        }

        ReadOnlySpan<int> lower = UnicodeTables.ToLower(scalar);
        if (lower.IsEmpty)
        {
            rewriter.Replace(scalar);
            return;
        }

        rewriter.Replace(lower[0]);
        for (int i = 1; i < lower.Length; i++)
        {
            rewriter.Insert(lower[i]);
        }
    }
}
