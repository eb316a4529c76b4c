using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Numerics.Tensors;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>
/// <c>compare</c>: compares generated code with the generic engine. Both alternate in one process, so that both run under the
/// same conditions.
/// </summary>
internal static class CompareCommand
{
    private const int TurnCount = 9;
    private const double SecondsPerTurn = 0.05;

    public static Command Create()
    {
        var threads = new Option<int>("--threads") { Description = "The number of threads.", DefaultValueFactory = _ => 1 };
        var models = new Option<string[]>("--model")
        {
            Description = "The models to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        models.AcceptOnlyFromAmong([.. MeasuredModel.Generics.Select(model => model.Name)]);
        var reasons = new Option<bool>("--reasons")
        {
            Description = "Measures the gain of each optimization by disabling it, with one thread.",
        };
        var command = new Command(
            "compare",
            "Measures generated code against the generic engine, kernels and whole models, alternating, medians."
        )
        {
            threads,
            models,
            reasons,
        };
        command.SetAction(result =>
        {
            if (result.GetValue(reasons))
            {
                CompareReasons();
                return;
            }

            string[] chosen = result.GetValue(models) ?? [];
            int count = result.GetValue(threads);
            Console.WriteLine("| model | what | specialized | generic | ratio |");
            Console.WriteLine("|---|---|---:|---:|---:|");
            foreach (MeasuredModel model in MeasuredModel.Generics.Where(model => chosen.Length == 0 || chosen.Contains(model.Name)))
            {
                CompareKernels(model, count);
                Compare(model, new ModelOptions { Threads = count });
            }
        });
        return command;
    }

    private static void CompareReasons()
    {
        using var memory = new KernelMemory();
        using var team = new WorkerTeam(1);
        Console.WriteLine("| reason | disabled optimization | with it | without it | gain |");
        Console.WriteLine("|---|---|---:|---:|---:|");
        foreach (GainReasons.Pair pair in GainReasons.All(memory))
        {
            int calls = (int)Math.Clamp(2e7 / pair.Operations, 1, 10_000);
            var with = new KernelRun(pair.With, pair.Rows, calls);
            var without = new KernelRun(pair.Without, pair.Rows, calls);
            Report(
                pair.Reason,
                $"{pair.What}, {pair.Rows} rows, GFLOP/s",
                pair.Operations * calls / 1e9,
                () => team.TryRun(with),
                () => team.TryRun(without),
                0.015
            );
        }

        CompareGreedy();
    }

    /// <summary>Compares the arg-max that workers compute over their own logits with a search through all logits.</summary>
    private static void CompareGreedy()
    {
        const int Tokens = 8;
        foreach (MeasuredModel measured in MeasuredModel.Generics)
        {
            using var model = (IDecoderModel)measured.Load(new ModelOptions { Threads = 1 });
            using IDecoderSession session = model.CreateSession();
            session.Prefill([1]);
            Report(
                "fusion",
                $"the arg-max search, {measured.Name}, tokens/s",
                Tokens,
                () => Run(session.DecodeGreedy),
                () => Run(token => TensorPrimitives.IndexOfMax(session.Decode(token)))
            );

            void Run(Func<int, int> step)
            {
                session.Truncate(1);
                for (int i = 0, token = 1; i < Tokens; i++)
                {
                    token = step(token);
                }
            }
        }
    }

    private static void CompareKernels(MeasuredModel measured, int threads)
    {
        using var memory = new KernelMemory();
        using var team = new WorkerTeam(threads);
        foreach (
            MeasuredKernel kernel in measured.Kernels(InstructionSets.Best, memory).Where(static kernel => kernel.RunGeneric is not null)
        )
        {
            foreach (int rows in new[] { 1, 8, 32, 128 }.Where(rows => rows <= kernel.MostRows))
            {
                int calls = (int)Math.Clamp(2e7 / kernel.Operations(rows), 1, 10_000);
                var specialized = new KernelRun(kernel.Run, rows, calls);
                var generic = new KernelRun(kernel.RunGeneric!, rows, calls);
                Report(
                    measured.Name,
                    $"{kernel.Name} {kernel.Shape}, {rows} rows, GFLOP/s",
                    kernel.Operations(rows) * calls / 1e9,
                    () => team.TryRun(specialized),
                    () => team.TryRun(generic)
                );
            }
        }
    }

    private static void Compare(MeasuredModel measured, ModelOptions options)
    {
        using var weights = new RandomWeights(measured.Tensors, seed: 1);
        using IDecoderModel specialized = (IDecoderModel)measured.Load(weights, options);
        using IDecoderModel generic = GenericDecoder.Load(weights, measured.Generic!, options);
        using IDecoderSession specializedSession = specialized.CreateSession();
        using IDecoderSession genericSession = generic.CreateSession();
        foreach (int length in new[] { 1, 16, 128, 512 })
        {
            int[] prompt = [.. Enumerable.Range(1, length)];
            Report(
                measured.Name,
                $"prefill {length}, tokens/s",
                length,
                () => Prefill(specializedSession, prompt),
                () => Prefill(genericSession, prompt)
            );
        }

        const int Tokens = 8;
        Report(measured.Name, "decode, tokens/s", Tokens, () => Decode(specializedSession, Tokens), () => Decode(genericSession, Tokens));
    }

    private static void Report(
        string model,
        string what,
        double amount,
        Action specialized,
        Action generic,
        double secondsPerTurn = SecondsPerTurn
    )
    {
        double[][] seconds = Turns.Take(TurnCount, secondsPerTurn, specialized, generic);
        Spread ratio = Turns.Ratio(seconds[0], seconds[1]);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {model} | {what} | {amount / Spread.Of(seconds[0]).Median:F0} | {amount / Spread.Of(seconds[1]).Median:F0} | {ratio.Median:F2} ({ratio.Low:F2} to {ratio.High:F2}) |"
            )
        );
    }

    private static void Prefill(IDecoderSession session, int[] prompt)
    {
        session.Reset();
        session.Prefill(prompt);
    }

    private static void Decode(IDecoderSession session, int tokens)
    {
        session.Truncate(1);
        for (int i = 0; i < tokens; i++)
        {
            session.Decode(i);
        }
    }
}
