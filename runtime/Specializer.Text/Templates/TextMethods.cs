using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>The methods of Python's strings.</summary>
internal static class TextMethods
{
    private static readonly FrozenSet<string> s_missing = FrozenSet.Create(
        "encode",
        "expandtabs",
        "format_map",
        "isidentifier",
        "maketrans",
        "swapcase",
        "translate"
    );

    private static readonly FrozenDictionary<string, Func<RenderContext, TextValue, Arguments, Value>> s_methods = new Dictionary<
        string,
        Func<RenderContext, TextValue, Arguments, Value>
    >
    {
        ["capitalize"] = (context, text, arguments) => TextCases.Capitalize(context, Bare("capitalize", text, arguments)),
        ["casefold"] = (context, text, arguments) => Casefold(context, Bare("casefold", text, arguments)),
        ["center"] = (context, text, arguments) => Justify(context, text, "center", arguments),
        ["count"] = Count,
        ["endswith"] = (context, text, arguments) => Affixed(context, text, "endswith", arguments, atEnd: true),
        ["find"] = (context, text, arguments) => new IntValue(Find(context, text, "find", arguments, last: false)),
        ["format"] = BraceFormat.Format,
        ["index"] = (context, text, arguments) => Index(Find(context, text, "index", arguments, last: false)),
        ["isalnum"] = (context, text, arguments) => All(context, "isalnum", text, arguments, code => IsAlpha(code) || IsNumeric(code)),
        ["isalpha"] = (context, text, arguments) => All(context, "isalpha", text, arguments, IsAlpha),
        ["isascii"] = (context, text, arguments) =>
            BoolValue.Of(System.Text.Ascii.IsValid(context.Characters(Bare("isascii", text, arguments)))),
        ["isdecimal"] = (context, text, arguments) =>
            All(context, "isdecimal", text, arguments, code => Digit(code, CharUnicodeInfo.GetDecimalDigitValue)),
        ["isdigit"] = (context, text, arguments) =>
            All(context, "isdigit", text, arguments, code => Digit(code, CharUnicodeInfo.GetDigitValue)),
        ["islower"] = (context, text, arguments) => BoolValue.Of(IsLower(context, Bare("islower", text, arguments))),
        ["isnumeric"] = (context, text, arguments) => All(context, "isnumeric", text, arguments, IsNumeric),
        ["isprintable"] = (context, text, arguments) =>
            BoolValue.Of(text.Length == 0 || All(context, "isprintable", text, arguments, CodePoints.IsPrintable).Value),
        ["isspace"] = (context, text, arguments) => All(context, "isspace", text, arguments, CodePoints.IsSpace),
        ["istitle"] = (context, text, arguments) => BoolValue.Of(IsTitle(context, Bare("istitle", text, arguments))),
        ["isupper"] = (context, text, arguments) => BoolValue.Of(IsUpper(context, Bare("isupper", text, arguments))),
        ["join"] = Join,
        ["ljust"] = (context, text, arguments) => Justify(context, text, "ljust", arguments),
        ["lower"] = (context, text, arguments) => TextCases.Lower(context, Bare("lower", text, arguments)),
        ["lstrip"] = (context, text, arguments) => Strip(context, text, "lstrip", arguments, start: true, end: false),
        ["partition"] = (context, text, arguments) => Partition(context, text, "partition", arguments, last: false),
        ["removeprefix"] = (context, text, arguments) => Remove(context, text, "removeprefix", arguments, atEnd: false),
        ["removesuffix"] = (context, text, arguments) => Remove(context, text, "removesuffix", arguments, atEnd: true),
        ["replace"] = Replace,
        ["rfind"] = (context, text, arguments) => new IntValue(Find(context, text, "rfind", arguments, last: true)),
        ["rindex"] = (context, text, arguments) => Index(Find(context, text, "rindex", arguments, last: true)),
        ["rjust"] = (context, text, arguments) => Justify(context, text, "rjust", arguments),
        ["rpartition"] = (context, text, arguments) => Partition(context, text, "rpartition", arguments, last: true),
        ["rsplit"] = (context, text, arguments) => Split(context, text, "rsplit", arguments),
        ["rstrip"] = (context, text, arguments) => Strip(context, text, "rstrip", arguments, start: false, end: true),
        ["split"] = (context, text, arguments) => Split(context, text, "split", arguments),
        ["splitlines"] = SplitLines,
        ["startswith"] = (context, text, arguments) => Affixed(context, text, "startswith", arguments, atEnd: false),
        ["strip"] = (context, text, arguments) => Strip(context, text, "strip", arguments, start: true, end: true),
        ["title"] = (context, text, arguments) => TextCases.Title(context, Bare("title", text, arguments)),
        ["upper"] = (context, text, arguments) => TextCases.Upper(context, Bare("upper", text, arguments)),
        ["zfill"] = Zfill,
    }.ToFrozenDictionary();

