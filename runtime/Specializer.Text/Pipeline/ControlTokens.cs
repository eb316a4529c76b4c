using System;
using System.Collections.Generic;
using Specializer.Text.Models;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>
/// Keeps special tokens out of text from users. If a word contains the text of a special token, it is split after the first
/// character of that text. No model can then reassemble the token.
/// </summary>
internal sealed class ControlTokens
{
    private readonly HashSet<int> _ids = [];
    private readonly HashSet<int> _entries = [];
    private readonly ByteTrie? _texts;

    public ControlTokens(AddedVocabulary added, Vocabulary vocabulary)
    {
        var keys = new List<byte[]>();
        var ids = new List<int>();
        foreach (string content in added.SpecialTexts)
        {
            int entry = vocabulary.Find(content);
            _entries.Add(entry);
            _ids.Add(entry);
            if (added.TryGetId(content, out int id))
            {
                _ids.Add(id);
            }

            if (entry >= 0 && vocabulary.TextOfId(entry).Length > 1)
            {
                keys.Add(vocabulary.TextOfId(entry).ToArray());
                ids.Add(entry);
            }
        }

        _texts = keys.Count == 0 ? null : new ByteTrie(keys, ids);
    }

    /// <summary>Returns whether a token is one of these.</summary>
    public bool Contains(int id) => _ids.Contains(id);

    /// <summary>Returns whether an id of the model has the text of a special token.</summary>
    public bool IsSpecialEntry(int id) => _entries.Contains(id);

    /// <summary>Splits pieces inside every text of a special token that is not recognized.</summary>
    public void Cut(PieceList pieces, Recognition recognition)
    {
        if (_texts is null)
        {
            return;
        }

        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.IsToken)
            {
                pieces.AddPiece(piece);
                continue;
            }

            ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
            int start = piece.Start,
                length;
            for (int index = piece.Start; index < piece.End; index += length)
            {
                length = Scalars.LengthOf(bytes[index]);
                if (
                    _texts.FindLongest(bytes[index..piece.End], out int found) >= 0
                    && found > length
                    && !recognition.Allows(pieces.Text, index, index + found)
                )
                {
                    pieces.Add(start, index + length);
                    start = index + length;
                }
            }

            pieces.Add(start, piece.End);
        }

        pieces.EndSplit();
    }
}
