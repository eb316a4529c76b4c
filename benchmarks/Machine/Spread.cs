using System;

namespace Specializer.Benchmarks;

/// <summary>What repeated measurements of one thing came to. Every median of these benchmarks is this one.</summary>
/// <param name="Median">The middle one; of an even number, the mean of the two in the middle.</param>
/// <param name="Low">The least but one, or the least of fewer than five.</param>
/// <param name="High">The greatest but one, or the greatest of fewer than five.</param>
internal readonly record struct Spread(double Median, double Low, double High)
{
    /// <summary>The spread of at least one measurement.</summary>
    public static Spread Of(ReadOnlySpan<double> measurements)
    {
        ArgumentOutOfRangeException.ThrowIfZero(measurements.Length);
        double[] sorted = measurements.ToArray();
        Array.Sort(sorted);
        int middle = sorted.Length / 2,
            outliers = sorted.Length < 5 ? 0 : 1;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[outliers], sorted[^(1 + outliers)]);
    }
}
