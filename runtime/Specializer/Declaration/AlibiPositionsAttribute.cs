using System;

namespace Specializer;

/// <summary>
/// Declares attention with linear biases: each score is reduced in proportion to the distance, with a slope for each head (Press
/// et al. 2022, ALiBi). The slopes of a number of heads that is not a power of two follow the authors' code. They are those of
/// the next lower power, then every other slope of the next higher power.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AlibiPositionsAttribute : Attribute
{
    /// <summary>
    /// The value m in the slopes 2^(−m k / heads); <c>alibi_bias_max</c>. Must be positive. The default is 8, as in the paper.
    /// </summary>
    public double MaximumBias { get; set; } = 8;
}
