using System;
using System.Diagnostics;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>Times the same work done by several threads at once.</summary>
internal static class SimultaneousRun
{
    /// <summary>The median time of one repetition, from the moment that all threads start until the last of them is done.</summary>
    /// <param name="threads">How many threads work, the caller's own included.</param>
    /// <param name="repetitions">How many times it is measured, after one run that is not.</param>
    /// <param name="work">The work of one thread, given its number from 0. It should take milliseconds: the threads start some tens of microseconds apart.</param>
    /// <returns>Seconds.</returns>
    public static double MedianSeconds(int threads, int repetitions, Action<int> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        double[] seconds = new double[repetitions];
        using Barrier barrier = new(threads);

        void Repeat(int worker)
        {
            for (int repetition = -1; repetition < seconds.Length; repetition++)
            {
                barrier.SignalAndWait();
                long start = Stopwatch.GetTimestamp();
                work(worker);
                barrier.SignalAndWait();
                if (worker == 0 && repetition >= 0)
                {
                    seconds[repetition] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }
            }
        }

        Thread[] others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            int worker = i + 1;
            others[i] = new Thread(() => Repeat(worker)) { IsBackground = true };
            others[i].Start();
        }

        Repeat(0);
        foreach (Thread thread in others)
        {
            thread.Join();
        }

        return Spread.Of(seconds).Median;
    }
}
