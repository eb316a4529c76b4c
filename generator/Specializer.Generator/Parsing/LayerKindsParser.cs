using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads in what the layers differ: which of them have a sliding window.</summary>
internal static class LayerKindsParser
{
    /// <param name="attribute">[SlidingWindow], if written.</param>
    /// <param name="positions">The positions of layers that see everything.</param>
    /// <param name="stack">The stack: an encoder's window is to both sides.</param>
    /// <param name="contextLength">The largest number of positions.</param>
    /// <param name="context">Where mistakes are reported.</param>
    /// <returns>The kinds, and of which kind each layer of the repeating pattern is.</returns>
    public static (LayerKind[] Kinds, int[] Pattern) Parse(AttributeReader attribute, AttentionPositions positions, Stack stack, int contextLength, ParseContext context)
    {
        if (!attribute.IsPresent || !ArchitectureParser.IsReadable(attribute, context))
        {
            return ([new LayerKind("", Window: 0, positions)], [0]);
        }

        int window = attribute.Positional(0, 0);
        if (window is < 1 or > ArchitectureParser.LargestExtent)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange, attribute.PositionalLocation(0, "window"), "The window", ArchitectureParser.Text(window), "1 to " + ArchitectureParser.Text(ArchitectureParser.LargestExtent));
        }
        else if (stack == Stack.Encoder && window % 2 != 0)
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange, attribute.PositionalLocation(0, "window"), "The window", ArchitectureParser.Text(window), "even in an encoder, half of it to each side");
        }
        else if (window > contextLength)
        {
            context.Report(
                DiagnosticDescriptors.WindowBeyondContext, attribute.PositionalLocation(0, "window"), ArchitectureParser.Text(window), ArchitectureParser.Text(contextLength));
        }

        string pattern = attribute.Named("Pattern", "S") ?? "";
        if (!pattern.Contains('S') || pattern.Any(static letter => letter is not ('S' or 'F')))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange, attribute.NamedLocation("Pattern"), "Pattern", "\"" + pattern + "\"", "made of S (a sliding window) and F (full sight), with at least one S");
        }

        double rotaryBase = attribute.Named("RotaryBase", 0d);
        if (!(rotaryBase >= 0) || double.IsInfinity(rotaryBase))
        {
            context.Report(
                DiagnosticDescriptors.ValueOutOfRange, attribute.NamedLocation("RotaryBase"), "RotaryBase", rotaryBase.ToString("R", CultureInfo.InvariantCulture), "a positive number, or 0 for the base of the other layers");
        }

        AttentionPositions local = positions;
        if (rotaryBase > 0)
        {
            if (positions is RotaryPositions rotary)
            {
                local = rotary with { Base = rotaryBase, Scaling = new NoScaling() };
            }
            else
            {
                context.Report(
                    DiagnosticDescriptors.PartsExcludeEachOther, attribute.NamedLocation("RotaryBase"), Mend.Remove, "RotaryBase", "a model without [RotaryPositions]", "remove it, or declare rotary positions");
            }
        }

        LayerKind Sliding(string name) => stack == Stack.Encoder ? new LayerKind(name, Window: 0, local) { Band = window / 2 } : new LayerKind(name, window, local);
        return pattern.Contains('F')
            ? ([Sliding("Sliding"), new LayerKind("Full", Window: 0, positions)], [.. pattern.Select(static letter => letter == 'S' ? 0 : 1)])
            : ([Sliding("")], [0]);
    }
}
