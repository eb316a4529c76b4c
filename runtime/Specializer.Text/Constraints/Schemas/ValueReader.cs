using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>Reads schemas of constants, numbers and strings.</summary>
internal static class ValueReader
{
    /// <summary>Returns the values of enum and const.</summary>
    public static Expression ReadFixed(Schema schema)
    {
        foreach (string keyword in schema.Keywords)
        {
            if (keyword is not ("const" or "enum" or "type") && !SchemaKeywords.IsAnnotation(keyword))
            {
                throw schema
                    .At(keyword)
                    .Error($"has '{keyword}' beside fixed values, which is not supported; leave out the values that it forbids");
            }
        }

        IEnumerable<JsonNode?> values = schema.Get("enum") is { } list
            ? list.Items().Select(static item => item.Node)
            : [schema.Get("const")!.Value.Node];
        if (schema.Get("const") is { } constant)
        {
            values = values.Where(value => JsonNode.DeepEquals(value, constant.Node));
        }

        if (schema.Get("type") is not null)
        {
            IReadOnlyList<string> types = schema.Types();
            values = values.Where(value => types.Any(type => HasType(value, type)));
        }

        return new Expression.Choice([.. values.Select(static value => Expression.Of(TextOf(value)))]);
    }

    /// <summary>Returns the numbers of a schema.</summary>
    public static Expression ReadNumber(Schema schema, bool isInteger)
    {
        if (schema.Get("multipleOf") is { } factor && !(isInteger && factor.Number() == 1))
        {
            throw factor.Error("has 'multipleOf', which is not supported");
        }

        NumberBound? low = Bound(schema, "minimum", "exclusiveMinimum", sign: 1),
            high = Bound(schema, "maximum", "exclusiveMaximum", sign: -1);
        if (low is null && high is null)
        {
            return isInteger ? JsonGrammar.AnyInteger : JsonGrammar.AnyNumber;
        }

        return (isInteger ? NumberRange.Integers(low, high) : NumberRange.Numbers(low, high)) ?? new Expression.Choice([]);
    }

    /// <summary>Returns the strings of a schema.</summary>
    public static Expression ReadString(Schema schema, JsonGrammar grammar)
    {
        int minimum = schema.Get("minLength")?.Count() ?? 0,
            maximum = schema.Get("maxLength")?.Count() ?? -1;
        LengthLimits? limits = minimum > 0 || maximum >= 0 ? new LengthLimits(minimum, maximum) : null;
        if (maximum >= 0 && minimum > maximum)
        {
            return new Expression.Choice([]);
        }

        if (schema.Get("format") is { } format)
        {
            if (schema.Get("pattern") is not null || limits is not null)
            {
                throw format.Error("has 'format' beside 'pattern' or a length, which is not supported");
            }

            string pattern =
                StringFormats.PatternOf(format.Text())
                ?? throw format.Error(
                    $"has the format '{format.Text()}', which is not supported; supported: {string.Join(", ", StringFormats.Names)}"
                );
            return Quoted(JsonText.Escape(RegularExpression.Parse(pattern, isWholeText: true)));
        }

        if (schema.Get("pattern") is not { } expression)
        {
            return grammar.String(limits);
        }

        try
        {
            Expression body = RegularExpression.Parse(expression.Text(), isWholeText: false);
            return Quoted(limits is null ? JsonText.Escape(body) : new Expression.Limited(body, limits));
        }
        catch (ConstraintException exception) when (exception.Place is null)
        {
            throw new ConstraintException(expression.Place, exception.Message);
        }
    }

    private static Expression Quoted(Expression content) => Expression.Concat(Expression.Of("\""u8), content, Expression.Of("\""u8));

    // The narrower of an inclusive and an exclusive bound.
    private static NumberBound? Bound(Schema schema, string inclusive, string exclusive, int sign)
    {
        NumberBound? first = schema.Get(inclusive) is { } included ? new NumberBound(included.Number(), true) : null,
            second = schema.Get(exclusive) is { } excluded ? new NumberBound(excluded.Number(), false) : null;
        return first is null || second is { } s && sign * s.Value >= sign * first.Value.Value ? second : first;
    }

    private static bool HasType(JsonNode? value, string type) =>
        value?.GetValueKind() switch
        {
            null => type == "null",
            JsonValueKind.String => type == "string",
            JsonValueKind.Number => type == "number"
                || type == "integer"
                    && value.GetValue<JsonElement>().TryGetDecimal(out decimal number)
                    && number == decimal.Truncate(number),
            JsonValueKind.Array => type == "array",
            JsonValueKind.Object => type == "object",
            _ => type == "boolean",
        };

    private static byte[] TextOf(JsonNode? value)
    {
        using JsonDocument document = JsonDocument.Parse(value?.ToJsonString() ?? "null");
        return JsonText.Compact(document.RootElement);
    }
}
