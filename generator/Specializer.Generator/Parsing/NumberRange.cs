using System;

namespace Specializer.Generator.Parsing;

/// <summary>A range of numbers, the same for an attribute and a config.json.</summary>
/// <param name="Description">The text that follows "must be" in a message.</param>
/// <param name="Contains">Returns whether a number is in the range.</param>
internal sealed record NumberRange(string Description, Func<double, bool> Contains)
{
    /// <summary>The largest value of a number that is stored in 32 bits and multiplied with others.</summary>
    private const double Largest = 1e30;

    /// <summary>Scales, caps and amplitudes.</summary>
    public static NumberRange Positive { get; } = new("a positive number", static value => value is >= 1e-30 and <= Largest);

    /// <summary>Scales that may be 0.</summary>
    public static NumberRange ZeroOrPositive { get; } =
        new("0 or a positive number", static value => value is 0 or (>= 1e-30 and <= Largest));

    /// <summary>The epsilon of a norm.</summary>
    public static NumberRange Epsilon { get; } = new("0 or a small positive number", static value => value is >= 0 and <= 1);

    /// <summary>The factor by which a context is extended.</summary>
    public static NumberRange Factor { get; } = new("at least 1", static value => value is >= 1 and <= 1e9);

    /// <summary>The base of rotary frequencies. Below 1, frequencies would increase with the pair.</summary>
    public static NumberRange RotaryBase { get; } = new("a number from 1 to 1e15", static value => value is >= 1 and <= 1e15);

    /// <summary>The fraction of a head that is rotated.</summary>
    public static NumberRange Share { get; } = new("more than 0 and at most 1", static value => value is > 0 and <= 1);
}
