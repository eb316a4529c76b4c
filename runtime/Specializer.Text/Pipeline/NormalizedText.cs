using System;

namespace Specializer.Text.Pipeline;

/// <summary>One stretch of text on its way through the normalizers: the current text, and a spare buffer for the next.</summary>
internal sealed class NormalizedText
{
    private TextBuffer _current = new();
    private TextBuffer _spare = new();
    private int _origin;

    /// <summary>The text as it stands.</summary>
    public ReadOnlySpan<byte> Bytes => _current.Bytes;

    public TextBuffer Buffer => _current;

    /// <summary>Takes a range of the original text.</summary>
    public void Set(TextBuffer source, int start, int end)
    {
        _current.Clear(source.Tracked);
        _current.Append(source, start, end);
        _origin = start;
    }

    /// <summary>Begins to write the text anew; <see cref="EndRewrite"/> makes the result current.</summary>
    public TextRewriter BeginRewrite()
    {
        _spare.Clear(_current.Tracked);
        return new TextRewriter(_current, 0, _current.Length, _origin, _spare);
    }

    /// <summary>The buffer that is being written.</summary>
    public TextBuffer Target => _spare;

    public void EndRewrite() => (_current, _spare) = (_spare, _current);

    /// <summary>The text without what stands outside a range.</summary>
    public void Keep(int start, int end)
    {
        _spare.Clear(_current.Tracked);
        _spare.Append(_current, start, end);
        EndRewrite();
    }

    public void Trim(int maximum)
    {
        _current.Trim(maximum);
        _spare.Trim(maximum);
    }
}
