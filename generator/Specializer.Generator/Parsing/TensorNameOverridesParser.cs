using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads [TensorNames] as far as no model need be known: all of it beside a config.json, and the tensors that are left out.</summary>
internal static class TensorNameOverridesParser
{
    private const string Layer = "{layer}";
    private const int Storages = 3;

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

    /// <summary>All arguments that the attribute has.</summary>
    public static string[] Arguments { get; } =
    [.. s_single, .. s_perLayer, .. s_suffixes, "QueryKeyValueStorage", "InputsFirst", "Ignored"];

    /// <returns>What the attribute says; null if it is not there or says nothing.</returns>
    public static TensorNameOverrides? Parse(AttributeReader given, ParseContext context)
    {
        if (!given.IsPresent || !ArchitectureParser.IsReadable(given, context))
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
                    "is " + twice.Property + "'s name too: every tensor has its own"
                );
            }

            names.Add(new NamedTensor(property, name));
        }

        int storage = given.Named("QueryKeyValueStorage", 0);
        ArchitectureParser.CheckEnum(
            storage,
            Storages,
            "QueryKeyValueStorage",
            given.NamedLocation("QueryKeyValueStorage"),
            "a value of QueryKeyValueStorage",
            context
        );
        return new TensorNameOverrides(new(names), new(Ignored(given, context)))
        {
            QueryKeyValue = given.Has("QueryKeyValueStorage") ? (QueryKeyValueLayout)storage : null,
            InputsFirst = given.Has("InputsFirst") ? given.Named("InputsFirst", false) : null,
            WeightSuffix = Suffix(given, "WeightSuffix", context),
            BiasSuffix = Suffix(given, "BiasSuffix", context),
            NormWeightSuffix = Suffix(given, "NormWeightSuffix", context),
            NormBiasSuffix = Suffix(given, "NormBiasSuffix", context),
        };
    }

    /// <summary>The tensors that the attribute leaves out.</summary>
    public static string[] Ignored(AttributeReader given, ParseContext context)
    {
        string[] ignored = given.Strings("Ignored");
        foreach (string name in ignored)
        {
            int layers = Count(name, Layer),
                stars = name.Count(static letter => letter == '*');
            string? problem =
                IsUnreadable(name) ? "holds a quotation mark, a backslash or a control character"
                : name.Trim().Length == 0 ? "is empty: give the whole name of a tensor, or its beginning and a *"
                : layers > 1 ? "must hold \"{layer}\" at most once"
                : stars > 1 || (stars == 1 && !name.EndsWith("*", StringComparison.Ordinal)) ? "may hold * at its end only"
                : name == "*" ? "leaves out every tensor: say which ones"
                : null;
            if (problem is not null)
            {
                context.Report(DiagnosticDescriptors.UnsuitableTensorName, given.NamedLocation("Ignored"), "Ignored", name, problem);
            }
        }

        return ignored;
    }

    /// <summary>Whether a name cannot stand in generated code.</summary>
    public static bool IsUnreadable(string name) => name.Any(static letter => char.IsControl(letter) || letter is '"' or '\\');

    /// <summary>What is wrong with a name, whatever the model is; null for nothing.</summary>
    public static string? Problem(string name, bool perLayer)
    {
        int layers = Count(name, Layer);
        return name.Trim().Length == 0 ? "is empty: give the tensor's name without \".weight\""
            : IsUnreadable(name) ? "holds a quotation mark, a backslash or a control character"
            : name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal)
                ? "ends in what is added to it: leave out \".weight\" and \".bias\""
            : perLayer && layers != 1 ? "must hold \"{layer}\" once, where the layer's number stands"
            : !perLayer && layers != 0 ? "must not hold \"{layer}\", since the model has one such tensor"
            : null;
    }

    /// <summary>How often a text holds another.</summary>
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
                "holds a quotation mark, a backslash or a control character"
            );
        }

        return suffix;
    }
}