    /// <summary>Returns a method by name; null if strings have none.</summary>
    public static Value? Find(RenderContext context, TextValue text, string name)
    {
        if (s_missing.Contains(name) || (text.IsSafe && name is "escape" or "unescape" or "striptags"))
        {
            throw TemplateFault.Unsupported($"The method '{name}' of 'str' is not supported.");
        }

        return !s_methods.TryGetValue(name, out Func<RenderContext, TextValue, Arguments, Value>? method) ? null
            : text.IsSafe ? throw TemplateFault.Unsupported("Methods of a text after the filter 'safe' or 'escape' are not supported.")
            : new CallableValue(name, "builtin_function_or_method", arguments => method(context, text, arguments));
    }

    /// <summary>Returns whether there are letters with a case and all of them are lower case.</summary>
    public static bool IsLower(RenderContext context, TextValue text) =>
        IsCase(context, text, CaseMapping.IsLower, code => CaseMapping.IsCased(code) && !CaseMapping.IsLower(code));

    /// <summary>Returns whether there are letters with a case and all of them are upper case.</summary>
    public static bool IsUpper(RenderContext context, TextValue text) =>
        IsCase(context, text, CaseMapping.IsUpper, code => CaseMapping.IsCased(code) && !CaseMapping.IsUpper(code));

    /// <summary>Pads a text with spaces or another character.</summary>
    public static TextValue Pad(RenderContext context, TextValue text, BigInteger width, TextValue fill, string method)
    {
        int length = Sequences.Length(context, text);
        long padding = (long)BigInteger.Max(0, BigInteger.Min(width, 100_000_000) - length);

        // Odd padding is divided as in CPython.
        long left = method switch
        {
            "ljust" => 0,
            "rjust" => padding,
            _ => (padding / 2) + (padding & (long)BigInteger.Min(width, 100_000_000) & 1),
        };
        return context
            .Builder()
            .Append(TextSearch.Repeat(context, fill, left))
            .Append(text)
            .Append(TextSearch.Repeat(context, fill, padding - left))
            .ToText();
    }

    public static long Limit(Value? value) =>
        value is null ? -1
        : Numbers.Integer(value) is BigInteger limit ? (long)BigInteger.Max(-1, BigInteger.Min(limit, int.MaxValue))
        : throw TemplateFault.Runtime($"'{value.TypeName}' object cannot be interpreted as an integer");

    private static TextValue Bare(string name, TextValue text, Arguments arguments)
    {
        arguments.Bind(name, 0);
        return text;
    }

    private static TextValue Text(Value? value, string name) =>
        value as TextValue ?? throw TemplateFault.Runtime($"{name} takes a text, not '{value?.TypeName}'");

    private static TextValue? TextOrNone(Value? value, string name) => value is null or NoneValue ? null : Text(value, name);

    private static TextValue Casefold(RenderContext context, TextValue text) =>
        System.Text.Ascii.IsValid(context.Characters(text))
            ? TextCases.Lower(context, text)
            : throw TemplateFault.Unsupported("The method 'casefold' takes ASCII only.");

    private static TextValue Strip(RenderContext context, TextValue text, string name, Arguments arguments, bool start, bool end) =>
        TextSearch.Strip(context, text, TextOrNone(arguments.Bind(name, 0, "/chars")[0], name), start, end);

    private static ListValue Split(RenderContext context, TextValue text, string name, Arguments arguments)
    {
        Value?[] bound = arguments.Bind(name, 0, "sep", "maxsplit");
        TextValue? separator = TextOrNone(bound[0], name);
        return context.List(
            name == "split"
                ? TextSearch.Split(context, text, separator, Limit(bound[1]))
                : TextSearch.SplitFromEnd(context, text, separator, Limit(bound[1]))
        );
    }

