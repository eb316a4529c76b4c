using System.Globalization;
using System.Text;
using Specializer.Text.Patterns;
using Specializer.Text.Unicode;

namespace Specializer.Text.Constraints;

/// <summary>
/// Character classes and escapes of ECMAScript with the flag u. Engines disagree on which characters beyond ASCII are digits, word
/// characters and spaces. Those match neither \d, \w and \s nor their complements, so that every engine accepts the text.
/// </summary>
internal sealed class RegularClasses(int[] pattern)
{
    // The scalars that all engines have in a class, and those that at least one engine has in it.
    private readonly record struct Members(ScalarSet All, ScalarSet Some)
    {
        public Members Negate() => new(Some.Negate(), All.Negate());
    }

    private static readonly ScalarSet s_asciiDigits = ScalarSet.Range('0', '9');
    private static readonly ScalarSet s_asciiWord = s_asciiDigits
        .Union(ScalarSet.Range('a', 'z'))
        .Union(ScalarSet.Range('A', 'Z'))
        .Union(ScalarSet.Of('_'));

    private static readonly Members s_digits = new(s_asciiDigits, ScalarSet.OfFlags(UnicodeFlags.OnigurumaDigit));
    private static readonly Members s_word = new(
        s_asciiWord,
        ScalarSet
            .OfFlags(UnicodeFlags.OnigurumaWord)
            .Union(ScalarSet.OfFlags(UnicodeFlags.OnigurumaWordInClass))
            .Union(ScalarSet.Range(0x200C, 0x200D))
    );

    // The separators of ASCII are spaces in .NET and Python only; the others are those of ECMA-262, 12.2 and 12.3.
    private static readonly Members s_space = new(
        ScalarSet.Range('\t', '\r').Union(ScalarSet.Of(' ')),
        ScalarSet
            .OfFlags(UnicodeFlags.OnigurumaSpace)
            .Union(ScalarSet.Range(0x1C, 0x1F))
            .Union(ScalarSet.Of(0x180E))
            .Union(ScalarSet.Of(0xFEFF))
    );

    /// <summary>Reads a class after its '['.</summary>
    public ScalarSet ParseClass(ref int position)
    {
        bool negative = position < pattern.Length && pattern[position] == '^';
        position += negative ? 1 : 0;
        var set = new Members(ScalarSet.Empty, ScalarSet.Empty);
        while (true)
        {
            if (position >= pattern.Length)
            {
                throw Error("a '[' without its ']'", position);
            }

            if (pattern[position] == ']')
            {
                position++;
                return (negative ? set.Negate() : set).All;
            }

            Members item = ParseItem(ref position);
            if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
            {
                position++;
                Members end = ParseItem(ref position);
                if (!item.All.TrySingle(out int first) || !end.All.TrySingle(out int last) || first > last)
                {
                    throw Error("a range of a class that has no first and last character in order", position);
                }

                item = Certain(ScalarSet.Range(first, last));
            }

            set = new Members(set.All.Union(item.All), set.Some.Union(item.Some));
        }
    }

    /// <summary>Reads an escape after its '\'.</summary>
    public ScalarSet ParseEscape(ref int position, bool inClass) => ReadEscape(ref position, inClass).All;

    private static Members Certain(ScalarSet set) => new(set, set);

