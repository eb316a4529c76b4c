using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary><c>micro</c>: small models in microseconds, specialized, generic and by other engines, alternately.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder")
        {
            Description = "The folder into which benchmarks/Peers/install installed the peers.",
            DefaultValueFactory = _ => PeerFolder.Default,
        };
        var threads = new Option<int>("--threads") { Description = "The number of threads.", DefaultValueFactory = _ => 1 };
        var models = new Option<string[]>("--model")
        {
            Description = "The models to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        models.AcceptOnlyFromAmong([.. MicroModels.All.Select(static model => model.Name)]);
        var only = new Option<string>("--only") { Description = "Measure only computations whose name contains this text." };
        var kernels = new Option<int[]>("--kernels")
        {
            Description = "Measure the kernels by themselves instead, over these numbers of rows.",
            AllowMultipleArgumentsPerToken = true,
        };
        var calls = new Option<bool>("--calls") { Description = "Measure the calls of a decoder that computes nothing instead." };
        var turns = new Option<int>("--turns") { Description = "The number of rounds.", DefaultValueFactory = _ => 15 };
        var seconds = new Option<double>("--seconds")
        {
            Description = "The time for which an engine repeats a computation in one round.",
            DefaultValueFactory = _ => 0.01,
        };
        var command = new Command("micro", "Measures small models, each for a few seconds. Engines that are not installed are missing.")
        {
            folder,
            threads,
            models,
            only,
            kernels,
            calls,
            turns,
            seconds,
        };
        command.SetAction(result =>
        {
            string[] chosen = result.GetValue(models) ?? [];
            bool agrees = true;
            var missing = new HashSet<string>();
            var request = new PeerRequest(
                new PeerFolder(result.GetValue(folder)!),
                [result.GetValue(threads)],
                chosen,
                (peer, reason) =>
                {
                    if (missing.Add(peer))
                    {
                        Console.WriteLine($"MISSING: {peer}: {reason}");
                    }
                }
            );
            if (result.GetValue(calls))
            {
                WriteCalls(result.GetValue(turns), result.GetValue(seconds));
                return 0;
            }

            int[] rowCounts = result.GetValue(kernels) ?? [];
            if (rowCounts.Length > 0)
            {
                Console.WriteLine("| model | kernel | rows | ns | GB/s |");
                Console.WriteLine("|---|---|---:|---:|---:|");
                foreach (MeasuredModel model in MicroModels.All.Where(model => request.Asks(model.Name)))
                {
                    MicroKernels.Write(model, rowCounts, result.GetValue(turns), result.GetValue(seconds));
                }

                return 0;
            }

            Console.WriteLine("| model | what | engine | µs | speed of Specializer | of the read loop | difference |");
            Console.WriteLine("|---|---|---|---:|---:|---:|---:|");
            foreach (MeasuredModel model in MicroModels.All.Where(model => request.Asks(model.Name)))
            {
                foreach (MicroContest contest in Of(request, model, result.GetValue(threads)))
                {
                    if (contest.Contest.What.Contains(result.GetValue(only) ?? "", StringComparison.Ordinal))
                    {
                        contest.Measure(
                            result.GetValue(turns),
                            result.GetValue(seconds),
                            (engine, microseconds, ratio, share, difference) =>
                                agrees &= Write(contest.Contest, engine, microseconds, ratio, share, difference)
                        );
                    }
                }
            }

            return agrees ? 0 : 1;
        });
        return command;
    }

    private static IEnumerable<MicroContest> Of(PeerRequest request, MeasuredModel model, int threads) =>
        model.Generic is not null ? MicroDecoders.Of(request, model, threads)
        : model.Type == typeof(VitTiny) ? MicroEncoders.Images(model, threads)
        : model.Type == typeof(Words128) ? MicroEncoders.Translators(model, threads)
        : MicroEncoders.Texts(request, model, threads).Concat(MixedTexts.Of(request, model, threads));

    private static void WriteCalls(int turns, double seconds)
    {
        using var model = new EmptyDecoder();
        using IDecoderSession session = model.CreateSession();
        session.Prefill([1]);
        double[][] times = Turns.Take(
            turns,
            seconds,
            () => EmptyDecoder.Decode(session, greedy: false),
            () => EmptyDecoder.Decode(session, greedy: true)
        );
        Console.WriteLine("| call of a decoder that computes nothing | ns |");
        Console.WriteLine("|---|---:|");
        foreach ((string call, double[] time) in new[] { ("Decode", times[0]), ("DecodeGreedy", times[1]) })
        {
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {call} | {Spread.Of(time).Median / EmptyDecoder.Tokens * 1e9:F0} |")
            );
        }
    }

    private static bool Write(Contest contest, Contestant engine, double microseconds, Spread ratio, Spread share, double difference)
    {
        bool agrees = difference <= engine.Tolerance;
        string faster =
            engine == contest.Contestants[0]
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:F2} ({ratio.Low:F2} to {ratio.High:F2})");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {contest.Model} | {contest.What} | {engine.Engine} | {microseconds:F2} | {faster} | {share.Median:P0} | {difference:E1}{(agrees ? "" : " DISAGREES")} |"
            )
        );
        return agrees;
    }
}
