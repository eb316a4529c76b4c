using System;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Computes decimal digits of floats. They are rounded to even from the exact value, as in Python.</summary>
internal static class Decimals
{
    /// <summary>The maximum number of digits after the decimal point.</summary>
    public const int MaximalPrecision = 400;

    /// <summary>Rounds a float to a number of digits after the decimal point, or before it if negative.</summary>
    public static double Round(double value, int precision)
    {
        if (!double.IsFinite(value) || precision > MaximalPrecision)
        {
            return value;
        }

        BigInteger scaled = Scale(value, Math.Max(precision, -MaximalPrecision));
        string text = string.Create(CultureInfo.InvariantCulture, $"{scaled}e{-precision}");
        double rounded = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsNegative(value) && rounded == 0 ? -0.0 : rounded;
    }

    /// <summary>Rounds an integer to tens, hundreds or more.</summary>
    public static BigInteger Round(BigInteger value, int digits)
    {
        BigInteger unit = BigInteger.Pow(10, Math.Min(digits, 5000));
        return RoundToEven(value, unit) * unit;
    }

    /// <summary>Formats the magnitude of a float with the format 'f'.</summary>
    public static string Fixed(double value, int precision)
    {
        string digits = Scale(Math.Abs(value), precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return precision == 0 ? digits : digits[..^precision] + "." + digits[^precision..];
    }

    /// <summary>Formats the magnitude of a float with the format 'e'.</summary>
    public static string Exponential(double value, int precision)
    {
        (string digits, int exponent) = Significant(value, precision);
        string fraction = precision == 0 ? "" : "." + digits[1..];
        return digits[..1] + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
    }

    /// <summary>Formats the magnitude of a float with the format 'g'.</summary>
    public static string General(double value, int precision)
    {
        int significant = Math.Max(precision, 1);
        int exponent = Significant(value, significant - 1).Exponent;
        bool isFixed = exponent >= -4 && exponent < significant;
        string text = isFixed ? Fixed(value, significant - 1 - exponent) : Exponential(value, significant - 1);
        string power = isFixed ? "" : text[text.IndexOf('e', StringComparison.Ordinal)..];
        string mantissa = isFixed ? text : text[..^power.Length];
        return (mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa) + power;
    }

    private static (string Digits, int Exponent) Significant(double value, int precision)
    {
        if (value == 0)
        {
            return (new string('0', precision + 1), 0);
        }

        int exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        string digits = Scale(Math.Abs(value), precision - exponent).ToString(CultureInfo.InvariantCulture);
        if (digits.Length != precision + 1)
        {
            exponent += digits.Length > precision + 1 ? 1 : -1;
            digits = Scale(Math.Abs(value), precision - exponent).ToString(CultureInfo.InvariantCulture);
        }

        return (digits, exponent);
    }

    /// <summary>Returns the float times a power of ten, rounded to even from its exact value.</summary>
    private static BigInteger Scale(double value, int power)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xFFFFFFFFFFFFF;
        BigInteger mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        exponent = Math.Max(exponent, 1) - 1075;
        BigInteger signed = bits < 0 ? -mantissa : mantissa;
        BigInteger numerator = signed * BigInteger.Pow(2, Math.Max(exponent, 0)) * BigInteger.Pow(10, Math.Max(power, 0));
        BigInteger denominator = BigInteger.Pow(2, Math.Max(-exponent, 0)) * BigInteger.Pow(10, Math.Max(-power, 0));
        return RoundToEven(numerator, denominator);
    }

    private static BigInteger RoundToEven(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(numerator), denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        quotient += half > 0 || (half == 0 && !quotient.IsEven) ? 1 : 0;
        return numerator.Sign < 0 ? -quotient : quotient;
    }
}
