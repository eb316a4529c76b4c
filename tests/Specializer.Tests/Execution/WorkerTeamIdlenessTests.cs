using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Execution;

[Feature("threads")]
[Collection(SerialTests.Name)]
public sealed class WorkerTeamIdlenessTests
{
    private const int Milliseconds = 300;

    [Fact]
    public void Idle_threads_cost_no_processor_time()
    {
        HashSet<int> before = ThreadIds();
        using WorkerTeam team = new(4);
        PhasedWork work = new(phases: 10);
        Assert.InRange(LeastShare(before, () => Assert.True(team.TryRun(work)), () => Thread.Sleep(Milliseconds)), 0, 0.05);
    }

    [Fact]
    public void Threads_at_a_barrier_whose_partner_is_away_cost_no_processor_time()
    {
        HashSet<int> before = ThreadIds();
        using WorkerTeam team = new(4);
        PhasedWork work = new(phases: 10);
        DelegatedWork late = new(
            (worker, _, synchronize) =>
            {
                if (worker == 0)
                {
                    Thread.Sleep(Milliseconds);
                }

                synchronize();
            }
        );
        Assert.InRange(LeastShare(before, () => Assert.True(team.TryRun(work)), () => Assert.True(team.TryRun(late))), 0, 0.05);
    }

    // The processor time of all threads that did not exist before, as a share of the time that an action takes: the least
    // of some attempts, as other threads of the process may be among the new ones.
    private static double LeastShare(HashSet<int> before, Action warmUp, Action measured)
    {
        double least = double.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            warmUp();
            Thread.Sleep(20);
            TimeSpan cpuBefore = ProcessorTime(before);
            long start = Stopwatch.GetTimestamp();
            measured();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            least = Math.Min(least, (ProcessorTime(before) - cpuBefore) / elapsed);
        }

        return least;
    }

    private static HashSet<int> ThreadIds()
    {
        using Process process = Process.GetCurrentProcess();
        return [.. process.Threads.Cast<ProcessThread>().Select(thread => thread.Id)];
    }

    private static TimeSpan ProcessorTime(HashSet<int> before)
    {
        using Process process = Process.GetCurrentProcess();
        long ticks = process
            .Threads.Cast<ProcessThread>()
            .Where(thread => !before.Contains(thread.Id))
            .Sum(thread => thread.TotalProcessorTime.Ticks);
        return TimeSpan.FromTicks(ticks);
    }
}
