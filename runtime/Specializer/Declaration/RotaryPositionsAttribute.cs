using System;

namespace Specializer;

/// <summary>
/// Declares rotary positions (Su et al. 2021, RoFormer): pair i of every query and key head is turned by
/// position · Base^(−2i / RotaryDim) radians.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RotaryPositionsAttribute : Attribute
{
    /// <summary>The base of the frequencies, θ; <c>rope_theta</c>. Default: 10,000.</summary>
    public double Base { get; set; } = 10_000;

    /// <summary>Which elements are turned together. Default: the two halves, as in Hugging Face checkpoints.</summary>
    public RotaryPairing Pairing { get; set; }

    /// <summary>
    /// How many of a head's first elements are turned; the others are left as they are. Even, at most the head's
    /// width. 0, the default, turns all.
    /// </summary>
    public int RotaryDim { get; set; }
}
