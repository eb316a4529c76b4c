using System;
using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>
/// A string that records which of its characters come from the template and which from the conversation. A concatenation is a
/// rope until its characters are needed, so collecting output in a variable takes linear time.
/// </summary>
internal sealed class TextValue : Value
{
    private string? _characters;
    private OriginRun[]? _runs;
    private Origin _origin;
    private TextValue? _left;
    private TextValue? _right;

    public TextValue(string characters, Origin origin = Origin.Template, bool safe = false)
    {
        _characters = characters;
        _origin = origin;
        Length = characters.Length;
        IsSafe = safe;
    }

    public TextValue(string characters, OriginRun[] runs, bool safe)
    {
        _characters = characters;
        _runs = runs;
        Length = characters.Length;
        IsSafe = safe;
    }

    private TextValue(TextValue left, TextValue right)
    {
        _left = left;
        _right = right;
        Length = left.Length + right.Length;
    }

    public static TextValue Empty { get; } = new("");

    /// <summary>The length in UTF-16 units; Python's is <see cref="CodePoints.Count"/>.</summary>
    public int Length { get; }

    /// <summary>Whether <c>safe</c> or <c>escape</c> created the text. Text that is added to it is escaped.</summary>
    public bool IsSafe { get; }

    public override string TypeName => IsSafe ? "Markup" : "str";

    /// <summary>Creates the text of one code point, or another short text, of the template.</summary>
    public static TextValue Of(string characters) => characters.Length == 0 ? Empty : new TextValue(characters);

    public static TextValue Concatenate(TextValue left, TextValue right, Budget budget)
    {
        budget.Allocate(64);
        return left.Length == 0 && !left.IsSafe && !right.IsSafe ? right
            : right.Length == 0 && !left.IsSafe ? left
            : (long)left.Length + right.Length > int.MaxValue / 4
                ? throw TemplateFault.Limit("A string is longer than 536,870,911 characters.")
            : new TextValue(left, right);
    }

    /// <summary>Returns all characters.</summary>
    public string Characters(Budget budget)
    {
        Flatten(budget);
        return _characters!;
    }

    /// <summary>Returns the origin of the character at an index of the flattened text.</summary>
    public Origin OriginAt(int index) => _runs is null ? _origin : _runs[RunAt(index)].Origin;

    /// <summary>Returns the joint origin of all characters: content if any of them is content.</summary>
    public Origin WholeOrigin(Budget budget)
    {
        Flatten(budget);
        if (_runs is null)
        {
            return _origin;
        }

        Origin all = Origin.Template;
        foreach (OriginRun run in _runs)
        {
            all |= run.Origin;
        }

        return all;
    }

    /// <summary>Returns the runs in order; adjacent runs have different origins.</summary>
    public IReadOnlyList<OriginRun> Runs(Budget budget)
    {
        Flatten(budget);
        return _runs ?? (Length == 0 ? [] : [new OriginRun(Length, _origin)]);
    }

    /// <summary>Returns the same text with an additional origin.</summary>
    public TextValue With(Origin origin, Budget budget)
    {
        Flatten(budget);
        if (_runs is null)
        {
            return new TextValue(_characters!, _origin | origin, IsSafe);
        }

        budget.Elements(_runs.Length);
        return new TextValue(_characters!, Array.ConvertAll(_runs, run => run with { Origin = run.Origin | origin }), IsSafe);
    }

    /// <summary>Returns the same text, marked as safe or not.</summary>
    public TextValue AsSafe(bool safe, Budget budget)
    {
        if (safe == IsSafe)
        {
            return this;
        }

        Flatten(budget);
        return _runs is null ? new TextValue(_characters!, _origin, safe) : new TextValue(_characters!, _runs, safe);
    }

    /// <summary>Returns a part, in UTF-16 units.</summary>
    public TextValue Slice(int start, int length, Budget budget)
    {
        Flatten(budget);
        if (start == 0 && length == Length)
        {
            return this;
        }

        if (length == 0 && !IsSafe)
        {
            return Empty;
        }

        if (_runs is not null)
        {
            return new TextBuilder(budget).Append(this, start, length).ToText(IsSafe);
        }

        budget.Allocate(64);
        budget.Copy(length);
        return new TextValue(_characters!.Substring(start, length), _origin, IsSafe);
    }

    public void AppendTo(TextBuilder builder, Budget budget)
    {
        if (_left is null)
        {
            AppendTo(builder, budget, 0, Length);
            return;
        }

        // The depth of a rope is the number of concatenations, so an explicit stack is used instead of the thread's.
        Stack<TextValue> rest = new();
        rest.Push(this);
        while (rest.TryPop(out TextValue? next))
        {
            budget.Step();
            if (next._left is null)
            {
                next.AppendTo(builder, budget, 0, next.Length);
            }
            else
            {
                rest.Push(next._right!);
                rest.Push(next._left);
            }
        }
    }

    public void AppendTo(TextBuilder builder, Budget budget, int start, int length)
    {
        Flatten(budget);
        ReadOnlySpan<char> characters = _characters;
        if (_runs is null || length == 0)
        {
            builder.Append(characters.Slice(start, length), _origin);
            return;
        }

        int end = start + length;
        for (int run = RunAt(start); start < end; run++)
        {
            int stop = Math.Min(_runs[run].End, end);
            builder.Append(characters[start..stop], _runs[run].Origin);
            start = stop;
        }
    }

    private void Flatten(Budget budget)
    {
        if (_left is null)
        {
            return;
        }

        TextBuilder builder = new(budget);
        AppendTo(builder, budget);
        TextValue flat = builder.ToText();
        (_characters, _runs, _origin) = (flat._characters, flat._runs, flat._origin);
        (_left, _right) = (null, null);
    }

    private int RunAt(int index)
    {
        int low = 0;
        int high = _runs!.Length - 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            (low, high) = index < _runs[middle].End ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
