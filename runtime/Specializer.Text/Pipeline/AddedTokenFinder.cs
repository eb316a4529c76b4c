using System;
using System.Collections.Generic;
using Specializer.Text.Models;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>Finds added tokens in text and splits it at them.</summary>
internal sealed class AddedTokenFinder
{
    private readonly AddedVocabulary _owner;
    private readonly ByteTrie? _trie;
    private readonly int[] _ids;
    private readonly System.Buffers.SearchValues<byte> _firstBytes;

    public AddedTokenFinder(List<(byte[] Text, int Id)> tokens, AddedVocabulary owner)
    {
        _owner = owner;
        var keys = new List<byte[]>();
        var indices = new List<int>();
        var ids = new List<int>();
        var seen = new HashSet<string>();
        var first = new HashSet<byte>();
        foreach ((byte[] text, int id) in tokens)
        {
            // If normalization makes tokens equal, the first one is kept.
            if (seen.Add(Convert.ToHexString(text)))
            {
                keys.Add(text);
                indices.Add(ids.Count);
                ids.Add(id);
                first.Add(text[0]);
            }
        }

        _ids = [.. ids];
        _trie = keys.Count == 0 ? null : new ByteTrie(keys, indices);
        _firstBytes = System.Buffers.SearchValues.Create([.. first]);
    }

    /// <summary>Whether there are no tokens to find.</summary>
    public bool IsEmpty => _trie is null;

    /// <summary>Adds the pieces of a range of the text: added tokens, and the text between them.</summary>
    /// <param name="pieces">Receives the pieces; its text contains the range.</param>
    /// <param name="start">The start of the range.</param>
    /// <param name="end">The end of the range.</param>
    /// <param name="recognition">The ranges in which special tokens are recognized.</param>
    public void Split(PieceList pieces, int start, int end, Recognition recognition)
    {
        if (_trie is null)
        {
            pieces.Add(start, end);
            return;
        }

        ReadOnlySpan<byte> text = pieces.Text.Bytes[start..end];
        int covered = 0;
        for (int search = 0; search < text.Length; )
        {
            int skip = text[search..].IndexOfAny(_firstBytes);
            if (skip < 0)
            {
                break;
            }

            search += skip;
            int found = _trie.FindLongest(text[search..], out int length);
            if (found < 0)
            {
                search++;
                continue;
            }

            if (!IsAllowed(found, pieces.Text, start + search, length, recognition))
            {
                // A token may reach from the template into content; a shorter one that ends before it still counts.
                int limit = recognition.FindContent(pieces.Text, start + search, start + search + length) - start;
                found = _trie.FindLongest(text[search..limit], out int shorter);
                if (found < 0)
                {
                    search += recognition.IsByRange ? 1 : length;
                    continue;
                }

                length = shorter;
            }

            int matchStart = search,
                matchEnd = search + length;
            search = matchEnd;
            AddedToken token = _owner.Tokens[_ids[found]];
            if (token.SingleWord && TouchesWord(text, matchStart, matchEnd))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                matchStart = Math.Max(SpacesBefore(text, matchStart), covered);
            }

            if (token.RightStrip)
            {
                matchEnd = SpacesAfter(text, matchEnd);
            }

            if (covered < matchStart)
            {
                pieces.Add(start + covered, start + matchStart);
            }

            // A token that includes the white space after it may have consumed this match.
            if (matchStart < matchEnd)
            {
                AddToken(pieces, start + matchStart, start + matchEnd, _ids[found]);
                covered = matchEnd;
            }
        }

        if (covered != text.Length)
        {
            pieces.Add(start + covered, end);
        }
    }

    private bool IsAllowed(int found, TextBuffer text, int start, int length, Recognition recognition) =>
        recognition.Allows(text, start, start + length) || !_owner.IsSpecial(_owner.Tokens[_ids[found]].Content);

    private static void AddToken(PieceList pieces, int start, int end, int id)
    {
        TextBuffer text = pieces.Text;
        (int leading, int trailing) = SpaceCounts.Of(text.Bytes[start..end]);
        pieces.AddPiece(new Piece(leading, trailing, text.OriginalStart(start), text.OriginalEnd(end - 1), id));
    }

    private static bool TouchesWord(ReadOnlySpan<byte> text, int start, int end) =>
        (start > 0 && UnicodeTables.Is(Scalars.DecodeLast(text, start, out _), UnicodeFlags.Word))
        || (end < text.Length && UnicodeTables.Is(Scalars.Decode(text, end, out _), UnicodeFlags.Word));

    private static int SpacesBefore(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && UnicodeTables.Is(Scalars.DecodeLast(text, end, out int length), UnicodeFlags.WhiteSpace))
        {
            end -= length;
        }

        return end;
    }

    private static int SpacesAfter(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && UnicodeTables.Is(Scalars.Decode(text, start, out int length), UnicodeFlags.WhiteSpace))
        {
            start += length;
        }

        return start;
    }
}
