using System;
using System.IO;
using System.Linq;
using System.Threading;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit;

namespace Specializer.Tests.Execution;

/// <summary>Workers of a team do not stay on one processor; what a thread may use is the same afterwards.</summary>
[Feature("threads")]
[Collection(SerialTests.Name)]
public sealed class WorkerPlacesTests
{
    [SeveralProcessorsFact]
    public void A_thread_leaves_its_processor_and_may_use_it_again() =>
        OnAThread(static () =>
        {
            string allowed = AllowedProcessors();
            Assert.True(LeavesIn(static _ => Assert.True(Processors.LeaveFor([Processors.Current()]))));
            Assert.Equal(allowed, AllowedProcessors());
        });

    [SeveralProcessorsFact]
    public void A_thread_that_may_use_nothing_else_stays() =>
        OnAThread(static () =>
        {
            string allowed = AllowedProcessors();
            Assert.False(Processors.LeaveFor([.. Enumerable.Range(0, 1024)]));
            Assert.Equal(allowed, AllowedProcessors());
        });

    [SeveralProcessorsFact]
    public void A_worker_leaves_the_callers_processor() =>
        OnAThread(static () => Assert.True(LeavesIn(static here => new WorkerPlaces(workers: 2).Take(worker: 1, callersProcessor: here))));

    [SeveralProcessorsFact]
    public void A_worker_leaves_the_processor_of_a_worker_before_it() =>
        OnAThread(static () =>
            Assert.True(
                LeavesIn(static here =>
                {
                    WorkerPlaces places = new(workers: 3);
                    places.Take(worker: 1, Processors.Unknown);
                    places.Take(worker: 2, Processors.Unknown);
                })
            )
        );

    [SeveralProcessorsFact]
    public void A_worker_of_a_team_and_its_caller_are_on_two_processors()
    {
        using WorkerTeam team = new(2);
        int[] processors = new int[2];
        DelegatedWork work = new(
            (worker, _, synchronize) =>
            {
                processors[worker] = Processors.Current();
                synchronize();
            }
        );
        int together = 0;
        for (int run = 0; run < 100; run++)
        {
            Assert.True(team.TryRun(work));
            together += processors[0] == processors[1] ? 1 : 0;
            Thread.Sleep(2);
        }

        Assert.InRange(together, 0, 20);
    }

    // The system may move a thread at any time, too: of several attempts one has to show it.
    private static bool LeavesIn(Action<int> act)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            int here = Processors.Current();
            act(here);
            if (Processors.Current() != here)
            {
                return true;
            }
        }

        return false;
    }

    private static string AllowedProcessors() =>
        File.ReadLines("/proc/thread-self/status").Single(static line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal));

    // The affinity of a test's own thread ends with the thread.
    private static void OnAThread(Action test) => Assert.Null(BackgroundCall.Start(test).Join());

    private sealed class SeveralProcessorsFactAttribute : FactAttribute
    {
        public SeveralProcessorsFactAttribute() =>
            Skip =
                OperatingSystem.IsLinux() && Environment.ProcessorCount > 1
                    ? null
                    : "Only Linux tells a thread its processor, and it takes several to leave one.";
    }
}
