using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>Texts inside JSON strings, whose quotes, backslashes and control characters are escaped.</summary>
internal static class JsonText
{
    private static readonly ScalarSet s_control = ScalarSet.Range(0, 0x1F);

    // Scalars that a string contains without an escape; DEL is one of them.
    public static ScalarSet Plain { get; } = s_control.Union(ScalarSet.Of('"')).Union(ScalarSet.Of('\\')).Negate();

    private static readonly Dictionary<int, string> s_short = new()
    {
        ['"'] = "\\\"",
        ['\\'] = "\\\\",
        ['\b'] = "\\b",
        ['\f'] = "\\f",
        ['\n'] = "\\n",
        ['\r'] = "\\r",
        ['\t'] = "\\t",
    };

    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One scalar in any of its forms: unescaped, with a short escape, or as \u with the units of UTF-16.</summary>
    public static Expression AnyScalar { get; } = CreateAnyScalar();

    /// <summary>Returns the texts of an expression, escaped for a string, each scalar in its shortest form.</summary>
    public static Expression Escape(Expression expression) =>
        expression switch
        {
            Expression.Set set => Escape(set.Scalars),
            Expression.Sequence sequence => new Expression.Sequence([.. sequence.Parts.Select(Escape)]),
            Expression.Choice choice => new Expression.Choice([.. choice.Options.Select(Escape)]),
            Expression.Repeat repeat => new Expression.Repeat(Escape(repeat.Body), repeat.Minimum, repeat.Maximum),
            _ => throw new InvalidDataException($"{expression.GetType().Name} in a pattern"),
        };

    /// <summary>Returns one scalar of a set, escaped for a string.</summary>
    public static Expression Escape(ScalarSet set)
    {
        var options = new List<Expression>();
        ScalarSet plain = set.Intersect(Plain);
        if (!plain.IsEmpty)
        {
            options.Add(Expression.Of(plain));
        }

        for (int scalar = 0; scalar <= '\\'; scalar++)
        {
            if (!Plain.Contains(scalar) && set.Contains(scalar))
            {
                options.Add(
                    Expression.Of(
                        s_short.TryGetValue(scalar, out string? text)
                            ? text
                            : string.Create(CultureInfo.InvariantCulture, $"\\u{scalar:x4}")
                    )
                );
            }
        }

        return new Expression.Choice(options);
    }

    /// <summary>Returns a value as JSON without white space; characters beyond ASCII are not escaped.</summary>
    public static byte[] Compact(JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_compact))
        {
            value.WriteTo(writer);
        }

        return stream.ToArray();
    }

    /// <summary>Returns a string as JSON with its quotes.</summary>
    public static byte[] Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Plain.Contains(rune.Value))
            {
                result.Append(rune.ToString());
            }
            else
            {
                result.Append(s_short.GetValueOrDefault(rune.Value) ?? string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
            }
        }

        return Encoding.UTF8.GetBytes(result.Append('"').ToString());
    }

    private static Expression CreateAnyScalar()
    {
        Expression hex = Hex("0-9", "a-f", "A-F");
        Expression unit = Expression.Any(
            Expression.Concat(Hex("0-9", "a-c", "A-C", "e-f", "E-F"), hex, hex, hex),
            Expression.Concat(Hex("d-d", "D-D"), Hex("0-7"), hex, hex),
            // A pair of surrogates is one scalar; one half alone is not allowed.
            Expression.Concat(
                Hex("d-d", "D-D"),
                Hex("8-9", "a-b", "A-B"),
                hex,
                hex,
                Expression.Of("\\u"u8),
                Hex("d-d", "D-D"),
                Hex("c-f", "C-F"),
                hex,
                hex
            )
        );
        Expression escaped = Expression.Any(
            Expression.Of("\"\\/bfnrt".Aggregate(ScalarSet.Empty, static (set, c) => set.Union(ScalarSet.Of(c)))),
            Expression.Concat(Expression.Of("u"u8), unit)
        );
        return Expression.Any(Expression.Of(Plain), Expression.Concat(Expression.Of("\\"u8), escaped));
    }

    private static Expression Hex(params string[] ranges) =>
        Expression.Of(ranges.Aggregate(ScalarSet.Empty, static (set, range) => set.Union(ScalarSet.Range(range[0], range[2]))));
}
