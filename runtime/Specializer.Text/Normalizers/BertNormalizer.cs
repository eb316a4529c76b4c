using System;
using System.Text;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>
/// BERT's four steps: cleaning, spaces around Chinese characters, removal of accents (NFD without non-spacing marks), lower case.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChinese, bool stripAccents, bool lowercase) : INormalizer
{
    private static readonly UnicodeNormalizer s_decompose = new(compatibility: false, compose: false);
    private static readonly FilterNormalizer s_filter = new(UnicodeFlags.NonSpacingMark);
    private static readonly LowercaseNormalizer s_lowercase = new();

    // The result for each ASCII byte; 0 if it is removed.
    private readonly byte[] _ascii = BuildAscii(cleanText, lowercase);

    public void Normalize(NormalizedText text)
    {
        if (Ascii.IsValid(text.Bytes))
        {
            NormalizeAscii(text);
            return;
        }

        if (cleanText)
        {
            Clean(text);
        }

        if (handleChinese)
        {
            SpaceChinese(text);
        }

        if (stripAccents)
        {
            s_decompose.Normalize(text);
            s_filter.Normalize(text);
        }

        if (lowercase)
        {
            s_lowercase.Normalize(text);
        }
    }

    private static byte[] BuildAscii(bool cleanText, bool lowercase)
    {
        var table = new byte[128];
        for (int c = 1; c < 128; c++)
        {
            bool isSpace = c is '\t' or '\n' or '\r' or ' ';
            table[c] =
                cleanText && isSpace ? (byte)' '
                : cleanText && (c < 32 || c == 127) ? (byte)0
                : lowercase && c is >= 'A' and <= 'Z' ? (byte)(c | 0x20)
                : (byte)c;
        }

        return table;
    }

    private void NormalizeAscii(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        if (!cleanText && bytes.Contains((byte)0))
        {
            // A zero byte is kept only here.
            if (lowercase)
            {
                s_lowercase.Normalize(text);
            }

            return;
        }

        TextRewriter rewriter = text.BeginRewrite();
        if (text.Buffer.Tracked)
        {
            foreach (byte value in bytes)
            {
                byte written = _ascii[value];
                if (written == 0)
                {
                    rewriter.Skip(1);
                }
                else
                {
                    rewriter.Replace(written);
                }
            }
        }
        else
        {
            Span<byte> target = text.Target.Reserve(bytes.Length);
            ReadOnlySpan<byte> table = _ascii;
            int count = 0;
            foreach (byte value in bytes)
            {
                byte written = table[value];
                target[count] = written;
                count += written == 0 ? 0 : 1;
            }

            text.Target.Advance(count);
        }

        text.EndRewrite();
    }

    private static void Clean(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        TextRewriter rewriter = text.BeginRewrite();
        for (int index = 0; index < bytes.Length; )
        {
            int scalar = Scalars.Decode(bytes, index, out int length);
            index += length;
            UnicodeFlags flags = UnicodeTables.Flags(scalar);
            if ((flags & UnicodeFlags.Removed) != 0)
            {
                rewriter.Skip(1);
            }
            else
            {
                rewriter.Replace((flags & UnicodeFlags.WhiteSpace) != 0 ? ' ' : scalar);
            }
        }

        text.EndRewrite();
    }

    private static void SpaceChinese(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        TextRewriter rewriter = text.BeginRewrite();
        for (int index = 0; index < bytes.Length; )
        {
            int scalar = Scalars.Decode(bytes, index, out int length);
            index += length;
            if (IsChinese(scalar))
            {
                rewriter.Replace(' ');
                rewriter.Insert(scalar);
                rewriter.Insert(' ');
            }
            else
            {
                rewriter.Replace(scalar);
            }
        }

        text.EndRewrite();
    }

    private static bool IsChinese(int scalar) =>
        scalar
            is >= 0x4E00
                and <= 0x9FFF
                or >= 0x3400
                and <= 0x4DBF
                or >= 0x20000
                and <= 0x2A6DF
                or >= 0x2A700
                and <= 0x2B73F
                or >= 0x2B740
                and <= 0x2B81F
                or >= 0x2B920
                and <= 0x2CEAF
                or >= 0xF900
                and <= 0xFAFF
                or >= 0x2F800
                and <= 0x2FA1F;
}
