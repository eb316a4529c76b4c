using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Specializer.Text.Unicode;

namespace Specializer.Text.Patterns;

/// <summary>Character classes and escapes of Oniguruma.</summary>
internal static class RegexClasses
{
    private static readonly Dictionary<string, uint> s_categories = BuildCategories();

    /// <summary>Reads a class after its '['.</summary>
    public static ScalarSet ParseClass(int[] pattern, ref int position, int depth)
    {
        if (depth > 20)
        {
            throw Error("classes nested deeper than 20", position);
        }

        bool negative = TryTake(pattern, ref position, '^');
        ScalarSet? intersected = null;
        ScalarSet set = ScalarSet.Empty;
        bool isFirst = true;
        while (true)
        {
            if (position >= pattern.Length)
            {
                throw Error("a '[' without its ']'", position);
            }

            if (pattern[position] == ']')
            {
                if (isFirst)
                {
                    throw Error("an empty class", position);
                }

                position++;
                break;
            }

            isFirst = false;
            if (pattern[position] == '&' && position + 1 < pattern.Length && pattern[position + 1] == '&')
            {
                position += 2;
                intersected = intersected?.Intersect(set) ?? set;
                set = ScalarSet.Empty;
                continue;
            }

            set = set.Union(ParseItem(pattern, ref position, depth));
        }

        set = intersected?.Intersect(set) ?? set;
        return negative ? set.Negate() : set;
    }

    /// <summary>Reads an escape after its '\'.</summary>
    public static ScalarSet ParseEscape(int[] pattern, ref int position, bool inClass)
    {
        if (position >= pattern.Length)
        {
            throw Error("a '\\' at the end", position);
        }

        int c = pattern[position++];
        switch (c)
        {
            case 's':
                return ScalarSet.OfFlags(UnicodeFlags.OnigurumaSpace);
            case 'S':
                return ScalarSet.OfFlags(UnicodeFlags.OnigurumaSpace).Negate();
            case 'w':
                return ScalarSet.OfFlags(WordFlag(inClass));
            case 'W':
                return ScalarSet.OfFlags(WordFlag(inClass)).Negate();
            case 'd':
                return ScalarSet.OfFlags(UnicodeFlags.OnigurumaDigit);
            case 'D':
                return ScalarSet.OfFlags(UnicodeFlags.OnigurumaDigit).Negate();
            case 'h':
                return HexDigits;
            case 'H':
                return HexDigits.Negate();
            case 'p' or 'P':
                return ParseProperty(pattern, ref position, c == 'P');
            case 't':
                return ScalarSet.Of('\t');
            case 'n':
                return ScalarSet.Of('\n');
            case 'r':
                return ScalarSet.Of('\r');
            case 'f':
                return ScalarSet.Of('\f');
            case 'v':
                return ScalarSet.Of('\v');
            case 'a':
                return ScalarSet.Of('\a');
            case 'e':
                return ScalarSet.Of(27);
            case 'b' when inClass:
                return ScalarSet.Of('\b');
            case 'x' when TryTake(pattern, ref position, '{'):
                int wide = ParseHex(pattern, ref position, 8);
                return TryTake(pattern, ref position, '}') ? ScalarOf(wide, position) : throw Error("a malformed \\x{...}", position);
            case 'x':
                int narrow = ParseHex(pattern, ref position, 2);
                return narrow < 128 ? ScalarSet.Of(narrow) : throw Error("\\x of a byte beyond ASCII", position);
            case 'u':
                int start = position;
                int code = ParseHex(pattern, ref position, 4);
                return position == start + 4 ? ScalarOf(code, position) : throw Error("a malformed \\u", position);
            case > 127:
                return ScalarSet.Of(c);
            case >= '0' and <= '9' or >= 'a' and <= 'z' or >= 'A' and <= 'Z':
                throw Error($"the escape \\{(char)c}", position);
            default:
                return ScalarSet.Of(c);
        }
    }

