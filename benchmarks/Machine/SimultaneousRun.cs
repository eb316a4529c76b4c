using System;
using System.Diagnostics;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>Measures work that several threads do concurrently.</summary>
internal static class SimultaneousRun
{
    /// <summary>Returns the median time of one repetition, from the start of all threads to the end of the last one.</summary>
    /// <param name="threads">The number of threads, including the caller's thread.</param>
    /// <param name="repetitions">The number of measurements, after one run that is not measured.</param>
    /// <param name="work">
    /// The work of a thread with a given zero-based number. It should take milliseconds, because the threads start tens of
    /// microseconds apart.
    /// </param>
    /// <returns>The time in seconds.</returns>
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
