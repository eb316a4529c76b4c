using System;

namespace Specializer.Generator.Parsing;

/// <summary>The values that a number may have, the same whether an attribute or a config.json gives it.</summary>
/// <param name="Description">The values in words, as a message says them after "must be".</param>
/// <param name="Contains">Whether a number is one of them.</param>
internal sealed record NumberRange(string Description, Func<double, bool> Contains)
{
    /// <summary>The largest value of a number that is held in 32 bits and multiplied with others.</summary>
    private const double Largest = 1e30;

    /// <summary>Scales, caps and amplitudes.</summary>
    public static NumberRange Positive { get; } = new("a positive number", static value => value is >= 1e-30 and <= Largest);

    /// <summary>Scales that may be nothing.</summary>
    public static NumberRange ZeroOrPositive { get; } =
        new("0 or a positive number", static value => value is 0 or (>= 1e-30 and <= Largest));

    /// <summary>The ε of a norm.</summary>
    public static NumberRange Epsilon { get; } = new("0 or a small positive number", static value => value is >= 0 and <= 1);

    /// <summary>How many times longer a context becomes.</summary>
    public static NumberRange Factor { get; } = new("at least 1", static value => value is >= 1 and <= 1e9);

    /// <summary>θ of rotary frequencies: below 1 frequencies would grow with the pair.</summary>
    public static NumberRange RotaryBase { get; } = new("a number from 1 to 1e15", static value => value is >= 1 and <= 1e15);

    /// <summary>The share of a head that is rotated.</summary>
    public static NumberRange Share { get; } = new("more than 0 and at most 1", static value => value is > 0 and <= 1);
}
