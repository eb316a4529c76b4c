using System.Numerics;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>T5's buckets of distances, with boundaries in whole numbers instead of logarithms.</summary>
[Feature("relative-bias")]
public sealed class RelativeBiasTests
{
    [Theory]
    [InlineData(32, 128, true)]
    [InlineData(32, 128, false)]
    [InlineData(8, 20, true)]
    [InlineData(12, 100, false)]
    public void Every_distance_falls_into_its_bucket(int buckets, int maximumDistance, bool bidirectional)
    {
        for (int distance = -300; distance <= 300; distance++)
        {
            int count = bidirectional ? buckets / 2 : buckets;
            int first = bidirectional && distance > 0 ? count : 0;
            int length = bidirectional ? int.Abs(distance) : int.Max(-distance, 0);
            Assert.Equal(
                first + Bucket(length, count, maximumDistance),
                WeightPacking.RelativeBucket(distance, buckets, maximumDistance, bidirectional)
            );
        }
    }

    [Theory]
    [InlineData(-7, 7)]
    [InlineData(-8, 8)]
    [InlineData(-63, 13)]
    [InlineData(-64, 14)]
    [InlineData(-128, 15)]
    [InlineData(1, 17)]
    [InlineData(64, 30)]
    [InlineData(500, 31)]
    public void The_encoders_buckets_of_the_paper(int distance, int bucket) =>
        Assert.Equal(bucket, WeightPacking.RelativeBucket(distance, 32, 128, bidirectional: true));

    /// <summary>
    /// The largest k for which the distance is at least single · (maximum / single)^(k / growing), that is
    /// (distance / single)^growing ≥ (maximum / single)^k.
    /// </summary>
    private static int Bucket(int distance, int count, int maximumDistance)
    {
        int single = count / 2,
            growing = count - single,
            k = 0;
        if (distance < single)
        {
            return distance;
        }

        while (
            k < growing - 1
            && BigInteger.Pow(distance, growing) * BigInteger.Pow(single, k + 1)
                >= BigInteger.Pow(maximumDistance, k + 1) * BigInteger.Pow(single, growing)
        )
        {
            k++;
        }

        return single + k;
    }
}
