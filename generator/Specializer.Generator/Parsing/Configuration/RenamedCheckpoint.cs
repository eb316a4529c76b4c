using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>Replaces tensor names of a family with those of [TensorNames].</summary>
internal static class RenamedCheckpoint
{
    private const string StackName = "{stack}";

    /// <summary>Names that are allowed where the family has none, because they name its projections in the other form, fused or separate.</summary>
    private static readonly Dictionary<string, string> s_otherForms = new()
    {
        ["QueryKeyValue"] = "Query",
        ["Query"] = "QueryKeyValue",
        ["Key"] = "QueryKeyValue",
        ["Value"] = "QueryKeyValue",
        ["GateUp"] = "Gate",
        ["Gate"] = "GateUp",
        ["Up"] = "GateUp",
        ["CrossKeyValue"] = "CrossKey",
        ["CrossKey"] = "CrossKeyValue",
        ["CrossValue"] = "CrossKeyValue",
    };

    /// <param name="architecture">The architecture of the file.</param>
    /// <param name="overrides">The names of the attribute.</param>
    /// <param name="problems">Receives names that the model of the file does not have, or has for two tensors.</param>
    public static TransformerArchitecture Apply(
        TransformerArchitecture architecture,
        TensorNameOverrides overrides,
        ConfigurationProblems problems
    )
    {
        bool twoStacks = architecture.Encoder is not null;
        foreach (NamedTensor given in overrides.Names)
        {
            bool here = Of(architecture.Checkpoint.Names, given.Property).Length > 0,
                there = architecture.Encoder is { } source && Of(source.Checkpoint.Names, given.Property).Length > 0;
            bool isKnown =
                Has(architecture.Checkpoint.Names, given.Property)
                || (architecture.Encoder is { } other && Has(other.Checkpoint.Names, given.Property));
            if (!isKnown)
            {
                problems.Add("[TensorNames] names " + given.Property + ", which the model does not have: remove it");
            }

            bool hasStack = given.Name.IndexOf(StackName, StringComparison.Ordinal) >= 0,
                isDecoders = given.Property == "Logits" || given.Property.StartsWith("Cross", StringComparison.Ordinal);
            if (hasStack && (!twoStacks || isDecoders))
            {
                problems.Add(
                    "[TensorNames] gives " + given.Property + " a name with \"{stack}\", but only one stack has such a tensor: remove it"
                );
            }
            else if (twoStacks && !hasStack && !isDecoders && given.Property != "TokenEmbedding" && here && there)
            {
                problems.Add(
                    "[TensorNames] gives "
                        + given.Property
                        + " a name without \"{stack}\", but each stack has its own: write it in the place of \"encoder\" or \"decoder\""
                );
            }
        }

        architecture = architecture with
        {
            Checkpoint = Rename(architecture.Checkpoint, overrides, twoStacks ? "decoder" : "", problems),
            Encoder = architecture.Encoder is not { } encoder
                ? null
                : encoder with
                {
                    Checkpoint = Rename(encoder.Checkpoint, overrides, "encoder", problems),
                },
        };
        if (
            architecture.Checkpoint.QueryKeyValue != QueryKeyValueStorage.Separate
            && architecture.Checkpoint.Names.QueryKeyValue.Length == 0
        )
        {
            problems.Add("[TensorNames] declares one fused tensor of queries, keys and values: name it with QueryKeyValue");
        }

        if (overrides.QueryKeyValue == QueryKeyValueStorage.Separate && !HasOwn(architecture.Checkpoint.Names))
        {
            problems.Add("[TensorNames] declares separate queries, keys and values: name them with Query, Key and Value");
        }

        AttentionArchitecture attention = architecture.Attention;
        if (
            overrides.QueryKeyValue is { } storage
            && storage != QueryKeyValueStorage.Separate
            && (attention.QueryBias != attention.KeyBias || attention.KeyBias != attention.ValueBias)
        )
        {
            problems.Add(
                "[TensorNames] declares one fused tensor of queries, keys and values, but only some of them have a bias: remove QueryKeyValueStorage"
            );
        }

        return architecture;
    }

    private static CheckpointLayout Rename(
        CheckpointLayout layout,
        TensorNameOverrides overrides,
        string stack,
        ConfigurationProblems problems
    )
    {
        CheckpointNames names = layout.Names;
        foreach (NamedTensor given in overrides.Names)
        {
            if (Has(names, given.Property))
            {
                names = With(names, given.Property, given.Name.Replace(StackName, stack));
            }
        }

        foreach (NamedTensor given in overrides.Names)
        {
            string own = Of(names, given.Property);
            string? other = TensorNameOverridesParser.Arguments.FirstOrDefault(property =>
                property != given.Property && own.Length > 0 && Of(names, property) == own
            );
            if (other is not null)
            {
                problems.Add("[TensorNames] gives " + given.Property + " the name of " + other + ": every tensor needs a name of its own");
            }
        }

        TensorSuffixes suffixes = layout.Suffixes;
        return layout with
        {
            Names = names,
            QueryKeyValue = overrides.QueryKeyValue ?? layout.QueryKeyValue,
            InputsFirst = overrides.InputsFirst ?? layout.InputsFirst,
            Suffixes = new(
                overrides.WeightSuffix ?? suffixes.Weight,
                overrides.BiasSuffix ?? suffixes.Bias,
                overrides.NormWeightSuffix ?? suffixes.NormWeight,
                overrides.NormBiasSuffix ?? suffixes.NormBias
            ),
            Ignored = new(layout.Ignored.Concat(overrides.Ignored).Distinct()),
        };
    }

