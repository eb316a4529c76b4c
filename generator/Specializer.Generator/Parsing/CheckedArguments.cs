using System;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Specializer.Generator.Diagnostics;

namespace Specializer.Generator.Parsing;

/// <summary>Reads arguments of attributes that have a range, and reports values outside of it.</summary>
internal static class CheckedArguments
{
    /// <summary>The largest value of one dimension. The product of two fits into 64 bits, and row offsets fit into 31.</summary>
    internal const int LargestExtent = 1 << 22;

    /// <summary>Returns whether an attribute is present and its arguments have values.</summary>
    internal static bool IsReadable(AttributeReader attribute, ParseContext context)
    {
        if (attribute.IsErroneous)
        {
            context.FailSilently();
        }

        return attribute is { IsPresent: true, IsErroneous: false };
    }

    /// <summary>Reads a required dimension; returns null if it is invalid.</summary>
    internal static int? Extent(AttributeReader attribute, string name, ParseContext context)
    {
        int value = attribute.Named(name, 0);
        if (value is >= 1 and <= LargestExtent)
        {
            return value;
        }

        context.Report(
            DiagnosticDescriptors.ValueOutOfRange,
            attribute.NamedLocation(name),
            name,
            attribute.Has(name) ? Text(value) : "not given",
            "1 to " + Text(LargestExtent)
        );
        return null;
    }

    /// <summary>Reads an optional dimension whose default is 0; returns null if it is invalid.</summary>
    internal static int? OptionalExtent(AttributeReader attribute, string name, int largest, ParseContext context)
    {
        int value = attribute.Named(name, 0);
        if (value >= 0 && value <= largest)
        {
            return value;
        }

        context.Report(
            DiagnosticDescriptors.ValueOutOfRange,
            attribute.NamedLocation(name),
            name,
            Text(value),
            "0 (the default) to " + Text(largest)
        );
        return null;
    }

    /// <summary>Checks a factor or a cap; 0 means none.</summary>
    internal static void CheckFactor(AttributeReader attribute, string name, string expected, ParseContext context)
    {
        float value = attribute.Named(name, 0f);
        if (!(value >= 0) || float.IsInfinity(value))
        {
            context.Report(DiagnosticDescriptors.ValueOutOfRange, attribute.NamedLocation(name), name, Text(value), expected);
        }
    }

    /// <summary>Checks that a value is a member of its enumeration.</summary>
    internal static void CheckEnum<T>(T value, string name, Location location, ParseContext context)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(typeof(T), value))
        {
            context.Report(DiagnosticDescriptors.ValueOutOfRange, location, name, value.ToString("D"), "a value of " + typeof(T).Name);
        }
    }

    /// <summary>Checks the number of elements of a table, which can be too large even if its dimensions are in range.</summary>
    internal static bool CheckSize(string what, long elements, int most, string advice, Location location, ParseContext context)
    {
        if (elements > most)
        {
            context.Report(
                DiagnosticDescriptors.TooLarge,
                location,
                what,
                elements.ToString(CultureInfo.InvariantCulture),
                Text(most),
                advice
            );
            return false;
        }

        return true;
    }

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    internal static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);

    internal static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