    private static ListValue SplitLines(RenderContext context, TextValue text, Arguments arguments)
    {
        Value? keep = arguments.Bind("splitlines", 0, "keepends")[0];
        return context.List(TextSearch.SplitLines(context, text, keep is not null && Sequences.IsTrue(context, keep)));
    }

    private static TextValue Replace(RenderContext context, TextValue text, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("replace", 2, "/old", "/new", "/count");
        return TextSearch.Replace(context, text, Text(bound[0], "replace"), Text(bound[1], "replace"), Limit(bound[2]));
    }

    private static TextValue Join(RenderContext context, TextValue text, Arguments arguments)
    {
        Value parts = arguments.Bind("join", 1, "/iterable")[0]!;
        return TextSearch.Join(context, text, Sequences.Iterate(context, parts).Select(part => Text(part, "join")));
    }

    private static TextValue Justify(RenderContext context, TextValue text, string name, Arguments arguments)
    {
        Value?[] bound = arguments.Bind(name, 1, "/width", "/fillchar");
        BigInteger width = Numbers.Integer(bound[0]!) ?? throw TemplateFault.Runtime($"{name} takes an integer");
        TextValue fill = bound[1] is null ? new TextValue(" ") : Text(bound[1], name);
        return Sequences.Length(context, fill) == 1
            ? Pad(context, text, width, fill, name)
            : throw TemplateFault.Runtime("The fill character must be exactly one character long");
    }

    private static TextValue Zfill(RenderContext context, TextValue text, Arguments arguments)
    {
        BigInteger width =
            Numbers.Integer(arguments.Bind("zfill", 1, "/width")[0]!) ?? throw TemplateFault.Runtime("zfill takes an integer");
        int sign = context.Characters(text).StartsWith('+') || context.Characters(text).StartsWith('-') ? 1 : 0;
        TextValue digits = text.Slice(sign, text.Length - sign, context.Budget);
        TextValue padded = Pad(context, digits, width - sign, new TextValue("0"), "rjust");
        return TextValue.Concatenate(text.Slice(0, sign, context.Budget), padded, context.Budget);
    }

    private static TupleValue Partition(RenderContext context, TextValue text, string name, Arguments arguments, bool last)
    {
        TextValue separator = Text(arguments.Bind(name, 1, "/sep")[0], name);
        if (separator.Length == 0)
        {
            throw TemplateFault.Runtime("empty separator");
        }

        int at = last ? TextSearch.FindLast(context, text, separator, text.Length) : TextSearch.Find(context, text, separator, 0);
        int after = at + separator.Length;
        return at >= 0 ? context.Tuple(text.Slice(0, at, context.Budget), separator, text.Slice(after, text.Length - after, context.Budget))
            : last ? context.Tuple(TextValue.Empty, TextValue.Empty, text)
            : context.Tuple(text, TextValue.Empty, TextValue.Empty);
    }

    private static TextValue Remove(RenderContext context, TextValue text, string name, Arguments arguments, bool atEnd)
    {
        TextValue affix = Text(arguments.Bind(name, 1, "/affix")[0], name);
        int rest = text.Length - affix.Length;
        return affix.Length == 0 || !HasAffix(context, text, affix, atEnd)
            ? text
            : text.Slice(atEnd ? 0 : affix.Length, rest, context.Budget);
    }

    private static BoolValue Affixed(RenderContext context, TextValue text, string name, Arguments arguments, bool atEnd)
    {
        Value?[] bound = arguments.Bind(name, 1, "/affix", "/start", "/end");
        bool isCut = bound[1] is not null || bound[2] is not null;
        if (bound[1] is Value start && Numbers.Integer(start) > Sequences.Length(context, text))
        {
            return BoolValue.False;
        }

        TextValue part = isCut ? (TextValue)Attributes.Slice(context, text, bound[1], bound[2], null) : text;
        IEnumerable<Value> affixes = bound[0] is TupleValue tuple ? tuple.Items : [bound[0]!];
        return BoolValue.Of(affixes.Any(affix => HasAffix(context, part, Text(affix, name), atEnd)));
    }

