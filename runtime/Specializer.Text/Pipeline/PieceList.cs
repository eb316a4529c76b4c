using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>The text and how it is split so far. A pre-tokenizer reads the pieces one by one and adds what each becomes.</summary>
internal sealed class PieceList
{
    private Piece[] _pieces = new Piece[16];
    private Piece[] _next = new Piece[16];
    private int _nextCount;

    /// <summary>The text that the pieces lie in.</summary>
    public TextBuffer Text { get; private set; } = new();

    /// <summary>The text that is being written while <see cref="BeginRewrite"/> lasts.</summary>
    public TextBuffer Target { get; private set; } = new();

    public int Count { get; private set; }

    public ReadOnlySpan<Piece> Pieces => _pieces.AsSpan(0, Count);

    public void Clear(bool tracked)
    {
        Count = 0;
        _nextCount = 0;
        Text.Clear(tracked);
    }

    /// <summary>Adds a stretch of the present text to the next pieces; an empty one vanishes.</summary>
    public void Add(int start, int end)
    {
        if (start < end)
        {
            AddPiece(new Piece(start, end, Text.OriginalStart(start)));
        }
    }

    /// <summary>Adds a piece to the next ones.</summary>
    public void AddPiece(Piece piece)
    {
        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, 2 * _next.Length);
        }

        _next[_nextCount++] = piece;
    }

    /// <summary>Makes the next pieces the present ones.</summary>
    public void EndSplit()
    {
        (_pieces, _next) = (_next, _pieces);
        Count = _nextCount;
        _nextCount = 0;
    }

    /// <summary>Begins to write the text anew. Pieces added with <see cref="AddRewritten"/> lie in the new text.</summary>
    public void BeginRewrite() => Target.Clear(Text.Tracked);

    /// <summary>A writer for one piece.</summary>
    public TextRewriter Rewrite(Piece piece) => new(Text, piece.Start, piece.End, piece.Origin, Target);

    /// <summary>Adds what was written since <paramref name="start"/> as a piece that keeps its origin.</summary>
    public void AddRewritten(int start, int origin)
    {
        if (start < Target.Length)
        {
            AddPiece(new Piece(start, Target.Length, origin));
        }
    }

    /// <summary>Makes the new text and the next pieces the present ones.</summary>
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
