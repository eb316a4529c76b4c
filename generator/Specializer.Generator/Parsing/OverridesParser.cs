using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>
/// Reads the attributes that override a config.json: values that a program may choose, and values that published files are known
/// to have wrong. Values that the weights determine, such as heads and widths, come from the file alone.
/// </summary>
internal static class OverridesParser
{
    /// <summary>The arguments of each attribute that may override a config.json.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Transformer"] =
        [
            "ContextLength",
            "ChunkLength",
            "SourceLength",
            "Section",
            "VocabularySize",
            "TiedEmbeddings",
            "EmbeddingScale",
            "LogitsSoftCap",
            "WeightStorage",
        ],
        ["Attention"] = ["Scale", "SoftCap"],
        ["Norm"] = ["Epsilon"],
        ["RotaryPositions"] =
        [
            "Base",
            "WindowBase",
            "Scaling",
            "Factor",
            "OriginalContextLength",
            "LowFrequencyFactor",
            "HighFrequencyFactor",
            "BetaFast",
            "BetaSlow",
            "AttentionFactor",
        ],
        ["Pooling"] = ["Normalize"],
        ["TensorNames"] = TensorNameOverridesParser.Arguments,
    };

    public static ArchitectureOverrides Parse(DeclaredParts parts, ParseContext context)
    {
        ReportOthers(parts, context);
        AttributeReader transformer = parts.Part("Transformer"),
            attention = parts.Part("Attention"),
            norm = parts.Part("Norm");
        int? vocabulary = transformer.Has("VocabularySize") ? CheckedArguments.Extent(transformer, "VocabularySize", context) : null;
        RotaryPositions? rotary = Rotary(parts.Part("RotaryPositions"), context);
        NormArchitecture? normArchitecture = ArchitectureParser.ParseNorm(norm, context);
        return new ArchitectureOverrides
        {
            VocabularySize = vocabulary,
            TiedEmbeddings = transformer.Has("TiedEmbeddings") ? transformer.Named("TiedEmbeddings", false) : null,
            EmbeddingScale = Factor(transformer, "EmbeddingScale", context) is { } scale ? (scale == 0 ? 1 : scale) : null,
            LogitsSoftCap = Factor(transformer, "LogitsSoftCap", context),
            AttentionScale = Factor(attention, "Scale", context) is { } attentionScale and not 0 ? attentionScale : null,
            AttentionSoftCap = Factor(attention, "SoftCap", context),
            NormKind = normArchitecture?.Kind,
            NormEpsilon = norm.Has("Epsilon") ? normArchitecture?.Epsilon : null,
            WeightStorage = ArchitectureParser.Storage(transformer, context),
            RotaryBase = parts.Part("RotaryPositions").Has("Base") ? rotary?.Base : null,
            WindowRotaryBase = WindowBase(parts.Part("RotaryPositions"), context),
            TensorNames = TensorNameOverridesParser.Parse(parts.Part("TensorNames"), context),
            FrequencyScaling = parts.Part("RotaryPositions").Has("Scaling") ? rotary?.Scaling : null,
        };
    }

    private static void ReportOthers(DeclaredParts parts, ParseContext context)
    {
        foreach ((string name, AttributeReader part) in parts.OtherParts.Prepend(("Transformer", parts.Part("Transformer"))))
        {
            if (!s_allowed.TryGetValue(name, out string[]? allowed))
            {
                context.Report(
                    DiagnosticDescriptors.PartBesideConfiguration,
                    part.Location,
                    SuggestedFix.Remove,
                    name,
                    parts.Configuration!
                );
                continue;
            }

            foreach (string argument in part.Names.Where(argument => !allowed.Contains(argument)))
            {
                context.Report(
                    DiagnosticDescriptors.PartBesideConfiguration,
                    part.NamedLocation(argument),
                    SuggestedFix.Remove,
                    argument,
                    parts.Configuration!
                );
            }
        }
    }

    private static float? Factor(AttributeReader attribute, string name, ParseContext context)
    {
        if (!attribute.Has(name))
        {
            return null;
        }

        CheckedArguments.CheckFactor(attribute, name, "a positive number, or 0 for none", context);
        return attribute.Named(name, 0f);
    }

    private static double? WindowBase(AttributeReader attribute, ParseContext context)
    {
        double value = attribute.Named("WindowBase", 0d);
        if (value == 0)
        {
            return null;
        }

        if (!NumberRange.RotaryBase.Contains(value))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("WindowBase"),
                "WindowBase",
                CheckedArguments.Text(value),
                NumberRange.RotaryBase.Description + ", or 0 to use the base of the file"
            );
        }

        return value;
    }

    private static RotaryPositions? Rotary(AttributeReader attribute, ParseContext context)
    {
        if (!CheckedArguments.IsReadable(attribute, context))
        {
            return null;
        }

        if (attribute.Named("Scaling", FrequencyScaling.None) == FrequencyScaling.Ntk)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                attribute.NamedLocation("Scaling"),
                "FrequencyScaling.Ntk",
                "a config.json",
                "dynamic scaling is expressed as another base; set Base instead"
            );
            return null;
        }

        // The head dimension is a value of the file and is not known here; no other value depends on it.
        return PositionsParser.ParseRotary(attribute, WidthOfTheFile, context);
    }

    private const int WidthOfTheFile = 4096;
}