    private static bool HasAffix(RenderContext context, TextValue text, TextValue affix, bool atEnd)
    {
        context.Budget.Read(affix.Length);
        string characters = context.Characters(text);
        return atEnd
            ? characters.EndsWith(context.Characters(affix), StringComparison.Ordinal)
            : characters.StartsWith(context.Characters(affix), StringComparison.Ordinal);
    }

    private static int Find(RenderContext context, TextValue text, string name, Arguments arguments, bool last)
    {
        Value?[] bound = arguments.Bind(name, 1, "/sub", "/start", "/end");
        TextValue wanted = Text(bound[0], name);
        int length = Sequences.Length(context, text);
        BigInteger start = bound[1] is null or NoneValue
            ? 0
            : Numbers.Integer(bound[1]!) ?? throw TemplateFault.Runtime($"{name} takes integers");
        if (start > length)
        {
            return -1;
        }

        TextValue part = (TextValue)Attributes.Slice(context, text, bound[1], bound[2], null);
        int at = last ? TextSearch.FindLast(context, part, wanted, part.Length) : TextSearch.Find(context, part, wanted, 0);
        int skipped = (int)BigInteger.Max(0, start.Sign < 0 ? start + length : start);
        return at < 0 ? -1 : skipped + CodePoints.Count(context.Characters(part)[..at]);
    }

    private static IntValue Index(int found) => found < 0 ? throw TemplateFault.Runtime("substring not found") : new IntValue(found);

    private static IntValue Count(RenderContext context, TextValue text, Arguments arguments)
    {
        Value?[] bound = arguments.Bind("count", 1, "/sub", "/start", "/end");
        TextValue wanted = Text(bound[0], "count");
        if (bound[1] is Value start && Numbers.Integer(start) > Sequences.Length(context, text))
        {
            return new IntValue(0);
        }

        TextValue part = (TextValue)Attributes.Slice(context, text, bound[1], bound[2], null);
        if (wanted.Length == 0)
        {
            return new IntValue(Sequences.Length(context, part) + 1);
        }

        int count = 0;
        for (int at = 0; (at = TextSearch.Find(context, part, wanted, at)) >= 0; at += wanted.Length)
        {
            count++;
        }

        return new IntValue(count);
    }

    private static BoolValue All(RenderContext context, string name, TextValue text, Arguments arguments, Func<int, bool> predicate)
    {
        string characters = context.Characters(Bare(name, text, arguments));
        context.Budget.Read(8L * characters.Length);
        for (int i = 0; i < characters.Length; i += CodePoints.LengthAt(characters, i))
        {
            if (!predicate(CodePoints.At(characters, i)))
            {
                return BoolValue.False;
            }
        }

        return BoolValue.Of(characters.Length > 0);
    }

    private static bool IsCase(RenderContext context, TextValue text, Func<int, bool> wanted, Func<int, bool> other)
    {
        string characters = context.Characters(text);
        context.Budget.Read(8L * characters.Length);
        bool any = false;
        for (int i = 0; i < characters.Length; i += CodePoints.LengthAt(characters, i))
        {
            int code = CodePoints.At(characters, i);
            if (other(code))
            {
                return false;
            }

            any |= wanted(code);
        }

        return any;
    }

    private static bool IsTitle(RenderContext context, TextValue text)
    {
        string characters = context.Characters(text);
        context.Budget.Read(8L * characters.Length);
        bool any = false;
        bool inWord = false;
        for (int i = 0; i < characters.Length; i += CodePoints.LengthAt(characters, i))
        {
            int code = CodePoints.At(characters, i);
            bool isCased = CaseMapping.IsCased(code);
            if (isCased && CaseMapping.IsLower(code) != inWord)
            {
                return false;
            }

            any |= isCased;
            inWord = isCased;
        }

        return any;
    }

    private static bool IsAlpha(int code) =>
        CodePoints.Category(code)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter;

    private static bool IsNumeric(int code) =>
        CharUnicodeInfo.GetNumericValue(CodePoints.Text(code), 0) >= 0 || CodePoints.Category(code) == UnicodeCategory.DecimalDigitNumber;

    private static bool Digit(int code, Func<string, int, int> value) => value(CodePoints.Text(code), 0) >= 0;
}
