using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>Reads schemas of arrays.</summary>
internal sealed class ArrayReader(JsonSchemaReader values, JsonGrammar grammar)
{
    public Expression Read(Schema schema, int depth)
    {
        if (schema.Get("uniqueItems") is { } unique && !(unique.IsBoolean(out bool isUnique) && !isUnique))
        {
            throw unique.Error("has 'uniqueItems', which is not supported");
        }

        // In drafts before 2020-12 a list of items is what prefixItems is now, and additionalItems what items is.
        bool isOld = schema.Get("items")?.Node is JsonArray;
        Schema? prefix = isOld ? schema.Get("items") : schema.Get("prefixItems"),
            others = isOld ? schema.Get("additionalItems") : schema.Get("items");
        if (!isOld && schema.Get("additionalItems") is { } additional)
        {
            throw additional.Error("has 'additionalItems' without a list of items");
        }

        int minimum = schema.Get("minItems")?.Count() ?? 0,
            maximum = schema.Get("maxItems")?.Count() ?? -1;
        if (maximum >= 0 && minimum > maximum)
        {
            return new Expression.Choice([]);
        }

        List<Expression> first = [.. prefix?.Items().Select(item => values.ReadValue(item, depth + 1)) ?? []];
        Expression? item =
            others is not { } rest ? grammar.AnyValue
            : rest.IsBoolean(out bool allowsAll) && !allowsAll ? null
            : values.ReadValue(rest, depth + 1);
        item = item is null ? null : JsonGrammar.Shared(item);
        var options = new List<Expression>();
        if (minimum == 0)
        {
            options.Add(grammar.Bracketed("[", null, "]"));
        }

        if (maximum != 0 && (first.Count > 0 || item is not null))
        {
            options.Add(grammar.Bracketed("[", Items(first, item, Math.Max(1, minimum), maximum), "]"));
        }

        return new Expression.Choice(options);
    }

    // At least one item. Items after the minimum are optional.
    private Expression Items(List<Expression> first, Expression? item, int minimum, int maximum)
    {
        int count = first.Count;
        if (count == 0)
        {
            return grammar.Separated(item!, minimum, maximum);
        }

        Expression rest =
            item is null || maximum >= 0 && maximum <= count
                ? (minimum > count ? new Expression.Choice([]) : Expression.Empty)
                : Expression.Many(Expression.Concat(grammar.Comma, item), Math.Max(0, minimum - count), maximum < 0 ? -1 : maximum - count);
        for (int i = count - 1; i > 0; i--)
        {
            if (maximum >= 0 && maximum <= i)
            {
                rest = Expression.Empty;
                continue;
            }

            rest = Expression.Concat(grammar.Comma, first[i], rest);
            rest = i >= minimum ? Expression.Optional(rest) : rest;
        }

        return Expression.Concat(first[0], rest);
    }
}
