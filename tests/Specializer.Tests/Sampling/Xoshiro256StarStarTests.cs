using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Sampling;

[Feature("sampling")]
public sealed class Xoshiro256StarStarTests
{
    // Outputs of the authors' xoshiro256starstar.c from the state 1, 2, 3, 4.
    [Fact]
    public void The_sequence_is_that_of_the_reference_implementation()
    {
        Xoshiro256StarStar random = new(1, 2, 3, 4);
        ulong[] expected =
        [
            11520,
            0,
            1509978240,
            1215971899390074240,
            1216172134540287360,
            607988272756665600,
            16172922978634559625,
            8476171486693032832,
            10595114339597558777,
            2904607092377533576,
        ];
        Assert.Equal(expected, expected.Select(_ => random.NextBits()));
    }

    // Outputs of splitmix64.c from the state 1234567.
    [Fact]
    public void The_seed_is_spread_by_SplitMix64()
    {
        ulong state = 1234567;
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, expected.Select(_ => Xoshiro256StarStar.SplitMix64(ref state)));
    }

    [Fact]
    public void A_seed_starts_at_the_first_four_outputs_of_SplitMix64()
    {
        Xoshiro256StarStar seeded = new(1234567);
        Xoshiro256StarStar started = new(6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(started.NextBits(), seeded.NextBits());
        }
    }

    [Fact]
    public void Unit_numbers_fill_the_unit_interval_evenly()
    {
        Xoshiro256StarStar random = new(7);
        int[] counts = new int[100];
        for (int i = 0; i < 100_000; i++)
        {
            counts[(int)(random.NextUnit() * counts.Length)]++;
        }

        // Chi-square with 99 degrees of freedom: 148 is exceeded once in a thousand seeds.
        Assert.InRange(counts.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000.0), 50, 148);
    }
}
