using System.Collections.Generic;

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

/// <summary>A value of a JSON document and where it stands in the text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Its length in characters.</param>
internal sealed record JsonValue(JsonKind Kind, int Start, int Length)
{
    public bool Boolean { get; init; }

    public double Number { get; init; }

    public string Text { get; init; } = "";

    public IReadOnlyList<JsonValue> Items { get; init; } = [];

    public IReadOnlyDictionary<string, JsonValue> Members { get; init; } = new Dictionary<string, JsonValue>();
}
