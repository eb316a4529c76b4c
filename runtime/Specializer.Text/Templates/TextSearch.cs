using System;
using System.Collections.Generic;

namespace Specializer.Text.Templates;

/// <summary>Finds, strips, splits, replaces and joins texts; every piece keeps its origin.</summary>
internal static class TextSearch
{
    // Up to this length .NET's search is fast, although its worst case is the product of both lengths; longer texts use a linear
    // search.
    private const int ShortPart = 32;

    /// <summary>Returns the UTF-16 index of a text in another at or after an index; -1 if it does not occur.</summary>
    public static int Find(RenderContext context, TextValue text, TextValue part, int start)
    {
        string characters = context.Characters(text);
        string wanted = context.Characters(part);
        if (wanted.Length > ShortPart)
        {
            return FindLinearly(context, characters, wanted, start, characters.Length, last: false);
        }

        int at = start;
        while ((at = characters.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0 && !IsAligned(characters, wanted, at))
        {
            at++;
        }

        context.Budget.Read((at < 0 ? characters.Length : at) - start);
        return at;
    }

    /// <summary>Returns the last UTF-16 index of a text in another that ends at or before an index; -1 if it does not occur.</summary>
    public static int FindLast(RenderContext context, TextValue text, TextValue part, int end)
    {
        string characters = context.Characters(text);
        string wanted = context.Characters(part);
        if (wanted.Length > ShortPart)
        {
            return FindLinearly(context, characters, wanted, 0, end, last: true);
        }

        int stop = end;
        int at;
        while ((at = characters.AsSpan(0, stop).LastIndexOf(wanted, StringComparison.Ordinal)) >= 0 && !IsAligned(characters, wanted, at))
        {
            stop = at + wanted.Length - 1;
        }

        context.Budget.Read(end - Math.Max(at, 0));
        return at;
    }

    /// <summary>Removes certain characters, or white space, from the ends of a text.</summary>
    public static TextValue Strip(RenderContext context, TextValue text, TextValue? characters, bool start, bool end)
    {
        string all = context.Characters(text);
        HashSet<int>? stripped = characters is null ? null : CodePointSet(context, characters);
        int from = 0;
        int to = all.Length;
        while (start && from < to && IsStripped(CodePoints.At(all, from), stripped))
        {
            from += CodePoints.LengthAt(all, from);
        }

        while (end && to > from)
        {
            int last = to - from >= 2 && char.IsSurrogatePair(all[to - 2], all[to - 1]) ? to - 2 : to - 1;
            if (!IsStripped(CodePoints.At(all, last), stripped))
            {
                break;
            }

            to = last;
        }

        context.Budget.Read(all.Length - (to - from));
        return text.Slice(from, to - from, context.Budget);
    }

    /// <summary>
    /// Python's <c>split</c> at a separator, or at runs of white space, with a maximum number of splits from the start.
    /// </summary>
    public static List<Value> Split(RenderContext context, TextValue text, TextValue? separator, long limit)
    {
        List<Value> parts = [];
        string all = context.Characters(text);
        int from = 0;
        if (separator is null)
        {
            context.Budget.Read(all.Length);
            while ((from = SkipSpace(all, from)) < all.Length)
            {
                int to = limit >= 0 && parts.Count >= limit ? all.Length : SkipWord(all, from);
                Add(context, parts, text, from, to);
                from = limit >= 0 && parts.Count > limit ? all.Length : to;
            }

            return parts;
        }

        if (separator.Length == 0)
        {
            throw TemplateFault.Runtime("empty separator");
        }

        for (int at; (limit < 0 || parts.Count < limit) && (at = Find(context, text, separator, from)) >= 0; from = at + separator.Length)
        {
            Add(context, parts, text, from, at);
        }

        Add(context, parts, text, from, all.Length);
        return parts;
    }

    /// <summary>Like <see cref="Split"/>, but from the end.</summary>
    public static List<Value> SplitFromEnd(RenderContext context, TextValue text, TextValue? separator, long limit)
    {
        List<Value> parts = [];
        string all = context.Characters(text);
        int to = all.Length;
        if (separator is null)
        {
            context.Budget.Read(all.Length);
            while ((to = TrimmedEnd(all.AsSpan(0, to))) > 0)
            {
                int from = to;
                while (from > 0 && !CodePoints.IsSpace(all[from - 1]))
                {
                    from--;
                }

                from = limit >= 0 && parts.Count >= limit ? 0 : from;
                Add(context, parts, text, from, to);
                to = limit >= 0 && parts.Count > limit ? 0 : from;
            }
        }
        else
        {
            if (separator.Length == 0)
            {
                throw TemplateFault.Runtime("empty separator");
            }

            for (int at; (limit < 0 || parts.Count < limit) && (at = FindLast(context, text, separator, to)) >= 0; to = at)
            {
                Add(context, parts, text, at + separator.Length, to);
            }

            Add(context, parts, text, 0, to);
        }

        parts.Reverse();
        return parts;
    }

    /// <summary>Splits a text into lines, with or without their ends.</summary>
    public static List<Value> SplitLines(RenderContext context, TextValue text, bool keepEnds)
    {
        List<Value> lines = [];
        string all = context.Characters(text);
        context.Budget.Read(all.Length);
        for (int from = 0; from < all.Length; )
        {
            int end = from;
            while (end < all.Length && !CodePoints.EndsLine(all[end]))
            {
                end++;
            }

            int next = Math.Min(all.Length, all.AsSpan(end).StartsWith("\r\n") ? end + 2 : end + 1);
            Add(context, lines, text, from, keepEnds ? next : end);
            from = next;
        }

        return lines;
    }

    /// <summary>Replaces a part of a text, with a maximum number of replacements from the start.</summary>
    public static TextValue Replace(RenderContext context, TextValue text, TextValue old, TextValue replacement, long limit)
    {
        TextBuilder builder = context.Builder();
        string all = context.Characters(text);
        int from = 0;
        if (old.Length == 0)
        {
            for (long count = 0; limit < 0 || count < limit; count++)
            {
                builder.Append(replacement);
                if (from >= all.Length)
                {
                    break;
                }

                int length = CodePoints.LengthAt(all, from);
                builder.Append(text, from, length);
                from += length;
            }
        }
        else
        {
            long count = 0;
            for (int at; (limit < 0 || count < limit) && (at = Find(context, text, old, from)) >= 0; from = at + old.Length)
            {
                builder.Append(text, from, at - from).Append(replacement);
                count++;
            }

            if (count == 0)
            {
                return text;
            }
        }

        return builder.Append(text, from, all.Length - from).ToText();
    }

    /// <summary>Joins texts with a separator.</summary>
    public static TextValue Join(RenderContext context, TextValue separator, IEnumerable<TextValue> parts)
    {
        TextBuilder builder = context.Builder();
        bool first = true;
        foreach (TextValue part in parts)
        {
            context.Budget.Step();
            if (!first)
            {
                builder.Append(separator);
            }

            builder.Append(part);
            first = false;
        }

        return builder.ToText();
    }

    /// <summary>Repeats a text.</summary>
    public static TextValue Repeat(RenderContext context, TextValue text, long count)
    {
        TextBuilder builder = context.Builder();
        for (long i = 0; i < count && text.Length > 0; i++)
        {
            builder.Append(text);
        }

        return builder.ToText(text.IsSafe);
    }

    private static void Add(RenderContext context, List<Value> parts, TextValue text, int from, int to)
    {
        context.Budget.Elements(3);
        parts.Add(text.Slice(from, to - from, context.Budget));
    }

    /// <summary>Finds the first or last occurrence in a part of a text by the algorithm of Knuth, Morris and Pratt.</summary>
    private static int FindLinearly(RenderContext context, string text, string part, int start, int end, bool last)
    {
        context.Budget.Copy(2L * part.Length);
        context.Budget.Read(8L * Math.Max(0, end - start));
        int[] borders = new int[part.Length];
        for (int i = 1, border = 0; i < part.Length; i++)
        {
            border = Border(part[i], border);
            borders[i] = border;
        }

        int found = -1;
        for (int i = start, matched = 0; i < end && (last || found < 0); i++)
        {
            matched = Border(text[i], matched == part.Length ? borders[matched - 1] : matched);
            int at = i + 1 - part.Length;
            found = matched == part.Length && IsAligned(text, part, at) ? at : found;
        }

        return found;

        int Border(char next, int border)
        {
            while (border > 0 && part[border] != next)
            {
                border = borders[border - 1];
            }

            return part[border] == next ? border + 1 : border;
        }
    }

    // A surrogate of a pair does not match, because Python's strings contain the whole code point.
    private static bool IsAligned(string text, string part, int at) =>
        part.Length == 0
        || !(
            (char.IsLowSurrogate(part[0]) && at > 0 && char.IsHighSurrogate(text[at - 1]))
            || (char.IsHighSurrogate(part[^1]) && at + part.Length < text.Length && char.IsLowSurrogate(text[at + part.Length]))
        );

    private static bool IsStripped(int codePoint, HashSet<int>? stripped) => stripped?.Contains(codePoint) ?? CodePoints.IsSpace(codePoint);

    private static HashSet<int> CodePointSet(RenderContext context, TextValue text)
    {
        string characters = context.Characters(text);
        context.Budget.Elements(2 * characters.Length);
        HashSet<int> set = [];
        for (int i = 0; i < characters.Length; i += CodePoints.LengthAt(characters, i))
        {
            set.Add(CodePoints.At(characters, i));
        }

        return set;
    }

    private static int SkipSpace(string text, int from)
    {
        while (from < text.Length && CodePoints.IsSpace(text[from]))
        {
            from++;
        }

        return from;
    }

    private static int SkipWord(string text, int from)
    {
        while (from < text.Length && !CodePoints.IsSpace(text[from]))
        {
            from++;
        }

        return from;
    }

    private static int TrimmedEnd(ReadOnlySpan<char> text)
    {
        int end = text.Length;
        while (end > 0 && CodePoints.IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
