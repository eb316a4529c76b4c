using System;

namespace Specializer.Benchmarks;

/// <summary>The distribution of repeated measurements. All medians of these benchmarks are computed here.</summary>
/// <param name="Median">The median; for an even number of measurements, the mean of the two in the middle.</param>
/// <param name="Low">The second smallest, or the smallest of fewer than five.</param>
/// <param name="High">The second largest, or the largest of fewer than five.</param>
internal readonly record struct Spread(double Median, double Low, double High)
{
    /// <summary>Computes the distribution of at least one measurement.</summary>
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
