using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary><c>peers</c>: what people would otherwise use, side by side with ours: same weights, same threads, in turn.</summary>
internal static class PeersCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder")
        {
            Description = "Where benchmarks/Peers/install put the peers.",
            DefaultValueFactory = _ => PeerFolder.Default,
        };
        var threads = new Option<int[]>("--threads")
        {
            Description = "The numbers of threads.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 2],
        };
        var groups = new Option<string[]>("--only")
        {
            Description = "What to measure; everything by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. PeerGroup.All.Select(static group => group.Name)]);
        var models = new Option<string[]>("--model")
        {
            Description = "The models to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        var turns = new Option<int>("--turns") { Description = "How many turns each engine takes.", DefaultValueFactory = _ => 5 };
        var json = new Option<FileInfo?>("--json") { Description = "Write the rows to this file, too." };
        var command = new Command(
            "peers",
            "Measures whole models and kernels side by side with other engines. One that is not installed is said to be missing."
        )
        {
            folder,
            threads,
            groups,
            models,
            turns,
            json,
        };
        command.SetAction(result =>
        {
            string[] chosen = result.GetValue(groups) ?? [],
                chosenModels = result.GetValue(models) ?? [];
            var rows = new List<ContestRow>();
            var missing = new Dictionary<string, string>();
            PeersReport.WriteHeader(Console.Out);
            foreach (PeerGroup group in PeerGroup.All.Where(group => chosen.Length == 0 || chosen.Contains(group.Name)))
            {
                foreach (
                    Contest contest in group.Contests(
                        new PeerRequest(
                            new PeerFolder(result.GetValue(folder)!),
                            result.GetValue(threads)!,
                            chosenModels,
                            (peer, reason) =>
                            {
                                if (missing.TryAdd(peer, reason))
                                {
                                    Console.WriteLine($"MISSING: {peer}: {reason}");
                                }
                            }
                        )
                    )
                )
                {
                    foreach (ContestRow row in ContestMeasurement.Measure(contest, result.GetValue(turns)))
                    {
                        rows.Add(row);
                        PeersReport.WriteRow(Console.Out, row);
                    }

                    ContestMeasurement.Release(contest);
                }
            }

            if (result.GetValue(json) is { } file)
            {
                using FileStream output = file.Create();
                PeersReport.WriteJson(output, rows, missing);
            }

            return rows.TrueForAll(static row => row.Agrees) ? 0 : 1;
        });
        return command;
    }
}

/// <summary>What is asked of a group of contests.</summary>
/// <param name="Folder">Where the peers are.</param>
/// <param name="Threads">The numbers of threads.</param>
/// <param name="Models">The models; none for all.</param>
/// <param name="Missing">Told of a peer that cannot take part, and why.</param>
internal sealed record PeerRequest(
    PeerFolder Folder,
    IReadOnlyList<int> Threads,
    IReadOnlyList<string> Models,
    Action<string, string> Missing
)
{
    public bool Asks(string model) => Models.Count == 0 || Models.Contains(model);

    /// <summary>Opens a peer, or says that it is missing.</summary>
    public TPeer? Open<TPeer>(string peer, Func<PeerFolder, TPeer> open)
        where TPeer : class
    {
        try
        {
            return open(Folder);
        }
        catch (Exception exception)
            when (exception is PeerMissingException or DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            Missing(peer, exception.Message);
            return null;
        }
    }
}

/// <summary>Contests that belong together.</summary>
/// <param name="Name">What the option calls them.</param>
/// <param name="Contests">The contests, each prepared when it is asked for.</param>
internal sealed record PeerGroup(string Name, Func<PeerRequest, IEnumerable<Contest>> Contests)
{
    public static IReadOnlyList<PeerGroup> All { get; } =
    [
        new("llama", LlamaContests.All),
        new("bert", BertContests.All),
        new("others", OtherContests.All),
        new("linear", ProductContests.All),
        new("attention", AttentionContests.All),
    ];
}
