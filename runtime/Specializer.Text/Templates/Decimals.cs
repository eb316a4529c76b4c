using System;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Templates;

/// <summary>Decimal digits of floats, rounded to even from the exact value as Python rounds them.</summary>
internal static class Decimals
{
    /// <summary>The most digits after the point.</summary>
    public const int MaximalPrecision = 400;

    /// <summary>The float rounded to so many digits after the point, or before it.</summary>
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

    /// <summary>The integer rounded to tens, hundreds or more.</summary>
    public static BigInteger Round(BigInteger value, int digits)
    {
        BigInteger unit = BigInteger.Pow(10, Math.Min(digits, 5000));
        return RoundToEven(value, unit) * unit;
    }

    /// <summary>As the format 'f' prints the magnitude of a float.</summary>
    public static string Fixed(double value, int precision)
    {
        string digits = Scale(Math.Abs(value), precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return precision == 0 ? digits : digits[..^precision] + "." + digits[^precision..];
    }

    /// <summary>As the format 'e' prints the magnitude of a float.</summary>
    public static string Exponential(double value, int precision)
    {
        (string digits, int exponent) = Significant(value, precision);
        string fraction = precision == 0 ? "" : "." + digits[1..];
        return digits[..1] + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
    }

    /// <summary>As the format 'g' prints the magnitude of a float.</summary>
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

    /// <summary>The float times a power of ten, rounded to even from its exact value.</summary>
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
