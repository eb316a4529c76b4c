using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.PreTokenizers;

/// <summary>
/// UnicodeScripts: starts a new piece at each change of script. As in the library, text before the first scalar with a script is
/// lost.
/// </summary>
internal sealed class UnicodeScriptsPreTokenizer : PieceSplitter
{
    protected override void SplitPiece(PieceList pieces, Piece piece)
    {
        ReadOnlySpan<byte> bytes = pieces.Text.Bytes;
        int start = -1,
            last = -1;
        for (int index = piece.Start; index < piece.End; )
        {
            int script = UnicodeTables.Script(Scalars.Decode(bytes, index, out int length));
            if (script != 0 && script != last)
            {
                if (start >= 0)
                {
                    pieces.Add(start, index);
                }

                start = index;
                last = script;
            }

            index += length;
        }

        if (start >= 0)
        {
            pieces.Add(start, piece.End);
        }
    }
}
