using System;
using System.Globalization;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads how positions enter the model: rotary or ALiBi in the attention, learned or sinusoidal in the embeddings.</summary>
internal static class PositionsParser
{
    /// <param name="parts">The attributes.</param>
    /// <param name="headDimension">The head dimension; null if it is invalid.</param>
    /// <param name="context">Receives the errors.</param>
    public static AttentionPositions? ParseAttention(DeclaredParts parts, int? headDimension, ParseContext context)
    {
        AttributeReader rotary = parts.Part("RotaryPositions"),
            alibi = parts.Part("AlibiPositions");
        if (rotary.IsPresent && alibi.IsPresent)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                alibi.Location,
                SuggestedFix.Remove,
                "[AlibiPositions]",
                "[RotaryPositions]",
                "choose one positional scheme; remove one"
            );
            return null;
        }

        if (rotary.IsPresent)
        {
            if (rotary.Has("WindowBase"))
            {
                context.Report(
                    DiagnosticDescriptors.PartsExcludeEachOther,
                    rotary.NamedLocation("WindowBase"),
                    SuggestedFix.Remove,
                    "WindowBase",
                    "a model declared by attributes",
                    "give RotaryBase of [SlidingWindow]"
                );
            }

            return CheckedArguments.IsReadable(rotary, context) ? ParseRotary(rotary, headDimension, context) : null;
        }

        if (!alibi.IsPresent)
        {
            return new NoPositions();
        }

        double maximumBias = Positive(alibi, "MaximumBias", 8, context);
        return CheckedArguments.IsReadable(alibi, context) ? new AlibiPositions(maximumBias) : null;
    }

    /// <summary>Reads the table of positions that is added to the embeddings, if there is one.</summary>
    public static PositionTable? ParseTable(DeclaredParts parts, int width, int contextLength, ParseContext context)
    {
        AttributeReader learned = parts.Part("LearnedPositions"),
            sinusoidal = parts.Part("SinusoidalPositions");
        if (learned.IsPresent && sinusoidal.IsPresent)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                sinusoidal.Location,
                SuggestedFix.Remove,
                "[SinusoidalPositions]",
                "[LearnedPositions]",
                "only one position table is added to the embeddings; remove one"
            );
            return null;
        }

        if (learned.IsPresent && CheckedArguments.IsReadable(learned, context))
        {
            int? offset = CheckedArguments.OptionalExtent(learned, "Offset", CheckedArguments.LargestExtent, context);
            int? rows = CheckedArguments.OptionalExtent(learned, "Rows", CheckedArguments.LargestExtent, context);
            if (offset is null || rows is null)
            {
                return null;
            }

            int least = contextLength + offset.Value;
            if (rows.Value != 0 && rows.Value < least)
            {
                context.Report(
                    DiagnosticDescriptors.ValueOutOfRange,
                    learned.NamedLocation("Rows"),
                    "Rows",
                    CheckedArguments.Text(rows.Value),
                    "at least ContextLength + Offset = " + CheckedArguments.Text(least)
                );
            }

            CheckedArguments.CheckSize(
                "The position table",
                Math.Max(rows.Value, least) * (long)width,
                int.MaxValue,
                "ContextLength or DModel",
                learned.Location,
                context
            );
            return new LearnedPositions(offset.Value, rows.Value == 0 ? least : rows.Value);
        }

        if (!sinusoidal.IsPresent || !CheckedArguments.IsReadable(sinusoidal, context))
        {
            return null;
        }

        if (width % 2 != 0)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                sinusoidal.Location,
                "DModel",
                CheckedArguments.Text(width),
                "even for sinusoidal positions, which consist of sine and cosine pairs"
            );
        }

        int? first = CheckedArguments.OptionalExtent(sinusoidal, "First", CheckedArguments.LargestExtent, context);
        return first is null
            ? null
            : new SinusoidalPositions(sinusoidal.Named("Interleaved", false))
            {
                First = first.Value,
                Endpoint = sinusoidal.Named("Endpoint", false),
            };
    }

    internal static RotaryPositions? ParseRotary(AttributeReader attribute, int? headDimension, ParseContext context)
    {
        double rotaryBase = attribute.Named("Base", 10_000d);
        RotaryPairing pairing = attribute.Named("Pairing", RotaryPairing.HalfSplit);
        CheckedArguments.CheckEnum(pairing, "Pairing", attribute.NamedLocation("Pairing"), context);
        if (!NumberRange.RotaryBase.Contains(rotaryBase))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Base"),
                "Base",
                Text(rotaryBase),
                NumberRange.RotaryBase.Description
            );
        }

        int? given = CheckedArguments.OptionalExtent(attribute, "RotaryDim", CheckedArguments.LargestExtent, context);
        int? rotaryDimension = given == 0 ? headDimension : given;
        if (rotaryDimension is not { } rotated)
        {
            return null;
        }

        if (rotated > headDimension)
        {
            context.Report(
                DiagnosticDescriptors.RotaryWiderThanHead,
                attribute.NamedLocation("RotaryDim"),
                SuggestedFix.Values("RotaryDim", headDimension.Value / 2 * 2),
                CheckedArguments.Text(rotated),
                CheckedArguments.Text(headDimension.Value)
            );
            return null;
        }

        if (rotated % 2 != 0)
        {
            context.Report(
                DiagnosticDescriptors.OddRotaryWidth,
                attribute.NamedLocation("RotaryDim"),
                SuggestedFix.Values("RotaryDim", rotated - 1),
                given == 0 ? "The head dimension" : "RotaryDim",
                CheckedArguments.Text(rotated)
            );
            return null;
        }

        double factor = attribute.Named("Factor", 1d);
        FrequencyScaling scaling = attribute.Named("Scaling", FrequencyScaling.None);
        CheckedArguments.CheckEnum(scaling, "Scaling", attribute.NamedLocation("Scaling"), context);
        if (!NumberRange.Factor.Contains(factor) || (scaling == FrequencyScaling.None && factor != 1))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Factor"),
                "Factor",
                Text(factor),
                scaling == FrequencyScaling.None ? "left out when Scaling is not set" : NumberRange.Factor.Description
            );
        }

        switch (scaling)
        {
            case FrequencyScaling.Linear:
                return new RotaryPositions(rotaryBase, rotated, pairing, new LinearScaling(factor));
            case FrequencyScaling.Ntk when rotated > 2:
                return new RotaryPositions(rotaryBase * Math.Pow(factor, rotated / (rotated - 2.0)), rotated, pairing, new NoScaling());
            case FrequencyScaling.Ntk:
                context.Report(
                    DiagnosticDescriptors.ValueOutOfRange,
                    attribute.Location,
                    "The rotary dimension",
                    CheckedArguments.Text(rotated),
                    "at least 4 for FrequencyScaling.Ntk"
                );
                return null;
            case FrequencyScaling.Llama3:
                return ParseLlama3(attribute, factor, context) is { } llama
                    ? new RotaryPositions(rotaryBase, rotated, pairing, llama)
                    : null;
            case FrequencyScaling.Yarn:
                return ParseYarn(attribute, factor, rotaryBase, context) is { } yarn
                    ? new RotaryPositions(rotaryBase, rotated, pairing, yarn)
                    : null;
            default:
                return new RotaryPositions(rotaryBase, rotated, pairing, new NoScaling());
        }
    }

    private static Llama3Scaling? ParseLlama3(AttributeReader attribute, double factor, ParseContext context)
    {
        int? original = CheckedArguments.Extent(attribute, "OriginalContextLength", context);
        double low = Positive(attribute, "LowFrequencyFactor", 1, context),
            high = Positive(attribute, "HighFrequencyFactor", 4, context);
        if (high <= low)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("HighFrequencyFactor"),
                "HighFrequencyFactor",
                Text(high),
                "more than LowFrequencyFactor = " + Text(low)
            );
        }

        return original is { } length ? new Llama3Scaling(factor, low, high, length) : null;
    }

    private static YarnScaling? ParseYarn(AttributeReader attribute, double factor, double rotaryBase, ParseContext context)
    {
        int? original = CheckedArguments.Extent(attribute, "OriginalContextLength", context);
        double fast = Positive(attribute, "BetaFast", 32, context),
            slow = Positive(attribute, "BetaSlow", 1, context);
        double attentionFactor = attribute.Named("AttentionFactor", 0d);
        if (fast <= slow)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("BetaFast"),
                "BetaFast",
                Text(fast),
                "more than BetaSlow = " + Text(slow)
            );
        }

        if (!(attentionFactor >= 0) || double.IsInfinity(attentionFactor))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("AttentionFactor"),
                "AttentionFactor",
                Text(attentionFactor),
                "a positive number, or 0 for 0.1 ln(Factor) + 1"
            );
        }

        if (rotaryBase <= 1)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Base"),
                "Base",
                Text(rotaryBase),
                "more than 1 for FrequencyScaling.Yarn"
            );
        }

        return original is { } length
            ? new YarnScaling(factor, length, fast, slow, attentionFactor == 0 ? (0.1 * Math.Log(factor)) + 1 : attentionFactor)
            : null;
    }

    private static double Positive(AttributeReader attribute, string name, double otherwise, ParseContext context)
    {
        double value = attribute.Named(name, otherwise);
        if (!NumberRange.Positive.Contains(value))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation(name),
                name,
                Text(value),
                NumberRange.Positive.Description
            );
        }

        return value;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
