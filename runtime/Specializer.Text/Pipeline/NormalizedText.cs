using System;

namespace Specializer.Text.Pipeline;

/// <summary>A text during normalization: the current text, and a spare buffer for the next one.</summary>
internal sealed class NormalizedText
{
    private TextBuffer _current = new();
    private TextBuffer _spare = new();
    private int _origin;

    /// <summary>The current text.</summary>
    public ReadOnlySpan<byte> Bytes => _current.Bytes;

    public TextBuffer Buffer => _current;

    /// <summary>Sets the text to a range of the original text.</summary>
    public void Set(TextBuffer source, int start, int end)
    {
        _current.Clear(source.Tracked);
        _current.Append(source, start, end);
        _origin = start;
    }

    /// <summary>Starts to rewrite the text; <see cref="EndRewrite"/> makes the result current.</summary>
    public TextRewriter BeginRewrite()
    {
        _spare.Clear(_current.Tracked);
        return new TextRewriter(_current, 0, _current.Length, _origin, _spare);
    }

    /// <summary>The buffer that is being written.</summary>
    public TextBuffer Target => _spare;

    public void EndRewrite() => (_current, _spare) = (_spare, _current);

    /// <summary>Removes the text outside a range.</summary>
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
