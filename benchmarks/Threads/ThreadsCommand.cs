using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;

namespace Specializer.Benchmarks;

/// <summary>
/// <c>threads</c>: measures the cost of a barrier, the gain of more threads, and two concurrent sessions of one model.
/// </summary>
internal static class ThreadsCommand
{
    private const int TurnCount = 7;
    private const double SecondsPerTurn = 0.05;

    public static Command Create()
    {
        var threads = new Option<int>("--threads")
        {
            Description = "The number of threads that is compared with one.",
            DefaultValueFactory = _ => 2,
        };
        var models = new Option<string[]>("--model")
        {
            Description = "The models to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        models.AcceptOnlyFromAmong([.. MeasuredModel.All.Select(model => model.Name)]);
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 2)
            {
                result.AddError("--threads must be 2 or more.");
            }
        });
        var command = new Command("threads", "Measures barriers, several threads against one, and two sessions at once.")
        {
            threads,
            models,
        };
        command.SetAction(result =>
        {
            string[] chosen = result.GetValue(models) ?? [];
            int count = result.GetValue(threads);
            MeasuredModel[] measured = [.. MeasuredModel.All.Where(model => chosen.Length == 0 || chosen.Contains(model.Name))];
            MeasureBarrier(count);
            Console.WriteLine($"| model | what | tokens/s, 1 thread | tokens/s, {count} threads | times as fast |");
            Console.WriteLine("|---|---|---:|---:|---:|");
            foreach (MeasuredModel model in measured)
            {
                MeasureSpeedup(model, count);
            }

            Console.WriteLine();
            Console.WriteLine("| model | threads of the model | tokens/s, one session | tokens/s, two sessions at once | times as many |");
            Console.WriteLine("|---|---:|---:|---:|---:|");
            foreach (MeasuredModel model in measured.Where(static model => model.Type.IsAssignableTo(typeof(IDecoderModel))))
            {
                MeasureSessions(model, 1);
                MeasureSessions(model, count);
            }
        });
        return command;
    }

    private static void MeasureBarrier(int threads)
    {
        const int Barriers = 20_000;
        using var team = new WorkerTeam(threads);
        var barriers = new KernelRun(static (_, _, _) => { }, rows: 1, calls: Barriers);
        var nothing = new KernelRun(static (_, _, _) => { }, rows: 1, calls: 0);
        double[][] seconds = Turns.Take(TurnCount, 0.02, () => team.TryRun(barriers), () => team.TryRun(nothing));
        Spread barrier = Spread.Of(seconds[0]),
            start = Spread.Of(seconds[1]);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"a barrier of {threads} threads: {barrier.Median / Barriers * 1e9:F0} ns ({barrier.Low / Barriers * 1e9:F0} to {barrier.High / Barriers * 1e9:F0}); starting and ending a run: {start.Median * 1e9:F0} ns ({start.Low * 1e9:F0} to {start.High * 1e9:F0})"
            )
        );
        Console.WriteLine();
    }

    private static void MeasureSpeedup(MeasuredModel model, int threads)
    {
        using var one = new WholeModel(model, new ModelOptions { Threads = 1 });
        using var many = new WholeModel(model, new ModelOptions { Threads = threads });
        for (int i = 0; i < one.Runs.Count; i++)
        {
            ModelRun run = one.Runs[i];
            double[][] seconds = Turns.Take(TurnCount, SecondsPerTurn, run.Run, many.Runs[i].Run);
            double tokens = run.Length * run.Repetitions;
            Spread faster = Turns.Ratio(seconds[1], seconds[0]);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {model.Name} | {run.Name} {run.Length} | {tokens / Spread.Of(seconds[0]).Median:F0} | {tokens / Spread.Of(seconds[1]).Median:F0} | {faster.Median:F2} ({faster.Low:F2} to {faster.High:F2}) |"
                )
            );
        }
    }

    /// <summary>Measures two callers that decode at the same time, each with a session of the same model.</summary>
    private static void MeasureSessions(MeasuredModel measured, int threads)
    {
        const int Tokens = 16;
        using var model = (IDecoderModel)measured.Load(new ModelOptions { Threads = threads });
        using IDecoderSession first = model.CreateSession(),
            second = model.CreateSession();
        using var meeting = new Barrier(2);
        bool isOver = false;
        var other = new Thread(() =>
        {
            while (true)
            {
                meeting.SignalAndWait();
                if (Volatile.Read(ref isOver))
                {
                    return;
                }

                Decode(second);
                meeting.SignalAndWait();
            }
        });
        other.Start();
        double[][] seconds = Turns.Take(
            TurnCount,
            SecondsPerTurn,
            () => Decode(first),
            () =>
            {
                meeting.SignalAndWait();
                Decode(first);
                meeting.SignalAndWait();
            }
        );
        Volatile.Write(ref isOver, true);
        meeting.SignalAndWait();
        other.Join();
        Spread longer = Turns.Ratio(seconds[1], seconds[0]);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {measured.Name} | {threads} | {Tokens / Spread.Of(seconds[0]).Median:F0} | {2 * Tokens / Spread.Of(seconds[1]).Median:F0} | {2 * longer.Median:F2} ({2 * longer.Low:F2} to {2 * longer.High:F2}) |"
            )
        );

        static void Decode(IDecoderSession session)
        {
            session.Reset();
            for (int token = 0; token < Tokens; token++)
            {
                session.Decode(token);
            }
        }
    }
}