    private static ScalarSet HexDigits { get; } =
        ScalarSet.Range('0', '9').Union(ScalarSet.Range('a', 'f')).Union(ScalarSet.Range('A', 'F'));

    // Oniguruma uses two tables, which differ for superscripts and fractions of Latin 1.
    private static UnicodeFlags WordFlag(bool inClass) => inClass ? UnicodeFlags.OnigurumaWordInClass : UnicodeFlags.OnigurumaWord;

    private static ScalarSet ParseItem(int[] pattern, ref int position, int depth)
    {
        int c = pattern[position++];
        if (c == '[')
        {
            return TryTake(pattern, ref position, ':') ? ParsePosix(pattern, ref position) : ParseClass(pattern, ref position, depth + 1);
        }

        bool isEscape = c == '\\';
        bool isSet =
            isEscape
            && position < pattern.Length
            && (pattern[position] is 's' or 'S' or 'w' or 'W' or 'd' or 'D' or 'h' or 'H' or 'p' or 'P');
        ScalarSet first = isEscape ? ParseEscape(pattern, ref position, inClass: true) : ScalarSet.Of(c);
        bool isRange = position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']';
        if (!isRange || isSet)
        {
            return isSet && isRange ? throw Error("a range that begins with a class", position) : first;
        }

        position++;
        int last = pattern[position++];
        if (last == '[' || (last == '&' && position < pattern.Length && pattern[position] == '&'))
        {
            throw Error("a range that ends with a class", position);
        }

        ScalarSet end = last == '\\' ? ParseEscape(pattern, ref position, inClass: true) : ScalarSet.Of(last);
        return first.TrySingle(out int from) && end.TrySingle(out int to) && from <= to
            ? ScalarSet.Range(from, to)
            : throw Error("a malformed range", position);
    }

    private static ScalarSet ParsePosix(int[] pattern, ref int position)
    {
        string name = ReadName(pattern, ref position, ':');
        if (!TryTake(pattern, ref position, ']'))
        {
            throw Error("a malformed [:...:]", position);
        }

        bool negative = name.StartsWith('^');
        ScalarSet set = (negative ? name[1..] : name) switch
        {
            "ascii" => ScalarSet.Range(0, 127),
            "digit" => ScalarSet.OfFlags(UnicodeFlags.OnigurumaDigit),
            "space" => ScalarSet.OfFlags(UnicodeFlags.OnigurumaSpace),
            "word" => ScalarSet.OfFlags(WordFlag(inClass: true)),
            "xdigit" => HexDigits,
            "cntrl" => ScalarSet.OfCategories(1u << (int)UnicodeCategoryCode.Cc),
            _ => throw Error($"the class [:{name}:]", position),
        };
        return negative ? set.Negate() : set;
    }

    private static ScalarSet ParseProperty(int[] pattern, ref int position, bool negative)
    {
        if (!TryTake(pattern, ref position, '{'))
        {
            throw Error("a \\p without its '{'", position);
        }

        negative ^= TryTake(pattern, ref position, '^');
        string name = ReadName(pattern, ref position, '}');
        ScalarSet set = FindProperty(Plain(name)) ?? throw Error($"the property \\p{{{name}}}", position);
        return negative ? set.Negate() : set;
    }

    /// <summary>Returns the set of a property's name, or null.</summary>
    public static ScalarSet? PropertyOf(string name) => FindProperty(Plain(name));

    private static ScalarSet? FindProperty(string name)
    {
        if (s_categories.TryGetValue(name, out uint categories))
        {
            return ScalarSet.OfCategories(categories);
        }

        for (int i = 0; i < UnicodeTables.PatternScriptNames.Length; i++)
        {
            if (Plain(UnicodeTables.PatternScriptNames[i]) == name)
            {
                return ScalarSet.OfScript(i + 1);
            }
        }

        return name switch
        {
            "any" => ScalarSet.Empty.Negate(),
            "ascii" => ScalarSet.Range(0, 127),
            _ => null,
        };
    }

