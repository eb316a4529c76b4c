using System;

namespace Specializer.Text.Pipeline;

/// <summary>The tokens of one word: ids and the ranges of its bytes that they represent.</summary>
internal sealed class TokenList
{
    private int[] _ids = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];

    public int Count { get; private set; }

    public Span<int> Ids => _ids.AsSpan(0, Count);

    public Span<int> Starts => _starts.AsSpan(0, Count);

    public Span<int> Ends => _ends.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Truncate(int count) => Count = count;

    public void Add(int id, int start, int end)
    {
        if (Count == _ids.Length)
        {
            Grow(Count + 1);
        }

        _ids[Count] = id;
        _starts[Count] = start;
        _ends[Count] = end;
        Count++;
    }

    /// <summary>Appends ids without ranges.</summary>
    public void AddIds(ReadOnlySpan<int> ids)
    {
        if (Count + ids.Length > _ids.Length)
        {
            Grow(Count + ids.Length);
        }

        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Reverses the order of the tokens from an index on.</summary>
    public void Reverse(int from)
    {
        _ids.AsSpan(from, Count - from).Reverse();
        _starts.AsSpan(from, Count - from).Reverse();
        _ends.AsSpan(from, Count - from).Reverse();
    }

    public void Trim(int maximum)
    {
        if (_ids.Length > maximum / 4)
        {
            _ids = new int[64];
            _starts = new int[64];
            _ends = new int[64];
            Count = 0;
        }
    }

    private void Grow(int needed)
    {
        int length = Math.Max(needed, 2 * _ids.Length);
        Array.Resize(ref _ids, length);
        Array.Resize(ref _starts, length);
        Array.Resize(ref _ends, length);
    }
}
