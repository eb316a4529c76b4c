using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>
/// The text and its current pieces. A pre-tokenizer reads the pieces one by one and adds the pieces that replace each.
/// </summary>
internal sealed class PieceList
{
    private Piece[] _pieces = new Piece[16];
    private Piece[] _next = new Piece[16];
    private int _nextCount;

    /// <summary>The text of the pieces.</summary>
    public TextBuffer Text { get; private set; } = new();

    /// <summary>The text that is written between <see cref="BeginRewrite"/> and <see cref="EndRewrite"/>.</summary>
    public TextBuffer Target { get; private set; } = new();

    public int Count { get; private set; }

    public ReadOnlySpan<Piece> Pieces => _pieces.AsSpan(0, Count);

    public void Clear(bool tracked)
    {
        Count = 0;
        _nextCount = 0;
        Text.Clear(tracked);
    }

    /// <summary>Adds a range of the current text to the next pieces; an empty range is ignored.</summary>
    public void Add(int start, int end)
    {
        if (start < end)
        {
            AddPiece(new Piece(start, end, Text.OriginalStart(start)));
        }
    }

    /// <summary>Adds a piece to the next pieces.</summary>
    public void AddPiece(Piece piece)
    {
        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, 2 * _next.Length);
        }

        _next[_nextCount++] = piece;
    }

    /// <summary>Makes the next pieces the current ones.</summary>
    public void EndSplit()
    {
        (_pieces, _next) = (_next, _pieces);
        Count = _nextCount;
        _nextCount = 0;
    }

    /// <summary>Starts to rewrite the text. Pieces added with <see cref="AddRewritten"/> refer to the new text.</summary>
    public void BeginRewrite() => Target.Clear(Text.Tracked);

    /// <summary>Returns a writer for one piece.</summary>
    public TextRewriter Rewrite(Piece piece) => new(Text, piece.Start, piece.End, piece.Origin, Target);

    /// <summary>Adds the text written since <paramref name="start"/> as a piece that keeps its origin.</summary>
    public void AddRewritten(int start, int origin)
    {
        if (start < Target.Length)
        {
            AddPiece(new Piece(start, Target.Length, origin));
        }
    }

    /// <summary>Makes the new text and the next pieces the current ones.</summary>
    public void EndRewrite()
    {
        (Text, Target) = (Target, Text);
        EndSplit();
    }

    public ReadOnlySpan<byte> BytesOf(Piece piece) => Text.Bytes[piece.Start..piece.End];

    public void Trim(int maximum)
    {
        Text.Trim(maximum);
        Target.Trim(maximum);
        if (_pieces.Length > maximum / 16 || _next.Length > maximum / 16)
        {
            _pieces = new Piece[16];
            _next = new Piece[16];
        }
    }
}
