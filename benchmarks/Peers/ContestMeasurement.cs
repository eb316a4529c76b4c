using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>Runs the engines of a contest alternately and compares their results.</summary>
internal static class ContestMeasurement
{
    public static IEnumerable<ContestRow> Measure(Contest contest, int turns)
    {
        // The threads of OpenMP and OpenBLAS spin for about 30 ms after their work.
        double warmUp = contest.Threads > 1 ? 0.06 : 0;
        double[][] seconds = Turns.Take(
            turns,
            contest.SecondsPerTurn,
            warmUp,
            [.. contest.Contestants.Select(static contestant => contestant.Run)]
        );
        float[] ours = contest.Contestants[0].Result();
        for (int i = 0; i < contest.Contestants.Count; i++)
        {
            Contestant contestant = contest.Contestants[i];
            double difference = Difference(ours, contestant.Result());
            yield return new ContestRow(
                contest,
                contestant.Engine,
                contest.Amount / Spread.Of(seconds[i]).Median,
                Turns.Ratio(seconds[0], seconds[i]),
                difference,
                difference <= contestant.Tolerance
            );
        }
    }

    public static void Release(Contest contest)
    {
        foreach (Contestant contestant in contest.Contestants)
        {
            contestant.Release?.Invoke();
        }
    }

    /// <summary>Returns the largest difference of two results, relative to the largest result of Specializer.</summary>
    public static double Difference(float[] ours, float[] theirs)
    {
        if (ours.Length != theirs.Length)
        {
            throw new InvalidOperationException(
                $"Specializer has {ours.Length} results, the other engine {theirs.Length}; the computations differ."
            );
        }

        double largest = 0,
            difference = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(ours[i]));
            double apart = Math.Abs(ours[i] - theirs[i]);
            difference = double.IsNaN(apart) ? double.PositiveInfinity : Math.Max(difference, apart);
        }

        return difference / largest;
    }
}
