using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>Combines two schemas into one that allows what both allow.</summary>
internal static class SchemaMerging
{
    /// <summary>Returns the combination of two schemas; keywords that cannot be combined are refused.</summary>
    public static Schema Merge(Schema first, Schema second)
    {
        if (first.IsBoolean(out bool allowsAll))
        {
            return allowsAll ? second : first;
        }

        if (second.IsBoolean(out allowsAll))
        {
            return allowsAll ? first : second;
        }

        CheckClosed(first, second);
        CheckClosed(second, first);
        var result = (JsonObject)first.Node!.DeepClone();
        foreach ((string keyword, Schema value) in second.Members())
        {
            if (SchemaKeywords.IsAnnotation(keyword))
            {
                continue;
            }

            result[keyword] = result.TryGetPropertyValue(keyword, out JsonNode? present)
                ? Merge(keyword, present, value)
                : value.Node?.DeepClone();
        }

        return new Schema(result, second.Place);
    }

    private static JsonNode? Merge(string keyword, JsonNode? first, Schema second)
    {
        if (JsonNode.DeepEquals(first, second.Node))
        {
            return first?.DeepClone();
        }

        switch (keyword)
        {
            case "minimum" or "exclusiveMinimum" or "minLength" or "minItems":
                return Larger(first, second) ? first!.DeepClone() : second.Node!.DeepClone();
            case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems":
                return Larger(first, second) ? second.Node!.DeepClone() : first!.DeepClone();
            case "type":
                return Intersect(first is JsonArray ? first : new JsonArray(first?.DeepClone()), second, isType: true);
            case "enum":
                return Intersect(first!, second, isType: false);
            case "required" when first is JsonArray names && second.Node is JsonArray more:
                return new JsonArray([.. names.Concat(more).Select(static name => name?.DeepClone())]);
            case "properties" when first is JsonObject && second.Node is JsonObject:
                var properties = (JsonObject)first.DeepClone();
                foreach ((string name, Schema property) in second.Members())
                {
                    properties[name] = properties.TryGetPropertyValue(name, out JsonNode? present)
                        ? Both(present, property.Node)
                        : property.Node?.DeepClone();
                }

                return properties;
            case "items" or "additionalProperties" when first is not JsonArray && second.Node is not JsonArray:
                return Both(first, second.Node);
            case "allOf" when first is JsonArray parts && second.Node is JsonArray others:
                return new JsonArray([.. parts.Concat(others).Select(static part => part?.DeepClone())]);
            default:
                throw second.Error($"has two different values of '{keyword}', which cannot be combined");
        }
    }

    private static JsonObject Both(JsonNode? first, JsonNode? second) =>
        new() { ["allOf"] = new JsonArray(first?.DeepClone(), second?.DeepClone()) };

    private static bool Larger(JsonNode? first, Schema second) => new Schema(first, second.Place).Number() > second.Number();

    private static JsonArray Intersect(JsonNode first, Schema second, bool isType)
    {
        JsonNode?[] other = second.Node is JsonArray list ? [.. list] : [second.Node];
        JsonNode?[] common =
        [
            .. ((JsonArray)first)
                .Select(item =>
                    isType && IsText(item, "number") && other.Any(static o => IsText(o, "integer")) ? JsonValue.Create("integer") : item
                )
                .Where(item => other.Any(o => JsonNode.DeepEquals(item, o) || isType && IsText(item, "integer") && IsText(o, "number")))
                .Select(static item => item?.DeepClone()),
        ];
        return common.Length > 0
            ? new JsonArray(common)
            : throw second.Error($"is combined with {first.ToJsonString()}, with which it has nothing in common");
    }

    private static bool IsText(JsonNode? node, string text) =>
        node is JsonValue value && value.TryGetValue(out string? found) && found == text;

    // Properties of one schema that the other forbids or describes by additionalProperties.
    private static void CheckClosed(Schema first, Schema second)
    {
        if (
            first.Get("additionalProperties") is not { } closed
            || closed.IsBoolean(out bool allowsAll) && allowsAll
            || second.Get("properties") is not { } properties
        )
        {
            return;
        }

        foreach ((string name, Schema property) in properties.Members())
        {
            if (first.Get("properties")?.Get(name) is null)
            {
                throw property.Error($"is combined with an object whose additionalProperties apply to '{name}', which is not supported");
            }
        }
    }
}
