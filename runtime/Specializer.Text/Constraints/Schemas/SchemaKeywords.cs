using System.Collections.Frozen;
using System.Collections.Generic;

namespace Specializer.Text.Constraints;

/// <summary>The keywords of JSON Schema: what they restrict, and which have no effect.</summary>
internal static class SchemaKeywords
{
    // Draft 2020-12, "A Vocabulary for Basic Meta-Data Annotations", and identifiers.
    private static readonly FrozenSet<string> s_annotations = FrozenSet.Create(
        "$schema",
        "$id",
        "$anchor",
        "$comment",
        "$defs",
        "definitions",
        "$vocabulary",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly"
    );

    private static readonly FrozenSet<string> s_combining = FrozenSet.Create("$ref", "type", "const", "enum", "allOf", "anyOf", "oneOf");

    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>
    {
        ["properties"] = "object",
        ["required"] = "object",
        ["additionalProperties"] = "object",
        ["minProperties"] = "object",
        ["maxProperties"] = "object",
        ["items"] = "array",
        ["prefixItems"] = "array",
        ["additionalItems"] = "array",
        ["minItems"] = "array",
        ["maxItems"] = "array",
        ["uniqueItems"] = "array",
        ["minLength"] = "string",
        ["maxLength"] = "string",
        ["pattern"] = "string",
        ["format"] = "string",
        ["minimum"] = "number",
        ["maximum"] = "number",
        ["exclusiveMinimum"] = "number",
        ["exclusiveMaximum"] = "number",
        ["multipleOf"] = "number",
    }.ToFrozenDictionary();

    /// <summary>Whether a keyword restricts nothing.</summary>
    public static bool IsAnnotation(string keyword) => s_annotations.Contains(keyword);

    /// <summary>Returns the type that a keyword restricts, or null.</summary>
    public static string? TypeOf(string keyword) => s_types.GetValueOrDefault(keyword);

    /// <summary>Refuses keywords that are not supported.</summary>
    public static void Check(in Schema schema)
    {
        foreach (string keyword in schema.Keywords)
        {
            if (!s_annotations.Contains(keyword) && !s_combining.Contains(keyword) && !s_types.ContainsKey(keyword))
            {
                throw schema.At(keyword).Error($"has the keyword '{keyword}', which is not supported; remove it or express it otherwise");
            }
        }
    }
}
