using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Specializer.Text.Constraints;

/// <summary>Finds the parts of a schema that $ref refers to: JSON pointers (RFC 6901) and anchors within the schema.</summary>
internal sealed class SchemaReferences
{
    private readonly JsonNode? _root;
    private readonly Dictionary<string, Schema> _anchors = [];

    public SchemaReferences(JsonNode? root)
    {
        _root = root;
        FindAnchors(new Schema(root, "#"));
    }

    /// <summary>Returns the schema that a reference names.</summary>
    /// <param name="reference">The reference, such as <c>#/$defs/name</c>.</param>
    /// <param name="place">The location of the reference.</param>
    public Schema Resolve(string reference, string place)
    {
        if (!reference.StartsWith('#'))
        {
            throw new ConstraintException(place, $"the reference '{reference}' leads out of the schema; expected one that begins with '#'");
        }

        string pointer = Uri.UnescapeDataString(reference[1..]);
        if (pointer.Length > 0 && pointer[0] != '/')
        {
            return _anchors.TryGetValue(pointer, out Schema schema) ? schema : throw Missing(reference, place);
        }

        JsonNode? node = _root;
        foreach (string step in pointer.Length == 0 ? [] : pointer[1..].Split('/'))
        {
            string name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject members when members.TryGetPropertyValue(name, out JsonNode? member) => member,
                JsonArray items
                    when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < items.Count => items[
                    index
                ],
                _ => throw Missing(reference, place),
            };
        }

        return new Schema(node, "#" + pointer);
    }

    private static ConstraintException Missing(string reference, string place) =>
        new(place, $"the reference '{reference}' leads to nothing in the schema");

    private void FindAnchors(Schema schema)
    {
        switch (schema.Node)
        {
            case JsonObject members:
                if (members["$anchor"] is JsonValue anchor && anchor.TryGetValue(out string? name))
                {
                    _anchors[name] = schema;
                }

                foreach ((_, Schema member) in schema.Members())
                {
                    FindAnchors(member);
                }

                break;
            case JsonArray:
                foreach (Schema item in schema.Items())
                {
                    FindAnchors(item);
                }

                break;
            default:
                break;
        }
    }
}
