using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Execution;

[Feature("threads")]
[Collection(SerialTests.Name)]
public sealed class WorkerTeamDisposalTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 5)]
    [InlineData(4, 0)]
    [InlineData(4, 5)]
    public void Disposal_ends_threads_that_poll_and_threads_that_sleep(int workers, int idleMilliseconds)
    {
        for (int round = 0; round < 10; round++)
        {
            WorkerTeam team = new(workers);
            Thread[] threads = ThreadsOf(team);
            Thread.Sleep(idleMilliseconds);
            team.Dispose();
            Assert.All(threads.AsSpan(1).ToArray(), thread => Assert.False(thread.IsAlive));
            Assert.Throws<ObjectDisposedException>(() => team.TryRun(new PhasedWork(phases: 1)));
            team.Dispose();
        }
    }

    [Fact]
    public void A_team_that_never_ran_can_be_disposed()
    {
        for (int round = 0; round < 20; round++)
        {
            new WorkerTeam(3).Dispose();
        }
    }

    [Fact]
    public void Disposal_waits_for_the_run_in_progress()
    {
        WorkerTeam team = new(2);
        using ManualResetEventSlim running = new(false),
            mayEnd = new(false);
        int finished = 0;
        bool result = false;
        DelegatedWork work = new(
            (worker, _, synchronize) =>
            {
                running.Set();
                mayEnd.Wait();
                synchronize();
                Interlocked.Increment(ref finished);
            }
        );
        Thread caller = new(() => result = team.TryRun(work));
        caller.Start();
        running.Wait();

        int finishedAtDisposal = 0;
        Thread[] disposers = [new(Dispose), new(Dispose)];
        Array.ForEach(disposers, disposer => disposer.Start());
        Assert.False(disposers[0].Join(50));
        Assert.False(disposers[1].Join(0));
        Assert.Throws<ObjectDisposedException>(() => team.TryRun(work));
        mayEnd.Set();
        Array.ForEach(disposers, disposer => disposer.Join());
        caller.Join();

        Assert.True(result);
        Assert.Equal(4, finishedAtDisposal);

        void Dispose()
        {
            team.Dispose();
            Interlocked.Add(ref finishedAtDisposal, Volatile.Read(ref finished));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_worker_cannot_dispose_its_own_team(int disposer)
    {
        using WorkerTeam team = new(2);
        DelegatedWork work = new(
            (worker, _, synchronize) =>
            {
                synchronize();
                if (worker == disposer)
                {
                    team.Dispose();
                }
            }
        );

        Assert.Throws<InvalidOperationException>(() => team.TryRun(work));
        Assert.True(team.TryRun(new PhasedWork(phases: 3)));
    }

    [Fact]
    public void A_forgotten_team_ends_its_threads()
    {
        Thread[] threads = ForgetTeam();
        bool ended = false;
        for (int attempt = 0; attempt < 50 && !ended; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            ended = threads[1].Join(100) && threads[2].Join(100);
        }

        Assert.True(ended);
    }

    [Fact]
    public void Idle_threads_keep_no_work_alive()
    {
        using WorkerTeam team = new(2);
        WeakReference work = RunAndForget(team);
        for (int attempt = 0; attempt < 50 && work.IsAlive; attempt++)
        {
            GC.Collect();
            Thread.Sleep(10);
        }

        Assert.False(work.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunAndForget(WorkerTeam team)
    {
        PhasedWork work = new(phases: 3);
        Assert.True(team.TryRun(work));
        return new WeakReference(work);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Thread[] ForgetTeam() => ThreadsOf(new WorkerTeam(3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Thread[] ThreadsOf(WorkerTeam team)
    {
        Thread[] threads = new Thread[team.Workers];
        Assert.True(team.TryRun(new DelegatedWork((worker, _, _) => threads[worker] = Thread.CurrentThread)));
        return threads;
    }
}