    private static readonly Dictionary<
        string,
        (Func<CheckpointNames, string> Get, Func<CheckpointNames, string, CheckpointNames> Set)
    > s_properties = new()
    {
        ["TokenEmbedding"] = (static names => names.TokenEmbedding, static (names, name) => names with { TokenEmbedding = name }),
        ["PositionEmbedding"] = (static names => names.PositionEmbedding, static (names, name) => names with { PositionEmbedding = name }),
        ["TokenTypeEmbedding"] = (
            static names => names.TokenTypeEmbedding,
            static (names, name) => names with { TokenTypeEmbedding = name }
        ),
        ["EmbeddingNorm"] = (static names => names.EmbeddingNorm, static (names, name) => names with { EmbeddingNorm = name }),
        ["AttentionNorm"] = (static names => names.AttentionNorm, static (names, name) => names with { AttentionNorm = name }),
        ["Query"] = (static names => names.Query, static (names, name) => names with { Query = name }),
        ["Key"] = (static names => names.Key, static (names, name) => names with { Key = name }),
        ["Value"] = (static names => names.Value, static (names, name) => names with { Value = name }),
        ["QueryKeyValue"] = (static names => names.QueryKeyValue, static (names, name) => names with { QueryKeyValue = name }),
        ["QueryNorm"] = (static names => names.QueryNorm, static (names, name) => names with { QueryNorm = name }),
        ["KeyNorm"] = (static names => names.KeyNorm, static (names, name) => names with { KeyNorm = name }),
        ["AttentionOutput"] = (static names => names.AttentionOutput, static (names, name) => names with { AttentionOutput = name }),
        ["AttentionOutputNorm"] = (
            static names => names.AttentionOutputNorm,
            static (names, name) => names with { AttentionOutputNorm = name }
        ),
        ["CrossAttentionNorm"] = (
            static names => names.CrossAttentionNorm,
            static (names, name) => names with { CrossAttentionNorm = name }
        ),
        ["CrossAttentionOutputNorm"] = (
            static names => names.CrossAttentionOutputNorm,
            static (names, name) => names with { CrossAttentionOutputNorm = name }
        ),
        ["CrossQuery"] = (static names => names.CrossQuery, static (names, name) => names with { CrossQuery = name }),
        ["CrossKey"] = (static names => names.CrossKey, static (names, name) => names with { CrossKey = name }),
        ["CrossValue"] = (static names => names.CrossValue, static (names, name) => names with { CrossValue = name }),
        ["CrossKeyValue"] = (static names => names.CrossKeyValue, static (names, name) => names with { CrossKeyValue = name }),
        ["CrossOutput"] = (static names => names.CrossOutput, static (names, name) => names with { CrossOutput = name }),
        ["GlobalQuery"] = (static names => names.GlobalQuery, static (names, name) => names with { GlobalQuery = name }),
        ["GlobalKey"] = (static names => names.GlobalKey, static (names, name) => names with { GlobalKey = name }),
        ["GlobalValue"] = (static names => names.GlobalValue, static (names, name) => names with { GlobalValue = name }),
        ["FeedForwardNorm"] = (static names => names.FeedForwardNorm, static (names, name) => names with { FeedForwardNorm = name }),
        ["Gate"] = (static names => names.Gate, static (names, name) => names with { Gate = name }),
        ["Up"] = (static names => names.Up, static (names, name) => names with { Up = name }),
        ["GateUp"] = (static names => names.GateUp, static (names, name) => names with { GateUp = name }),
        ["Down"] = (static names => names.Down, static (names, name) => names with { Down = name }),
        ["FeedForwardOutputNorm"] = (
            static names => names.FeedForwardOutputNorm,
            static (names, name) => names with { FeedForwardOutputNorm = name }
        ),
        ["FinalNorm"] = (static names => names.FinalNorm, static (names, name) => names with { FinalNorm = name }),
        ["Logits"] = (static names => names.Logits, static (names, name) => names with { Logits = name }),
    };

    private static bool HasOwn(CheckpointNames names) => names.Query.Length > 0 && names.Key.Length > 0 && names.Value.Length > 0;

    private static bool Has(CheckpointNames names, string property) =>
        Of(names, property).Length > 0 || (s_otherForms.TryGetValue(property, out string? other) && Of(names, other).Length > 0);

    private static string Of(CheckpointNames names, string property) =>
        s_properties.TryGetValue(property, out var access) ? access.Get(names) : "";

    private static CheckpointNames With(CheckpointNames names, string property, string name) => s_properties[property].Set(names, name);
}
