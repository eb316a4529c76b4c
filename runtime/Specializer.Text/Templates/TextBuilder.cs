using System;
using System.Collections.Generic;
using System.Text;

namespace Specializer.Text.Templates;

/// <summary>Specifies the origin of characters of a text.</summary>
[Flags]
internal enum Origin : byte
{
    /// <summary>The template itself, or a special token.</summary>
    Template = 0,

    /// <summary>The conversation, tools, documents or variables.</summary>
    Content = 1,

    /// <summary>Inside a generation block.</summary>
    Assistant = 2,
}

/// <summary>A run of characters of one origin, from the end of the previous run to <paramref name="End"/>.</summary>
internal readonly record struct OriginRun(int End, Origin Origin);

/// <summary>Builds a text from pieces and keeps the origin of each.</summary>
internal sealed class TextBuilder(Budget budget)
{
    private readonly StringBuilder _characters = new();
    private readonly List<OriginRun> _runs = [];

    public int Length => _characters.Length;

    public TextBuilder Append(string text, Origin origin = Origin.Template) => Append(text.AsSpan(), origin);

    public TextBuilder Append(ReadOnlySpan<char> text, Origin origin)
    {
        if (text.Length > 0)
        {
            budget.Copy(text.Length);
            _characters.Append(text);
            Extend(origin);
        }

        return this;
    }

    public TextBuilder Append(char character, int count, Origin origin)
    {
        if (count > 0)
        {
            budget.Copy(count);
            _characters.Append(character, count);
            Extend(origin);
        }

        return this;
    }

    public TextBuilder Append(TextValue text)
    {
        text.AppendTo(this, budget);
        return this;
    }

    public TextBuilder Append(TextValue text, int start, int length)
    {
        text.AppendTo(this, budget, start, length);
        return this;
    }

    public TextValue ToText(bool safe = false)
    {
        budget.Allocate(64 + (2L * _characters.Length) + (8L * _runs.Count));
        string characters = _characters.ToString();
        return _runs.Count switch
        {
            0 => TextValue.Empty,
            1 => new TextValue(characters, _runs[0].Origin, safe),
            _ => new TextValue(characters, [.. _runs], safe),
        };
    }

    private void Extend(Origin origin)
    {
        if (_runs.Count > 0 && _runs[^1].Origin == origin)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }
        else
        {
            budget.Allocate(16);
        }

        _runs.Add(new OriginRun(_characters.Length, origin));
    }
}
