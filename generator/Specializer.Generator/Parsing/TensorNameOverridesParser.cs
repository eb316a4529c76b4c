using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>
/// Reads the parts of [TensorNames] that do not depend on a model: all of it if there is a config.json, otherwise the ignored
/// tensors.
/// </summary>
internal static class TensorNameOverridesParser
{
    private const string Layer = "{layer}";

    /// <summary>The names of tensors that a model has once.</summary>
    private static readonly string[] s_single =
    [
        "TokenEmbedding",
        "PositionEmbedding",
        "TokenTypeEmbedding",
        "EmbeddingNorm",
        "FinalNorm",
        "Logits",
    ];

    /// <summary>The names of tensors that every layer has.</summary>
    private static readonly string[] s_perLayer =
    [
        "AttentionNorm",
        "Query",
        "Key",
        "Value",
        "QueryKeyValue",
        "QueryNorm",
        "KeyNorm",
        "AttentionOutput",
        "AttentionOutputNorm",
        "CrossAttentionNorm",
        "CrossAttentionOutputNorm",
        "CrossQuery",
        "CrossKey",
        "CrossValue",
        "CrossKeyValue",
        "CrossOutput",
        "GlobalQuery",
        "GlobalKey",
        "GlobalValue",
        "FeedForwardNorm",
        "Gate",
        "Up",
        "GateUp",
        "Down",
        "FeedForwardOutputNorm",
    ];

    private static readonly string[] s_suffixes = ["WeightSuffix", "BiasSuffix", "NormWeightSuffix", "NormBiasSuffix"];

    /// <summary>All arguments of the attribute.</summary>
    public static string[] Arguments { get; } =
    [.. s_single, .. s_perLayer, .. s_suffixes, "QueryKeyValueStorage", "InputsFirst", "Ignored"];

    /// <returns>The names; null if the attribute is not present or is empty.</returns>
    public static TensorNameOverrides? Parse(AttributeReader given, ParseContext context)
    {
        if (!given.IsPresent || !CheckedArguments.IsReadable(given, context))
        {
            return null;
        }

        var names = new List<NamedTensor>();
        foreach (string property in s_single.Concat(s_perLayer).Where(given.Has))
        {
            string name = given.Named<string?>(property, null) ?? "";
            if (Problem(name, s_perLayer.Contains(property)) is { } problem)
            {
                context.Report(DiagnosticDescriptors.UnsuitableTensorName, given.NamedLocation(property), property, name, problem);
            }
            else if (names.FirstOrDefault(other => other.Name == name) is { } twice)
            {
                context.Report(
                    DiagnosticDescriptors.UnsuitableTensorName,
                    given.NamedLocation(property),
                    property,
                    name,
                    "is " + twice.Property + "'s name too: every tensor needs a name of its own"
                );
            }

            names.Add(new NamedTensor(property, name));
        }

        QueryKeyValueStorage storage = given.Named("QueryKeyValueStorage", QueryKeyValueStorage.Separate);
        CheckedArguments.CheckEnum(storage, "QueryKeyValueStorage", given.NamedLocation("QueryKeyValueStorage"), context);
        return new TensorNameOverrides(new(names), new(Ignored(given, context)))
        {
            QueryKeyValue = given.Has("QueryKeyValueStorage") ? storage : null,
            InputsFirst = given.Has("InputsFirst") ? given.Named("InputsFirst", false) : null,
            WeightSuffix = Suffix(given, "WeightSuffix", context),
            BiasSuffix = Suffix(given, "BiasSuffix", context),
            NormWeightSuffix = Suffix(given, "NormWeightSuffix", context),
            NormBiasSuffix = Suffix(given, "NormBiasSuffix", context),
        };
    }

    /// <summary>Reads the tensors that the attribute ignores.</summary>
    public static string[] Ignored(AttributeReader given, ParseContext context)
    {
        string[] ignored = given.Strings("Ignored");
        foreach (string name in ignored)
        {
            int layers = Count(name, Layer),
                stars = name.Count(static letter => letter == '*');
            string? problem =
                IsUnreadable(name) ? "contains a quotation mark, a backslash or a control character"
                : name.Trim().Length == 0 ? "is empty: write the whole name of a tensor, or a prefix and a *"
                : layers > 1 ? "may contain \"{layer}\" only once"
                : stars > 1 || (stars == 1 && !name.EndsWith("*", StringComparison.Ordinal)) ? "may contain * only at its end"
                : name == "*" ? "ignores every tensor: name the tensors to ignore"
                : null;
            if (problem is not null)
            {
                context.Report(DiagnosticDescriptors.UnsuitableTensorName, given.NamedLocation("Ignored"), "Ignored", name, problem);
            }
        }

        return ignored;
    }

    /// <summary>Returns whether a name cannot be written in generated code.</summary>
    public static bool IsUnreadable(string name) => name.Any(static letter => char.IsControl(letter) || letter is '"' or '\\');

    /// <summary>Returns what is wrong with a name, independently of the model; null if it is valid.</summary>
    public static string? Problem(string name, bool perLayer)
    {
        int layers = Count(name, Layer);
        return name.Trim().Length == 0 ? "is empty: write the tensor's name without \".weight\""
            : IsUnreadable(name) ? "contains a quotation mark, a backslash or a control character"
            : name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal)
                ? "ends in a suffix that is added automatically: remove \".weight\" and \".bias\""
            : perLayer && layers != 1 ? "must contain \"{layer}\" once, in the place of the layer number"
            : !perLayer && layers != 0 ? "must not contain \"{layer}\", because the model has only one such tensor"
            : null;
    }

    /// <summary>Counts the occurrences of one text in another.</summary>
    public static int Count(string text, string part) => (text.Length - text.Replace(part, "").Length) / part.Length;

    private static string? Suffix(AttributeReader given, string property, ParseContext context)
    {
        if (given.Named<string?>(property, null) is not { } suffix)
        {
            return null;
        }

        if (IsUnreadable(suffix))
        {
            context.Report(
                DiagnosticDescriptors.UnsuitableTensorName,
                given.NamedLocation(property),
                property,
                suffix,
                "contains a quotation mark, a backslash or a control character"
            );
        }

        return suffix;
    }
}
