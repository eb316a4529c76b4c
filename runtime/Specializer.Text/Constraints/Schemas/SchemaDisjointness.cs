using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>
/// Determines whether the schemas of oneOf are disjoint, so that a value of one is valid under no other. Only obvious reasons are found.
/// </summary>
internal static class SchemaDisjointness
{
    /// <summary>Refuses schemas that may have a value in common.</summary>
    public static void Check(Schema[] schemas, Schema place)
    {
        for (int i = 0; i < schemas.Length; i++)
        {
            for (int k = i + 1; k < schemas.Length; k++)
            {
                if (!AreDisjoint(schemas[i], schemas[k]))
                {
                    throw place.Error(
                        FormattableString.Invariant(
                            $"has the parts {i} and {k}, which may both allow a value; use anyOf, other types, or a required property with different constants"
                        )
                    );
                }
            }
        }
    }

    private static bool AreDisjoint(Schema first, Schema second)
    {
        if (first.IsBoolean(out bool all) || second.IsBoolean(out all))
        {
            return first.IsBoolean(out all) && !all || second.IsBoolean(out all) && !all;
        }

        if (Values(first) is { } values && Values(second) is { } others)
        {
            return !values.Any(value => others.Any(other => JsonNode.DeepEquals(value, other)));
        }

        string[] types = Types(first),
            otherTypes = Types(second);
        if (types.Length > 0 && otherTypes.Length > 0 && !types.Intersect(otherTypes).Any())
        {
            return true;
        }

        // Objects that differ in a required constant. Every value of both must be an object.
        if (types is not ["object"] || otherTypes is not ["object"])
        {
            return false;
        }

        return Required(first)
            .Intersect(Required(second))
            .Any(name =>
                first.Get("properties")?.Get(name) is { } property
                && second.Get("properties")?.Get(name) is { } other
                && Values(property) is { } constants
                && Values(other) is { } otherConstants
                && !constants.Any(value => otherConstants.Any(o => JsonNode.DeepEquals(value, o)))
            );
    }

    private static IReadOnlyList<JsonNode?>? Values(Schema schema) =>
        schema.Get("const") is { } constant ? [constant.Node]
        : schema.Get("enum")?.Node is JsonArray values ? [.. values]
        : null;

    // Integers are numbers.
    private static string[] Types(Schema schema) =>
        Values(schema) is { } values ? [.. values.Select(KindOf).Distinct()]
        : schema.Get("type") is null && !schema.Keywords.Any(static keyword => SchemaKeywords.TypeOf(keyword) is not null) ? []
        : [.. schema.Types().Select(static type => type == "integer" ? "number" : type).Distinct()];

    private static string KindOf(JsonNode? value) =>
        value?.GetValueKind() switch
        {
            null => "null",
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Number => "number",
            System.Text.Json.JsonValueKind.Array => "array",
            System.Text.Json.JsonValueKind.Object => "object",
            _ => "boolean",
        };

    private static IEnumerable<string> Required(Schema schema) =>
        schema.Get("required") is { } required ? required.Items().Select(static item => item.Text()) : [];
}
