using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>
/// A key of <c>rank_pattern</c> or <c>alpha_pattern</c>. PEFT matches it as a regular expression with the end of a module's name, from
/// a dot on. Letters, a dot, digits (<c>\d</c>, <c>[0-9]</c>), repetition (<c>*</c>, <c>+</c>), alternatives and <c>^</c> are supported.
/// </summary>
internal sealed class ModulePattern
{
    private readonly List<Item[]> _alternatives = [];
    private readonly List<bool> _wholes = [];

    private ModulePattern() { }

    /// <summary>Reads a pattern.</summary>
    /// <returns>The pattern; null if it contains something that is not supported.</returns>
    public static ModulePattern? TryRead(string text)
    {
        var pattern = new ModulePattern();
        foreach (string alternative in text.Split('|'))
        {
            bool isWhole = alternative.StartsWith('^');
            if (TryReadItems(isWhole ? alternative[1..] : alternative) is not { Length: > 0 } items)
            {
                return null;
            }

            pattern._wholes.Add(isWhole);
            pattern._alternatives.Add(items);
        }

        return pattern;
    }

    /// <summary>Returns whether the pattern matches a module's name, or what follows one of its dots.</summary>
    public bool Matches(string name)
    {
        for (int i = 0; i < _alternatives.Count; i++)
        {
            for (int start = 0; start >= 0; start = name.IndexOf('.', start) + 1)
            {
                if (Matches(_alternatives[i], name.AsSpan(start)))
                {
                    return true;
                }

                if (_wholes[i] || name.IndexOf('.', start) < 0)
                {
                    break;
                }
            }
        }

        return false;
    }

    private static Item[]? TryReadItems(string text)
    {
        var items = new List<Item>();
        for (int i = 0; i < text.Length; )
        {
            ReadOnlySpan<char> rest = text.AsSpan(i);
            (char kind, int length) =
                rest.StartsWith("[0-9]") ? ('#', 5)
                : rest.StartsWith(@"\d") ? ('#', 2)
                : rest.StartsWith(@"\.") ? ('\0', 2)
                : rest[0] == '.' ? ('?', 1)
                : char.IsAsciiLetterOrDigit(rest[0]) || rest[0] is '_' or '-' ? (rest[0], 1)
                : ('!', 0);
            if (kind == '!')
            {
                return null;
            }

            i += length;
            char repetition = i < text.Length && text[i] is '*' or '+' ? text[i] : ' ';
            i += repetition == ' ' ? 0 : 1;
            items.Add(new Item(kind, repetition));
        }

        return [.. items];
    }

    private static bool Matches(ReadOnlySpan<Item> items, ReadOnlySpan<char> name)
    {
        if (items.IsEmpty)
        {
            return name.IsEmpty;
        }

        Item item = items[0];
        if (item.Repetition == ' ')
        {
            return !name.IsEmpty && item.Accepts(name[0]) && Matches(items[1..], name[1..]);
        }

        int count = 0;
        while (count < name.Length && item.Accepts(name[count]))
        {
            count++;
        }

        for (; count >= (item.Repetition == '+' ? 1 : 0); count--)
        {
            if (Matches(items[1..], name[count..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="Kind">A letter; # for a digit, ? for any character, NUL for a dot.</param>
    /// <param name="Repetition">A repetition, or a space for none.</param>
    private readonly record struct Item(char Kind, char Repetition)
    {
        public bool Accepts(char letter) =>
            Kind switch
            {
                '#' => char.IsAsciiDigit(letter),
                '?' => true,
                '\0' => letter == '.',
                _ => letter == Kind,
            };
    }
}
