using System.Collections.Generic;
using System.Globalization;
using System.Numerics;

namespace Specializer.Text.Constraints;

/// <summary>A bound of numbers: a decimal, and whether it is itself allowed.</summary>
internal readonly record struct NumberBound(decimal Value, bool IsIncluded);

/// <summary>Numbers between two bounds as expressions over their decimal digits, without exponents.</summary>
internal static class NumberRange
{
    private const int MostDigits = 16;

    /// <summary>Returns the integers between two bounds, or null if there are none.</summary>
    /// <param name="low">The lower bound, or null.</param>
    /// <param name="high">The upper bound, or null.</param>
    public static Expression? Integers(NumberBound? low, NumberBound? high)
    {
        BigInteger limit = BigInteger.Pow(10, MostDigits) - 1;
        BigInteger first = low is { } l ? Up(l) : -limit,
            last = high is { } h ? -Up(new NumberBound(-h.Value, h.IsIncluded)) : limit;
        var options = new List<Expression>();
        if (first < 0 && first <= last)
        {
            BigInteger most = -first,
                least = BigInteger.Max(1, -last);
            options.Add(Expression.Concat(Expression.Of("-"u8), Naturals(least, most)));
        }

        if (last >= 0 && first <= last)
        {
            options.Add(Naturals(BigInteger.Max(0, first), last));
        }

        return options.Count == 0 ? null : Expression.Any(options);
    }

    /// <summary>Returns the numbers between two bounds, or null if there are none.</summary>
    /// <param name="low">The lower bound, or null.</param>
    /// <param name="high">The upper bound, or null.</param>
    public static Expression? Numbers(NumberBound? low, NumberBound? high)
    {
        var options = new List<Expression>();
        var zero = new NumberBound(0, true);

        // Negative numbers are the mirrored positive ones; zero is written without a sign.
        if (low is null || low.Value.Value < 0)
        {
            NumberBound least = high is { Value: < 0 } upper ? new NumberBound(-upper.Value, upper.IsIncluded) : new NumberBound(0, false);
            NumberBound? most = low is { } lower ? new NumberBound(-lower.Value, lower.IsIncluded) : null;
            if (Positive(least, most) is { } negative)
            {
                options.Add(Expression.Concat(Expression.Of("-"u8), negative));
            }
        }

        if (high is null || high.Value.Value >= 0)
        {
            NumberBound least = low is { Value: >= 0 } lower ? lower : zero;
            if (Positive(least, high) is { } positive)
            {
                options.Add(positive);
            }
        }

        return options.Count == 0 ? null : Expression.Any(options);
    }

    private static BigInteger Up(NumberBound bound)
    {
        decimal ceiling = decimal.Ceiling(bound.Value);
        return new BigInteger(ceiling) + (ceiling == bound.Value && !bound.IsIncluded ? 1 : 0);
    }

    // Texts of the numbers from low to high, both at least zero.
    private static Expression? Positive(NumberBound low, NumberBound? high)
    {
        if (high is { } bound && (bound.Value < low.Value || (bound.Value == low.Value && !(bound.IsIncluded && low.IsIncluded))))
        {
            return null;
        }

        (string lowDigits, string lowFraction) = Split(low.Value);
        (string highDigits, string highFraction) = high is { } upper
            ? Split(upper.Value)
            : (new string('9', MostDigits), new string('9', MostDigits));
        bool highIncluded = high?.IsIncluded ?? true;
        var options = new List<Expression>();
        for (int length = lowDigits.Length; length <= highDigits.Length; length++)
        {
            bool atLow = length == lowDigits.Length,
                atHigh = length == highDigits.Length;
            Bound? least = atLow ? new Bound(lowDigits, lowFraction, low.IsIncluded) : null;
            Bound? most = atHigh ? new Bound(highDigits, highFraction, highIncluded) : null;
            options.AddIfAny(WholePart(length, 0, least, most));
        }

        return options.Count == 0 ? null : Expression.Any(options);
    }

    // The digits from an index on; a bound that is null has no effect any more.
    private static Expression? WholePart(int length, int index, Bound? low, Bound? high)
    {
        if (index == length)
        {
            return Fraction(0, low, high);
        }

        int least = low is null ? (index == 0 && length > 1 ? 1 : 0) : low.Digits[index] - '0',
            most = high is null ? 9 : high.Digits[index] - '0';
        if (low is null && high is null)
        {
            return Expression.Concat(
                Digits.Range(least, 9),
                Expression.Many(Digits.Any, length - index - 1, length - index - 1),
                Fraction(0, null, null)!
            );
        }

        return Branch(least, most, low, high, (l, h) => WholePart(length, index + 1, l, h));
    }

