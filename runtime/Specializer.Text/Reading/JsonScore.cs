using System;
using System.Globalization;

namespace Specializer.Text.Reading;

/// <summary>
/// Parses numbers like the library's JSON reader (serde_json): up to 64 bits of digits, then one multiplication or division by a
/// power of ten. The last bit may differ from the nearest number, which can decide between two nearly equal splits.
/// </summary>
internal static class JsonScore
{
    private static readonly double[] s_powers = BuildPowers();

    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        bool negative = text.StartsWith("-"u8);
        int index = negative ? 1 : 0;
        ulong digits = 0;
        long exponent = 0;
        bool fraction = false,
            full = false,
            whole = true;
        for (; index < text.Length && text[index] is (>= (byte)'0' and <= (byte)'9') or (byte)'.'; index++)
        {
            if (text[index] == '.')
            {
                fraction = true;
                whole = false;
                continue;
            }

            uint digit = (uint)(text[index] - '0');
            full |= digits > (ulong.MaxValue - digit) / 10;
            if (!full)
            {
                digits = digits * 10 + digit;
            }

            // A digit that does not fit counts only before the decimal point.
            exponent += (full ? 1 : 0) - (fraction ? 1 : 0);
        }

        if (index < text.Length)
        {
            whole = false;
            if (!int.TryParse(text[(index + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int scale))
            {
                scale = text[index + 1] == '-' ? -100_000 : 100_000;
            }

            exponent += scale;
        }

        value = whole && !full ? digits : Scale(digits, exponent);
        value = negative ? -value : value;
        return double.IsFinite(value);
    }

    private static double Scale(double value, long exponent)
    {
        while (true)
        {
            if (Math.Abs(exponent) < s_powers.Length)
            {
                double power = s_powers[Math.Abs(exponent)];
                return exponent >= 0 ? value * power : value / power;
            }

            if (value == 0)
            {
                return value;
            }

            if (exponent >= 0)
            {
                return double.PositiveInfinity;
            }

            value /= 1e308;
            exponent += 308;
        }
    }

    private static double[] BuildPowers()
    {
        var powers = new double[309];
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = double.Parse($"1e{i}", NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return powers;
    }
}
