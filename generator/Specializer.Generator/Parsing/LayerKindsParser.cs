using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads how layers differ: which of them have a sliding window.</summary>
internal static class LayerKindsParser
{
    /// <summary>Reads the layer kinds of a decoder, or of an encoder-only model.</summary>
    /// <param name="attribute">The [SlidingWindow] attribute, present or not.</param>
    /// <param name="full">The kind of layers without a window.</param>
    /// <param name="stack">The stack.</param>
    /// <param name="bothSides">Whether a window extends to both sides, as in a bidirectional encoder.</param>
    /// <param name="contextLength">The largest number of positions.</param>
    /// <param name="context">Receives the errors.</param>
    /// <returns>The kinds, and of which kind each layer of the repeating pattern is.</returns>
    public static (LayerKind[] Kinds, int[] Pattern) Parse(
        AttributeReader attribute,
        LayerKind full,
        Stack stack,
        bool bothSides,
        int contextLength,
        ParseContext context
    )
    {
        if (!attribute.IsPresent || !CheckedArguments.IsReadable(attribute, context))
        {
            return ([full], [0]);
        }

        int window = attribute.Positional(0, 0);
        CheckPattern(attribute, full.Attention.Positions, context);
        if (window == 0 && stack == Stack.EncoderDecoder && attribute.Named("SourceWindow", 0) != 0)
        {
            return ([full], [0]);
        }

        CheckWindow("The window", window, attribute.PositionalLocation(0, "window"), bothSides, contextLength, context);
        return Kinds(attribute, full, attention => bothSides ? attention with { Band = window / 2 } : attention with { Window = window });
    }

    /// <summary>Reads the layer kinds of the encoder of an encoder-decoder.</summary>
    /// <param name="attribute">The [SlidingWindow] attribute, present or not.</param>
    /// <param name="full">The kind of layers without a window.</param>
    /// <param name="sourceLength">The largest number of positions of a source.</param>
    /// <param name="context">Receives the errors.</param>
    public static (LayerKind[] Kinds, int[] Pattern) ParseSource(
        AttributeReader attribute,
        LayerKind full,
        int sourceLength,
        ParseContext context
    )
    {
        int window = attribute.IsPresent ? attribute.Named("SourceWindow", 0) : 0;
        if (window != 0)
        {
            CheckWindow("SourceWindow", window, attribute.NamedLocation("SourceWindow"), bothSides: true, sourceLength, context);
        }

        return window == 0 ? ([full], [0]) : Kinds(attribute, full, attention => attention with { Band = window / 2 });
    }

    /// <summary>Returns a kind with a window and, if the pattern has such layers, a kind without.</summary>
    private static (LayerKind[] Kinds, int[] Pattern) Kinds(
        AttributeReader attribute,
        LayerKind full,
        System.Func<AttentionArchitecture, AttentionArchitecture> sliding
    )
    {
        double rotaryBase = attribute.Named("RotaryBase", 0d);
        LayerKind local = full.WithAttention(attention =>
            sliding(
                rotaryBase > 0 && attention.Positions is RotaryPositions rotary
                    ? attention with
                    {
                        Positions = rotary with { Base = rotaryBase, Scaling = new NoScaling() },
                    }
                    : attention
            )
        );
        string pattern = attribute.Named("Pattern", "S") ?? "";
        return pattern.Contains('F')
            ? ([local with { Name = "Sliding" }, full with { Name = "Full" }], [.. pattern.Select(static letter => letter == 'S' ? 0 : 1)])
            : ([local], [0]);
    }

    private static void CheckWindow(string what, int window, Location location, bool bothSides, int contextLength, ParseContext context)
    {
        if (window is < 1 or > CheckedArguments.LargestExtent)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                location,
                what,
                CheckedArguments.Text(window),
                "1 to " + CheckedArguments.Text(CheckedArguments.LargestExtent)
            );
        }
        else if (bothSides && window % 2 != 0)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                location,
                what,
                CheckedArguments.Text(window),
                "even in an encoder, because half of the window extends to each side"
            );
        }
        else if (window > contextLength)
        {
            context.Report(
                DiagnosticDescriptors.WindowBeyondContext,
                location,
                CheckedArguments.Text(window),
                CheckedArguments.Text(contextLength)
            );
        }
    }

    private static void CheckPattern(AttributeReader attribute, AttentionPositions positions, ParseContext context)
    {
        string pattern = attribute.Named("Pattern", "S") ?? "";
        if (!pattern.Contains('S') || pattern.Any(static letter => letter is not ('S' or 'F')))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("Pattern"),
                "Pattern",
                "\"" + pattern + "\"",
                "a sequence of S (sliding window) and F (full attention) with at least one S"
            );
        }

        double rotaryBase = attribute.Named("RotaryBase", 0d);
        if (!(rotaryBase >= 0) || double.IsInfinity(rotaryBase))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange,
                attribute.NamedLocation("RotaryBase"),
                "RotaryBase",
                rotaryBase.ToString("R", CultureInfo.InvariantCulture),
                "a positive number, or 0 to use the base of the other layers"
            );
        }
        else if (rotaryBase > 0 && positions is not RotaryPositions)
        {
            context.Report(
                DiagnosticDescriptors.PartsExcludeEachOther,
                attribute.NamedLocation("RotaryBase"),
                SuggestedFix.Remove,
                "RotaryBase",
                "a model without [RotaryPositions]",
                "remove it, or declare rotary positions"
            );
        }
    }
}
