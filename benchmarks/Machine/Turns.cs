using System;
using System.Diagnostics;

namespace Specializer.Benchmarks;

/// <summary>Several things measured in turn, so that all of them see the same machine: a shared host's clock and caches are not the same all day.</summary>
internal static class Turns
{
    /// <summary>Measures each action once in every turn.</summary>
    /// <param name="turns">How many turns, after one that is not measured.</param>
    /// <param name="secondsPerTurn">An action is repeated until so much time has passed, at least once; the median of these runs is its time of the turn.</param>
    /// <param name="actions">What is measured.</param>
    /// <returns>Seconds, [action][turn].</returns>
    public static double[][] Take(int turns, double secondsPerTurn, params ReadOnlySpan<Action> actions) =>
        Take(turns, secondsPerTurn, 0, actions);

    /// <summary>Measures each action once in every turn, after it has run for some time unmeasured.</summary>
    /// <param name="turns">How many turns, after one that is not measured.</param>
    /// <param name="secondsPerTurn">As above.</param>
    /// <param name="warmUp">
    /// How long an action runs before it is measured: meanwhile threads that the last one left spinning go to sleep, and the system
    /// gives each of its own threads a core.
    /// </param>
    /// <param name="actions">What is measured.</param>
    /// <returns>Seconds, [action][turn].</returns>
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

    /// <summary>Turn by turn, how many times as long the second took as the first.</summary>
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