    private static Dictionary<string, uint> BuildCategories()
    {
        var result = new Dictionary<string, uint>
        {
            ["l"] = Categories.Letter,
            ["letter"] = Categories.Letter,
            ["m"] = Categories.Mark,
            ["mark"] = Categories.Mark,
            ["n"] = Categories.Number,
            ["number"] = Categories.Number,
            ["p"] = Categories.Punctuation,
            ["punctuation"] = Categories.Punctuation,
            ["s"] = Categories.Symbol,
            ["symbol"] = Categories.Symbol,
            ["z"] = Categories.Separator,
            ["separator"] = Categories.Separator,
            ["c"] = Categories.Control,
            ["other"] = Categories.Control,
        };
        foreach (UnicodeCategoryCode code in Enum.GetValues<UnicodeCategoryCode>())
        {
            result[code.ToString().ToLowerInvariant()] = 1u << (int)code;
        }

        (string, UnicodeCategoryCode)[] names =
        [
            ("uppercaseletter", UnicodeCategoryCode.Lu),
            ("lowercaseletter", UnicodeCategoryCode.Ll),
            ("titlecaseletter", UnicodeCategoryCode.Lt),
            ("modifierletter", UnicodeCategoryCode.Lm),
            ("otherletter", UnicodeCategoryCode.Lo),
            ("nonspacingmark", UnicodeCategoryCode.Mn),
            ("spacingmark", UnicodeCategoryCode.Mc),
            ("enclosingmark", UnicodeCategoryCode.Me),
            ("decimalnumber", UnicodeCategoryCode.Nd),
            ("letternumber", UnicodeCategoryCode.Nl),
            ("othernumber", UnicodeCategoryCode.No),
            ("control", UnicodeCategoryCode.Cc),
            ("format", UnicodeCategoryCode.Cf),
            ("spaceseparator", UnicodeCategoryCode.Zs),
            ("mathsymbol", UnicodeCategoryCode.Sm),
            ("currencysymbol", UnicodeCategoryCode.Sc),
        ];
        foreach ((string name, UnicodeCategoryCode code) in names)
        {
            result[name] = 1u << (int)code;
        }

        return result;
    }

    // Names are compared without case, spaces, hyphens and underscores.
    private static string Plain(string name)
    {
        var result = new StringBuilder();
        foreach (char c in name)
        {
            if (c is not (' ' or '_' or '-'))
            {
                result.Append(char.ToLowerInvariant(c));
            }
        }

        return result.ToString();
    }

    private static string ReadName(int[] pattern, ref int position, int end)
    {
        var name = new StringBuilder();
        while (position < pattern.Length && pattern[position] != end && name.Length < 40)
        {
            name.Append(new Rune(pattern[position++]));
        }

        return TryTake(pattern, ref position, end) ? name.ToString() : throw Error("the name of a class without its end", position);
    }

    private static int ParseHex(int[] pattern, ref int position, int digits)
    {
        int start = position;
        long value = 0;
        for (; position < pattern.Length && position < start + digits; position++)
        {
            int digit = pattern[position] < 128 ? Convert.ToInt32(char.IsAsciiHexDigit((char)pattern[position])) : 0;
            if (digit == 0)
            {
                break;
            }

            value =
                value << 4 | (uint)int.Parse(((char)pattern[position]).ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return position > start && value < 0x110000 ? (int)value : throw Error("a malformed hexadecimal number", position);
    }

    private static ScalarSet ScalarOf(int value, int position) =>
        Rune.IsValid(value) ? ScalarSet.Of(value) : throw Error("a surrogate", position);

    private static bool TryTake(int[] pattern, ref int position, int scalar)
    {
        if (position >= pattern.Length || pattern[position] != scalar)
        {
            return false;
        }

        position++;
        return true;
    }

    private static RegexSyntaxException Error(string what, int position) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the pattern has {what} near character {position}, which is malformed or not supported"
            ),
            position
        );
}
