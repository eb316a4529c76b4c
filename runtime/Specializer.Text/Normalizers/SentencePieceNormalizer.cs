using System;
using System.Collections.Generic;
using Specializer.Text.Models;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>SentencePiece's own normalization: the longest keys of its character map, extra spaces removed, a dummy prefix, spaces escaped as U+2581.</summary>
internal sealed class SentencePieceNormalizer(
    CharacterMap? map,
    List<byte[]> userDefined,
    bool addDummyPrefix,
    bool removeExtraSpaces,
    bool escapeSpaces,
    bool spaceAsSuffix
) : INormalizer
{
    private const int Escaped = 0x2581;
    private readonly ByteTrie? _userDefined = SentencePiecePieces.TrieOf(userDefined);
    private readonly int _space = escapeSpaces ? Escaped : ' ';

    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        int index = 0;
        while (removeExtraSpaces && index < bytes.Length && NextPart(bytes, index, out int length) is [(byte)' '])
        {
            index += length;
        }

        text.BeginRewrite();
        TextBuffer source = text.Buffer,
            target = text.Target;
        if (index == bytes.Length)
        {
            text.EndRewrite();
            return;
        }

        if (addDummyPrefix && !spaceAsSuffix)
        {
            target.Append(_space, source.OriginalStart(index), source.OriginalStart(index));
        }

        bool afterSpace = removeExtraSpaces;
        while (index < bytes.Length)
        {
            ReadOnlySpan<byte> part = NextPart(bytes, index, out int length);
            while (afterSpace && part.StartsWith(" "u8))
            {
                part = part[1..];
            }

            int originStart = source.OriginalStart(index),
                originEnd = source.OriginalEnd(index + length - 1);
            for (int i = 0; i < part.Length; )
            {
                int scalar = Scalars.Decode(part, i, out int scalarLength);
                target.Append(scalar == ' ' ? _space : scalar, originStart, originEnd);
                i += scalarLength;
            }

            afterSpace = removeExtraSpaces && (part.IsEmpty ? afterSpace : part[^1] == ' ');
            index += length;
        }

        text.EndRewrite();
        Finish(text);
    }

    private void Finish(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        int end = bytes.Length;
        while (removeExtraSpaces && end > 0 && Scalars.DecodeLast(bytes, end, out int length) == _space)
        {
            end -= length;
        }

        if (end < bytes.Length)
        {
            text.Keep(0, end);
        }

        if (addDummyPrefix && spaceAsSuffix)
        {
            TextBuffer source = text.Buffer;
            text.BeginRewrite();
            text.Target.Append(source, 0, source.Length);
            int origin = source.Length == 0 ? 0 : source.OriginalEnd(source.Length - 1);
            text.Target.Append(_space, origin, origin);
            text.EndRewrite();
        }
    }

    /// <summary>
    /// Returns the replacement of the text at an index: a user-defined symbol itself, the text of the longest key, or the scalar
    /// itself.
    /// </summary>
    private ReadOnlySpan<byte> NextPart(ReadOnlySpan<byte> bytes, int index, out int length)
    {
        if (_userDefined is not null && _userDefined.FindLongest(bytes[index..], out length) >= 0)
        {
            return bytes.Slice(index, length);
        }

        if (map is not null && map.TryFindLongest(bytes[index..], out length, out ReadOnlySpan<byte> replacement))
        {
            return replacement;
        }

        length = Scalars.LengthOf(bytes[index]);
        return bytes.Slice(index, length);
    }
}
