using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Execution;

[Feature("threads")]
[Collection(SerialTests.Name)]
public sealed class WorkerTeamTests
{
    public static TheoryData<int> TeamSizes => [1, 2, 3, 4, 7];

    [Theory]
    [MemberData(nameof(TeamSizes))]
    public void Every_worker_executes_once_per_run_with_its_own_number(int workers)
    {
        using WorkerTeam team = new(workers);
        int[] executed = new int[workers];
        Thread?[] threads = new Thread?[workers];
        DelegatedWork work = new(
            (worker, of, _) =>
            {
                Assert.Equal(workers, of);
                Assert.True(threads[worker] is null || threads[worker] == Thread.CurrentThread);
                threads[worker] = Thread.CurrentThread;
                executed[worker]++;
            }
        );

        for (int run = 0; run < 100; run++)
        {
            Assert.True(team.TryRun(work));
        }

        Assert.Equal(workers, team.Workers);
        Assert.All(executed, count => Assert.Equal(100, count));
        Assert.Same(Thread.CurrentThread, threads[0]);
        Assert.Equal(workers, threads.Distinct().Count());
        Assert.All(threads.Skip(1), thread => Assert.True(thread!.IsBackground));
        Assert.Equal(
            Enumerable.Range(1, workers - 1).Select(worker => $"Specializer {worker}/{workers}"),
            threads.Skip(1).Select(thread => thread!.Name)
        );
    }

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(2, 2000)]
    [InlineData(3, 300)]
    [InlineData(4, 300)]
    [InlineData(7, 50)]
    public void A_barrier_shows_every_worker_what_all_wrote_before_it(int workers, int runs)
    {
        using WorkerTeam team = new(workers);
        PhasedWork work = new(phases: 12);
        for (int run = 0; run < runs; run++)
        {
            Assert.True(team.TryRun(work));
        }

        Assert.Equal(0, work.Errors);
    }

    [Theory]
    [MemberData(nameof(TeamSizes))]
    public void A_barrier_holds_where_some_workers_come_so_late_that_the_others_sleep(int workers)
    {
        using WorkerTeam team = new(workers);
        PhasedWork work = new(
            phases: 2 * workers,
            beforePhase: (worker, phase) =>
            {
                if (phase % workers == worker)
                {
                    Thread.Sleep(1);
                }
            }
        );

        for (int run = 0; run < 10; run++)
        {
            Assert.True(team.TryRun(work));
            if (run % 2 == 0)
            {
                Thread.Sleep(2);
            }
        }

        Assert.Equal(0, work.Errors);
    }

    [Fact]
    public void Waits_of_every_length_end()
    {
        // Lengths around the moments at which a waiting thread goes from polling to yielding to sleeping.
        using WorkerTeam team = new(2);
        int late = 0;
        long ticks = 0;
        PhasedWork work = new(
            phases: 1,
            beforePhase: (worker, _) =>
            {
                long start = Stopwatch.GetTimestamp();
                while (worker == late && Stopwatch.GetTimestamp() - start < ticks) { }
            }
        );

        for (int microseconds = 0; microseconds < 250; microseconds++)
        {
            ticks = microseconds * Stopwatch.Frequency / 1_000_000;
            for (late = 0; late < 2; late++)
            {
                Assert.True(team.TryRun(work));
                long start = Stopwatch.GetTimestamp();
                while (Stopwatch.GetTimestamp() - start < ticks) { }
            }
        }

        Assert.Equal(0, work.Errors);
    }

    [Fact]
    public void The_garbage_collector_can_stop_waiting_workers()
    {
        using WorkerTeam team = new(2);
        PhasedWork work = new(
            phases: 50,
            beforePhase: (worker, phase) =>
            {
                if (worker == 1 && phase % 25 == 0)
                {
                    GC.Collect(0);
                }
            }
        );

        for (int run = 0; run < 50; run++)
        {
            Assert.True(team.TryRun(work));
        }

        Assert.Equal(0, work.Errors);
    }

    [Fact]
    public void Work_that_was_run_by_a_team_runs_alone()
    {
        using WorkerTeam team = new(2);
        PhasedWork work = new(phases: 3);
        Assert.True(team.TryRun(work));
        work.RunAlone();
        Assert.True(team.TryRun(work));
        Assert.Equal(0, work.Errors);
    }

    [Fact]
    public void A_team_that_is_in_use_turns_other_callers_away()
    {
        using WorkerTeam team = new(2);
        using ManualResetEventSlim running = new(false),
            mayEnd = new(false);
        DelegatedWork longWork = new(
            (worker, _, _) =>
            {
                if (worker == 0)
                {
                    running.Set();
                    mayEnd.Wait();
                }
            }
        );
        Thread first = new(() => Assert.True(team.TryRun(longWork)));
        first.Start();
        running.Wait();

        int refused = 0,
            executed = 0;
        DelegatedWork work = new((_, _, _) => Interlocked.Increment(ref executed));
        Thread[] others =
        [
            .. Enumerable.Range(0, 4).Select(_ => new Thread(() => Interlocked.Add(ref refused, team.TryRun(work) ? 0 : 1))),
        ];
        Array.ForEach(others, other => other.Start());
        Array.ForEach(others, other => other.Join());
        mayEnd.Set();
        first.Join();

        Assert.Equal(4, refused);
        Assert.Equal(0, executed);
        Assert.True(team.TryRun(work));
        Assert.Equal(2, executed);
    }

    [Fact]
    public void Callers_that_compete_never_share_a_run()
    {
        using WorkerTeam team = new(2);
        int inside = 0,
            overlaps = 0,
            executed = 0,
            granted = 0;
        Thread[] callers =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ => new Thread(() =>
                {
                    DelegatedWork work = new(
                        (worker, _, synchronize) =>
                        {
                            if (worker == 0 && Interlocked.Exchange(ref inside, 1) != 0)
                            {
                                Interlocked.Increment(ref overlaps);
                            }

                            Interlocked.Increment(ref executed);
                            synchronize();
                            if (worker == 0)
                            {
                                Volatile.Write(ref inside, 0);
                            }
                        }
                    );
                    for (int i = 0; i < 2000; i++)
                    {
                        Interlocked.Add(ref granted, team.TryRun(work) ? 1 : 0);
                    }
                })),
        ];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());

        Assert.Equal(0, overlaps);
        Assert.True(granted > 0);
        Assert.Equal(2 * granted, executed);
    }

    [Fact]
    public void A_worker_can_be_the_caller_of_another_team()
    {
        using WorkerTeam outer = new(2),
            inner0 = new(2),
            inner1 = new(2);
        PhasedWork[] innerWork = [new(phases: 10), new(phases: 10)];
        bool refused = false;
        DelegatedWork outerWork = new(
            (worker, _, synchronize) =>
            {
                synchronize();
                Assert.True((worker == 0 ? inner0 : inner1).TryRun(innerWork[worker]));
                synchronize();
                if (worker == 1)
                {
                    refused = !outer.TryRun(innerWork[1]);
                }

                synchronize();
            }
        );

        for (int run = 0; run < 20; run++)
        {
            Assert.True(outer.TryRun(outerWork));
            Assert.True(refused);
        }

        Assert.All(innerWork, work => Assert.Equal(0, work.Errors));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_allocates_nothing(int workers)
    {
        using WorkerTeam team = new(workers);
        long[] allocated = new long[workers];
        long[] before = new long[workers];
        bool measures = false;
        DelegatedWork work = new(
            (worker, _, synchronize) =>
            {
                long now = GC.GetAllocatedBytesForCurrentThread();
                allocated[worker] += measures ? now - before[worker] : 0;
                synchronize();
                synchronize();

                // Up to the start of the next run: the wait between two runs is measured too.
                before[worker] = now;
            }
        );
        RunAndSleep(100);
        measures = true;
        long callerBefore = GC.GetAllocatedBytesForCurrentThread();
        const int Runs = 200;
        RunAndSleep(Runs);

        // A worker's thread allocates once, when it first waits for a core: less than a byte for each run.
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - callerBefore);
        Assert.All(allocated, bytes => Assert.InRange(bytes, 0, Runs - 1));

        void RunAndSleep(int runs)
        {
            for (int run = 0; run < runs; run++)
            {
                if (!team.TryRun(work))
                {
                    throw new InvalidOperationException("The team is used by this test alone.");
                }

                if (run % 20 == 0)
                {
                    Thread.Sleep(2);
                }
            }
        }
    }

    [Fact]
    public void Threads_do_not_keep_the_context_of_the_creator()
    {
        AsyncLocal<string?> context = new() { Value = "creator" };
        using WorkerTeam team = new(2);
        string[] seen = ["", ""];
        Assert.True(team.TryRun(new DelegatedWork((worker, _, _) => seen[worker] = context.Value ?? "none")));
        Assert.Equal(["creator", "none"], seen);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>("workers", () => new WorkerTeam(0));
        using WorkerTeam team = new(1);
        Assert.Throws<ArgumentNullException>("work", () => team.TryRun(null!));
    }
}
