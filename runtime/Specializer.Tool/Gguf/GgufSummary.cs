using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace Specializer.Tool;

/// <summary>The header of a GGUF file as JSON: its metadata without the tokenizer and long arrays, and its tensor table.</summary>
internal static class GgufSummary
{
    private const int LongestArray = 256,
        LongestText = 1000;

    public static JsonObject Of(GgufParts parts)
    {
        var metadata = new JsonObject();
        foreach ((string key, GgufValue value) in parts.Files[0].Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!key.StartsWith("tokenizer.", StringComparison.Ordinal) && Node(value) is { } node)
            {
                metadata[key] = node;
            }
        }

        var tensors = new JsonObject();
        foreach (GgufTensor tensor in parts.Files.SelectMany(static file => file.Tensors))
        {
            tensors[tensor.Name] = new JsonArray([
                (JsonNode)tensor.TypeName,
                .. tensor.Shape.ToArray().Select(static extent => (JsonNode)extent),
            ]);
        }

        return new JsonObject { ["metadata"] = metadata, ["tensors"] = tensors };
    }

    private static JsonNode? Node(GgufValue value) =>
        value.Type switch
        {
            GgufValueType.String => value.ToText() is { Length: <= LongestText } text ? text : null,
            GgufValueType.Boolean => value.ToFlag(),
            GgufValueType.Float32 => float.IsFinite((float)value.ToNumber()) ? (float)value.ToNumber() : null,
            GgufValueType.Float64 => double.IsFinite(value.ToNumber()) ? value.ToNumber() : null,
            GgufValueType.Array when value.Count > LongestArray => null,
            GgufValueType.Array when value.ItemType is GgufValueType.String or GgufValueType.Float32 or GgufValueType.Float64 => null,
            GgufValueType.Array => new JsonArray([
                .. Enumerable.Range(0, (int)value.Count).Select(index => (JsonNode)value.IntegerAt(index)),
            ]),
            GgufValueType.UInt64 => null,
            _ => value.ToInteger(),
        };
}
