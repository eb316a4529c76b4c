using System.Collections.Generic;
using System.Globalization;

namespace Specializer.Generator.Parsing.Configuration;

internal enum JsonKind
{
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
}

/// <summary>A value of a JSON document and its position in the text.</summary>
/// <param name="Kind">The kind of the value.</param>
/// <param name="Start">The position of its first character.</param>
/// <param name="Length">The length in characters.</param>
internal sealed record JsonValue(JsonKind Kind, int Start, int Length)
{
    private static readonly IReadOnlyDictionary<string, JsonValue> s_noMembers = new Dictionary<string, JsonValue>();

    public bool Boolean { get; init; }

    public double Number { get; init; }

    public string Text { get; init; } = "";

    public IReadOnlyList<JsonValue> Items { get; init; } = [];

    public IReadOnlyDictionary<string, JsonValue> Members { get; init; } = s_noMembers;

    /// <summary>Returns the value as shown in a message.</summary>
    public string Describe() =>
        Kind switch
        {
            JsonKind.Number => Number.ToString("R", CultureInfo.InvariantCulture),
            JsonKind.Text => "\"" + (Text.Length > 80 ? Text.Substring(0, 80) + "..." : Text) + "\"",
            JsonKind.Boolean => Boolean ? "true" : "false",
            JsonKind.Array => "an array",
            JsonKind.Object => "an object",
            _ => "null",
        };

    /// <summary>Returns whether two values are equal, apart from their positions.</summary>
    public bool Says(JsonValue other)
    {
        if (
            Kind != other.Kind
            || Boolean != other.Boolean
            || !Number.Equals(other.Number)
            || Text != other.Text
            || Items.Count != other.Items.Count
            || Members.Count != other.Members.Count
        )
        {
            return false;
        }

        for (int i = 0; i < Items.Count; i++)
        {
            if (!Items[i].Says(other.Items[i]))
            {
                return false;
            }
        }

        foreach (KeyValuePair<string, JsonValue> member in Members)
        {
            if (!other.Members.TryGetValue(member.Key, out JsonValue? twin) || !member.Value.Says(twin))
            {
                return false;
            }
        }

        return true;
    }
}
