using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>UTF-8 text and, if tracked, the range of the original text that each byte comes from.</summary>
internal sealed class TextBuffer
{
    private byte[] _bytes = [];
    private int[] _starts = [];
    private int[] _ends = [];

    /// <summary>Whether ranges of the original text are tracked. Without them only ids are available.</summary>
    public bool Tracked { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Clears the buffer.</summary>
    public void Clear(bool tracked)
    {
        Length = 0;
        Tracked = tracked;
    }

    /// <summary>Returns the start of a byte in the original text.</summary>
    public int OriginalStart(int index) => Tracked ? _starts[index] : index;

    /// <summary>Returns the end of a byte in the original text.</summary>
    public int OriginalEnd(int index) => Tracked ? _ends[index] : index + 1;

    /// <summary>Reserves capacity for more bytes, which <see cref="Advance"/> commits. Only for untracked text.</summary>
    public Span<byte> Reserve(int count)
    {
        Grow(count);
        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    /// <summary>Appends a scalar that comes from a range of the original text.</summary>
    public void Append(int scalar, int originalStart, int originalEnd)
    {
        Grow(4);
        int length = Scalars.Encode(scalar, _bytes.AsSpan(Length));
        if (Tracked)
        {
            _starts.AsSpan(Length, length).Fill(originalStart);
            _ends.AsSpan(Length, length).Fill(originalEnd);
        }

        Length += length;
    }

    /// <summary>Appends a range of another buffer with its origins.</summary>
    public void Append(TextBuffer source, int start, int end)
    {
        int count = end - start;
        Grow(count);
        source._bytes.AsSpan(start, count).CopyTo(_bytes.AsSpan(Length));
        if (Tracked)
        {
            source._starts.AsSpan(start, count).CopyTo(_starts.AsSpan(Length));
            source._ends.AsSpan(start, count).CopyTo(_ends.AsSpan(Length));
        }

        Length += count;
    }

    /// <summary>Makes every scalar its own origin.</summary>
    public void TrackIdentity()
    {
        Tracked = true;
        if (_starts.Length < _bytes.Length)
        {
            _starts = new int[_bytes.Length];
            _ends = new int[_bytes.Length];
        }

        for (int index = 0; index < Length; )
        {
            int length = Scalars.LengthOf(_bytes[index]);
            _starts.AsSpan(index, length).Fill(index);
            _ends.AsSpan(index, length).Fill(index + length);
            index += length;
        }
    }

    /// <summary>Releases memory that one large text needed.</summary>
    public void Trim(int maximum)
    {
        if (_bytes.Length > maximum)
        {
            _bytes = [];
            _starts = [];
            _ends = [];
        }
    }

    private void Grow(int count)
    {
        int needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, Math.Max(256, 2L * _bytes.Length))));
        }

        if (Tracked && _starts.Length < _bytes.Length)
        {
            Array.Resize(ref _starts, _bytes.Length);
            Array.Resize(ref _ends, _bytes.Length);
        }
    }
}
