using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Pipeline;

/// <summary>
/// Rewrites a range of one buffer into another, scalar by scalar. Origins follow the library's <c>transform</c>: a replacement
/// has the origin of the replaced text, an insertion that of the preceding text.
/// </summary>
internal ref struct TextRewriter
{
    private readonly TextBuffer _source;
    private readonly TextBuffer _target;
    private readonly int _start;
    private readonly int _end;
    private readonly int _origin;
    private int _cursor;

    public TextRewriter(TextBuffer source, int start, int end, int origin, TextBuffer target)
    {
        _source = source;
        _target = target;
        _start = start;
        _end = end;
        _origin = origin;
        _cursor = start;
    }

    /// <summary>Replaces the next scalar.</summary>
    public void Replace(int scalar)
    {
        if (!_source.Tracked)
        {
            _target.Append(scalar, 0, 0);
            return;
        }

        int index = Math.Min(_cursor, _end - 1);
        _target.Append(scalar, _source.OriginalStart(index), _source.OriginalEnd(index));
        Skip(1);
    }

    /// <summary>Inserts a scalar.</summary>
    public void Insert(int scalar)
    {
        if (!_source.Tracked)
        {
            _target.Append(scalar, 0, 0);
        }
        else if (_cursor == _start)
        {
            _target.Append(scalar, _origin, _origin);
        }
        else
        {
            _target.Append(scalar, _source.OriginalStart(_cursor - 1), _source.OriginalEnd(_cursor - 1));
        }
    }

    /// <summary>Skips scalars.</summary>
    public void Skip(int count)
    {
        if (!_source.Tracked)
        {
            return;
        }

        for (; count > 0 && _cursor < _end; count--)
        {
            _cursor += Scalars.LengthOf(_source.Bytes[_cursor]);
        }
    }

    /// <summary>
    /// Writes a scalar with a change in the library's notation: 0 replaces, 1 inserts, -n replaces one scalar and skips n more.
    /// </summary>
    public void Write(int scalar, int change)
    {
        if (change > 0)
        {
            Insert(scalar);
            return;
        }

        Replace(scalar);
        Skip(-change);
    }
}