    private static Expression? Fraction(int index, Bound? low, Bound? high)
    {
        if (low is null && high is null)
        {
            return index == 0
                ? Expression.Optional(Expression.Concat(Expression.Of("."u8), Expression.Many(Digits.Any, 1, MostDigits)))
                : Expression.Many(Digits.Any, 0, MostDigits);
        }

        // The text can end here if the number is within the bounds; the digits that it lacks are zeros.
        bool isWithin = (low is null || low.AllowsEnd(index)) && (high is null || high.AllowsEndBelow(index));
        Expression? more = null;
        bool lowEnds = low is null || index >= low.Fraction.Length,
            highEnds = high is null || index >= high.Fraction.Length;
        if (lowEnds && highEnds)
        {
            more = AfterDigits(index, low, high);
        }
        else
        {
            int least = low is null || lowEnds ? 0 : low.Fraction[index] - '0',
                most = high is null ? 9
                : highEnds ? 0
                : high.Fraction[index] - '0';
            more = Branch(least, most, low, high, (l, h) => Fraction(index + 1, l, h));
            more = more is null || index > 0 ? more : Expression.Concat(Expression.Of("."u8), more);
        }

        return more is null ? (isWithin ? Expression.Empty : null)
            : isWithin ? Expression.Optional(more)
            : more;
    }

    // All digits of the bounds have been read, so that the number equals at least one of them so far.
    private static Expression? AfterDigits(int index, Bound? low, Bound? high)
    {
        Expression zeros = Expression.Many(Expression.Of("0"u8), 0, MostDigits);
        Expression? tail = (low, high) switch
        {
            (_, { IsIncluded: true }) when low is null || low.IsIncluded => Expression.Many(Expression.Of("0"u8), 1, MostDigits),
            (_, not null) => null,
            ({ IsIncluded: true }, null) => Expression.Many(Digits.Any, 1, MostDigits),
            _ => Expression.Concat(zeros, Digits.Range(1, 9), Expression.Many(Digits.Any, 0, MostDigits)),
        };
        return tail is null || index > 0 ? tail : Expression.Concat(Expression.Of("."u8), tail);
    }

    // One digit: below the bounds, between them, and at each of them.
    private static Expression? Branch(int least, int most, Bound? low, Bound? high, System.Func<Bound?, Bound?, Expression?> rest)
    {
        var options = new List<Expression>();
        for (int digit = least; digit <= most; )
        {
            Bound? nextLow = low is not null && digit == least ? low : null,
                nextHigh = high is not null && digit == most ? high : null;
            int end = digit;
            while (nextLow is null && nextHigh is null && end + 1 <= most && !(high is not null && end + 1 == most))
            {
                end++;
            }

            if (rest(nextLow, nextHigh) is { } tail)
            {
                options.Add(Expression.Concat(Digits.Range(digit, end), tail));
            }

            digit = end + 1;
        }

        return options.Count == 0 ? null : Expression.Any(options);
    }

    // The whole numbers between two, which have no fraction.
    private static Expression Naturals(BigInteger low, BigInteger high)
    {
        string first = low.ToString(CultureInfo.InvariantCulture),
            last = high.ToString(CultureInfo.InvariantCulture);
        var options = new List<Expression>();
        for (int length = first.Length; length <= last.Length; length++)
        {
            Bound? least = length == first.Length ? new Bound(first, "", true) : null,
                most = length == last.Length ? new Bound(last, "", true) : null;
            options.AddIfAny(Natural(length, 0, least, most));
        }

        return Expression.Any(options);
    }

    private static Expression? Natural(int length, int index, Bound? low, Bound? high)
    {
        if (index == length)
        {
            return Expression.Empty;
        }

        int least = low is null ? (index == 0 && length > 1 ? 1 : 0) : low.Digits[index] - '0',
            most = high is null ? 9 : high.Digits[index] - '0';
        return low is null && high is null
            ? Expression.Concat(Digits.Range(least, 9), Expression.Many(Digits.Any, length - index - 1, length - index - 1))
            : Branch(least, most, low, high, (l, h) => Natural(length, index + 1, l, h));
    }

    private static (string Digits, string Fraction) Split(decimal value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        int point = text.IndexOf('.', System.StringComparison.Ordinal);
        return point < 0 ? (text, "") : (text[..point], text[(point + 1)..].TrimEnd('0'));
    }

    private static void AddIfAny(this List<Expression> options, Expression? option)
    {
        if (option is not null)
        {
            options.Add(option);
        }
    }

    private sealed record Bound(string Digits, string Fraction, bool IsIncluded)
    {
        /// <summary>Whether a number that equals this lower bound up to an index of the fraction can end there.</summary>
        public bool AllowsEnd(int index) => index >= Fraction.Length && IsIncluded;

        /// <summary>Whether a number that equals this upper bound up to an index of the fraction can end there.</summary>
        public bool AllowsEndBelow(int index) => index < Fraction.Length || IsIncluded;
    }
}
