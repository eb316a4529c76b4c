using System;
using System.Diagnostics;

namespace Specializer.Benchmarks;

/// <summary>
/// Measures several actions alternately, so that all of them run under the same conditions: the clock and the caches of a shared
/// host vary.
/// </summary>
internal static class Turns
{
    /// <summary>Measures each action once in every round.</summary>
    /// <param name="turns">The number of rounds, after one that is not measured.</param>
    /// <param name="secondsPerTurn">
    /// The minimum time for which an action is repeated; the median of these runs is its time in the round.
    /// </param>
    /// <param name="actions">The actions to measure.</param>
    /// <returns>The seconds, [action][round].</returns>
    public static double[][] Take(int turns, double secondsPerTurn, params ReadOnlySpan<Action> actions) =>
        Take(turns, secondsPerTurn, 0, actions);

    /// <summary>Measures each action once in every round, after a warm-up.</summary>
    /// <param name="turns">The number of rounds, after one that is not measured.</param>
    /// <param name="secondsPerTurn">The minimum time for which an action is repeated.</param>
    /// <param name="warmUp">
    /// The time for which an action runs before it is measured. Spinning threads of the previous action go to sleep, and the
    /// system assigns a core to each thread of this one.
    /// </param>
    /// <param name="actions">The actions to measure.</param>
    /// <returns>The seconds, [action][round].</returns>
    public static double[][] Take(int turns, double secondsPerTurn, double warmUp, params ReadOnlySpan<Action> actions)
    {
        double[][] seconds = new double[actions.Length][];
        for (int action = 0; action < actions.Length; action++)
        {
            seconds[action] = new double[turns];
            actions[action]();
        }

        for (int turn = 0; turn < turns; turn++)
        {
            for (int action = 0; action < actions.Length; action++)
            {
                if (warmUp > 0)
                {
                    Seconds(actions[action], warmUp);
                }

                seconds[action][turn] = Seconds(actions[action], secondsPerTurn);
            }
        }

        return seconds;
    }

    /// <summary>Returns the ratio of the second time to the first, round by round.</summary>
    public static Spread Ratio(double[] first, double[] second)
    {
        double[] ratios = new double[first.Length];
        for (int turn = 0; turn < ratios.Length; turn++)
        {
            ratios[turn] = second[turn] / first[turn];
        }

        return Spread.Of(ratios);
    }

    private static double Seconds(Action run, double atLeast)
    {
        var seconds = new System.Collections.Generic.List<double>();
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        } while (Stopwatch.GetElapsedTime(begin).TotalSeconds < atLeast);
        return Spread.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(seconds)).Median;
    }
}
