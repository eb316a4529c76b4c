using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>A part of a schema and its location, a JSON pointer.</summary>
internal readonly struct Schema(JsonNode? node, string place)
{
    public JsonNode? Node { get; } = node;

    public string Place { get; } = place;

    /// <summary>The keywords; none for true.</summary>
    public IEnumerable<string> Keywords => (Node as JsonObject)?.Select(static pair => pair.Key) ?? [];

    /// <summary>Whether there is a keyword that restricts the values.</summary>
    public bool HasConstraints => !IsBoolean(out _) && Keywords.Any(static keyword => !SchemaKeywords.IsAnnotation(keyword));

    /// <summary>Whether the schema allows everything or nothing. A schema without constraints allows everything.</summary>
    public bool IsBoolean(out bool allowsAll)
    {
        allowsAll = true;
        switch (Node)
        {
            case JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                allowsAll = value.GetValueKind() == JsonValueKind.True;
                return true;
            case JsonObject keywords:
                return keywords.All(static pair => SchemaKeywords.IsAnnotation(pair.Key));
            default:
                throw Error($"is {Describe(Node)}; expected an object, true or false");
        }
    }

    /// <summary>Returns the value of a keyword, or null if there is none.</summary>
    public Schema? Get(string keyword) =>
        Node is JsonObject keywords && keywords.TryGetPropertyValue(keyword, out JsonNode? value)
            ? new Schema(value, $"{Place}/{Escape(keyword)}")
            : null;

    /// <summary>Returns the place of a keyword for a message.</summary>
    public Schema At(string keyword) => Get(keyword) ?? this;

    /// <summary>Returns the schema without a keyword.</summary>
    public Schema Without(string keyword)
    {
        var rest = (JsonObject)Node!.DeepClone();
        rest.Remove(keyword);
        return new Schema(rest, Place);
    }

    /// <summary>The elements of a list.</summary>
    public IEnumerable<Schema> Items()
    {
        if (Node is not JsonArray list)
        {
            throw Error($"is {Describe(Node)}; expected a list");
        }

        string place = Place;
        return list.Select((item, index) => new Schema(item, FormattableString.Invariant($"{place}/{index}")));
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, Schema Schema)> Members()
    {
        if (Node is not JsonObject members)
        {
            throw Error($"is {Describe(Node)}; expected an object");
        }

        string place = Place;
        return members.Select(member => (member.Key, new Schema(member.Value, $"{place}/{Escape(member.Key)}")));
    }

    public string Text() =>
        Node is JsonValue value && value.TryGetValue(out string? text) ? text : throw Error($"is {Describe(Node)}; expected a string");

    /// <summary>Returns a number that is at least zero.</summary>
    public int Count()
    {
        decimal value = Number();
        return value >= 0 && value == decimal.Truncate(value)
            ? (int)Math.Min(value, 1_000_000_000)
            : throw Error($"is {Describe(Node)}; expected a whole number of at least 0");
    }

    public decimal Number() =>
        Node is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && value.GetValue<JsonElement>().TryGetDecimal(out decimal number)
            ? number
            : throw Error($"is {Describe(Node)}; expected a number of at most 28 digits");

    /// <summary>The types of the values: as declared, as the keywords imply, or all.</summary>
    public IReadOnlyList<string> Types()
    {
        if (Get("type") is { } type)
        {
            return type.Node is JsonArray ? [.. type.Items().Select(static item => item.Text()).Distinct()] : [type.Text()];
        }

        string[] implied = [.. Keywords.Select(SchemaKeywords.TypeOf).Where(static type => type is not null).Distinct()!];
        return implied.Length > 0 ? implied : ["null", "boolean", "number", "string", "array", "object"];
    }

    public ConstraintException Error(string problem) => new(Place, $"the schema {problem}");

    /// <summary>Returns a value for a message.</summary>
    public static string Describe(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