    private Members ReadEscape(ref int position, bool inClass)
    {
        if (position >= pattern.Length)
        {
            throw Error("a '\\' at the end", position);
        }

        int c = pattern[position++];
        switch (c)
        {
            case 'd':
                return s_digits;
            case 'D':
                return s_digits.Negate();
            case 'w':
                return s_word;
            case 'W':
                return s_word.Negate();
            case 's':
                return s_space;
            case 'S':
                return s_space.Negate();
            case 't':
                return Certain(ScalarSet.Of('\t'));
            case 'n':
                return Certain(ScalarSet.Of('\n'));
            case 'r':
                return Certain(ScalarSet.Of('\r'));
            case 'f':
                return Certain(ScalarSet.Of('\f'));
            case 'v':
                return Certain(ScalarSet.Of('\v'));
            case '0' when position >= pattern.Length || pattern[position] is < '0' or > '9':
                return Certain(ScalarSet.Of(0));
            case 'b' when inClass:
                return Certain(ScalarSet.Of('\b'));
            case 'b' or 'B':
                throw Error("a word boundary", position);
            case 'p' or 'P':
                return Certain(ParseProperty(ref position, negative: c == 'P'));
            case 'x':
                return Certain(ScalarSet.Of(ParseHex(ref position, 2)));
            case 'u':
                return Certain(ScalarSet.Of(ParseUnicode(ref position)));
            case 'c' when position < pattern.Length && (pattern[position] | 0x20) is >= 'a' and <= 'z':
                return Certain(ScalarSet.Of(pattern[position++] & 31));
            case >= '0' and <= '9':
                throw Error("a back reference or an octal escape", position);
            case 'k':
                throw Error("a back reference", position);
            case >= 'a' and <= 'z' or >= 'A' and <= 'Z':
                throw Error($"the escape \\{(char)c}", position);
            default:
                return Certain(ScalarSet.Of(c));
        }
    }

    public static ConstraintException Error(string what, int position) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the expression has {what} near character {position}, which is malformed or not supported"
            )
        );

    private Members ParseItem(ref int position)
    {
        int c = pattern[position++];
        return c == '\\' ? ReadEscape(ref position, inClass: true) : Certain(ScalarSet.Of(c));
    }

    private ScalarSet ParseProperty(ref int position, bool negative)
    {
        int start = position;
        if (position < pattern.Length && pattern[position] == '{')
        {
            position++;
            var name = new StringBuilder();
            while (position < pattern.Length && pattern[position] != '}')
            {
                name.Append(new Rune(pattern[position++]).ToString());
            }

            if (position < pattern.Length && RegexClasses.PropertyOf(name.ToString()) is { } set)
            {
                position++;
                return negative ? set.Negate() : set;
            }
        }

        throw Error("a property of characters that is not known", start);
    }

    private int ParseUnicode(ref int position)
    {
        if (position < pattern.Length && pattern[position] == '{')
        {
            position++;
            int value = 0,
                digits = 0;
            for (; position < pattern.Length && pattern[position] != '}' && value <= 0x10FFFF; position++, digits++)
            {
                value = value * 16 + HexDigit(position);
            }

            if (position >= pattern.Length || digits == 0 || !Rune.IsValid(value))
            {
                throw Error("a malformed \\u{...}", position);
            }

            position++;
            return value;
        }

        int unit = ParseHex(ref position, 4);
        if (!char.IsHighSurrogate((char)unit))
        {
            return Rune.IsValid(unit) ? unit : throw Error("half of a surrogate pair", position);
        }

        if (position + 1 < pattern.Length && pattern[position] == '\\' && pattern[position + 1] == 'u')
        {
            position += 2;
            int low = ParseHex(ref position, 4);
            if (char.IsLowSurrogate((char)low))
            {
                return char.ConvertToUtf32((char)unit, (char)low);
            }
        }

        throw Error("half of a surrogate pair", position);
    }

    private int ParseHex(ref int position, int digits)
    {
        int value = 0;
        for (int i = 0; i < digits; i++, position++)
        {
            value = value * 16 + (position < pattern.Length ? HexDigit(position) : throw Error("a malformed escape", position));
        }

        return value;
    }

    private int HexDigit(int position) =>
        pattern[position] switch
        {
            >= '0' and <= '9' and var c => c - '0',
            >= 'a' and <= 'f' and var c => c - 'a' + 10,
            >= 'A' and <= 'F' and var c => c - 'A' + 10,
            _ => throw Error("a malformed escape", position),
        };
}
