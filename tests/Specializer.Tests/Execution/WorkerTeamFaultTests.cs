using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Execution;

[Feature("threads")]
[Collection(SerialTests.Name)]
public sealed class WorkerTeamFaultTests
{
    /// <summary>Every team size, every worker failing, at the start and after one or more barriers, at once and so late that the others sleep.</summary>
    public static TheoryData<int, int, int, int> Faults()
    {
        TheoryData<int, int, int, int> data = [];
        foreach (int workers in (int[])[1, 2, 3, 4])
        {
            for (int faulty = 0; faulty < workers; faulty++)
            {
                foreach (int barriers in (int[])[0, 1, 4])
                {
                    data.Add(workers, faulty, barriers, 0);
                    data.Add(workers, faulty, barriers, 3);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_failure_releases_the_others_and_reaches_the_caller(int workers, int faulty, int barriersBefore, int delay)
    {
        using WorkerTeam team = new(workers);
        PhasedWork sound = new(phases: 5);
        FormatException failure = new("The data is bad.");
        int passed = 0,
            unwound = 0;
        DelegatedWork failing = new(
            (worker, _, synchronize) =>
            {
                try
                {
                    for (int barrier = 0; barrier < 6; barrier++)
                    {
                        if (worker == faulty && barrier == barriersBefore)
                        {
                            Thread.Sleep(delay);
                            Fail(failure);
                        }

                        synchronize();
                    }

                    Interlocked.Increment(ref passed);
                }
                finally
                {
                    Interlocked.Increment(ref unwound);
                }
            }
        );

        for (int round = 0; round < 3; round++)
        {
            passed = unwound = 0;
            FormatException thrown = Assert.Throws<FormatException>(() => team.TryRun(failing));
            Assert.Same(failure, thrown);
            Assert.Contains(nameof(Fail), thrown.StackTrace!, StringComparison.Ordinal);
            Assert.Equal(0, passed);
            Assert.Equal(workers, unwound);

            Assert.True(team.TryRun(sound));
            Assert.Equal(0, sound.Errors);
        }
    }

    [Fact]
    public void Of_several_failures_one_reaches_the_caller()
    {
        using WorkerTeam team = new(3);
        DelegatedWork failing = new(
            (worker, _, synchronize) =>
            {
                synchronize();
                throw new FormatException($"{worker}");
            }
        );
        for (int run = 0; run < 50; run++)
        {
            FormatException thrown = Assert.Throws<FormatException>(() => team.TryRun(failing));
            Assert.Contains(thrown.Message, (string[])["0", "1", "2"]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_failure_after_the_last_barrier_reaches_the_caller(int faulty)
    {
        using WorkerTeam team = new(2);
        PhasedWork sound = new(phases: 5);
        DelegatedWork failing = new(
            (worker, _, synchronize) =>
            {
                synchronize();
                if (worker == faulty)
                {
                    throw new FormatException();
                }
            }
        );
        for (int run = 0; run < 100; run++)
        {
            Assert.Throws<FormatException>(() => team.TryRun(failing));
            Assert.True(team.TryRun(sound));
        }

        Assert.Equal(0, sound.Errors);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(4, 0)]
    [InlineData(4, 2)]
    public void A_worker_that_leaves_out_a_barrier_is_an_error_instead_of_a_deadlock(int workers, int hasty)
    {
        using WorkerTeam team = new(workers);
        PhasedWork sound = new(phases: 5);
        DelegatedWork uneven = new(
            (worker, _, synchronize) =>
            {
                synchronize();
                if (worker != hasty)
                {
                    synchronize();
                }
            }
        );
        for (int run = 0; run < 5; run++)
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => team.TryRun(uneven));
            Assert.Contains($"worker {hasty} never reaches", thrown.Message, StringComparison.Ordinal);
            Assert.True(team.TryRun(sound));
        }

        Assert.Equal(0, sound.Errors);
    }

    [Fact]
    public void A_failure_of_an_inner_team_is_a_failure_of_the_outer_worker()
    {
        using WorkerTeam outer = new(2),
            inner = new(2);
        PhasedWork sound = new(phases: 5);
        DelegatedWork failing = new(
            (worker, _, _) =>
            {
                if (worker == 1)
                {
                    throw new FormatException();
                }
            }
        );
        DelegatedWork outerWork = new(
            (worker, _, synchronize) =>
            {
                if (worker == 1)
                {
                    inner.TryRun(failing);
                }

                synchronize();
            }
        );

        Assert.Throws<FormatException>(() => outer.TryRun(outerWork));
        Assert.True(outer.TryRun(sound));
        Assert.True(inner.TryRun(sound));
        Assert.Equal(0, sound.Errors);
    }

    [Fact]
    public void An_interrupted_caller_stays_until_all_workers_have_finished()
    {
        using WorkerTeam team = new(2);
        bool workerFinished = false,
            returned = false,
            finishedFirst = false,
            stillInterrupted = false;
        DelegatedWork work = new(
            (worker, _, _) =>
            {
                if (worker == 1)
                {
                    Thread.Sleep(50);
                    Volatile.Write(ref workerFinished, true);
                }
            }
        );
        Thread caller = new(() =>
        {
            returned = team.TryRun(work);
            finishedFirst = Volatile.Read(ref workerFinished);
            try
            {
                Thread.Sleep(0);
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                stillInterrupted = true;
            }
        });
        caller.Start();
        Thread.Sleep(10);
        caller.Interrupt();
        caller.Join();

        Assert.True(returned);
        Assert.True(finishedFirst);
        Assert.True(stillInterrupted);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(Exception failure) => throw failure;
}
