using System;

namespace Specializer;

/// <summary>
/// Declares positions as a penalty on the scores that grows with the distance, with a slope for each head (Press et al.
/// 2022, ALiBi). For heads that are no power of two the slopes are those of the authors' code: first those of the next
/// lower power, then every other one of the next higher.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AlibiPositionsAttribute : Attribute
{
    /// <summary>m of the slopes 2^(−m k / heads); <c>alibi_bias_max</c>. Positive. Default: 8, as in the paper.</summary>
    public double MaximumBias { get; set; } = 8;
}
