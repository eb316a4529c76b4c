using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary><c>peers</c>: compares Specializer with other engines, with the same weights and threads, alternately.</summary>
internal static class PeersCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder")
        {
            Description = "The folder into which benchmarks/Peers/install installed the peers.",
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
            Description = "The groups to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. PeerGroup.All.Select(static group => group.Name)]);
        var models = new Option<string[]>("--model")
        {
            Description = "The models to measure; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        var without = new Option<string[]>("--without")
        {
            Description = "The engines not to measure, such as PyTorch.",
            AllowMultipleArgumentsPerToken = true,
        };
        var turns = new Option<int>("--turns") { Description = "The number of rounds.", DefaultValueFactory = _ => 5 };
        var json = new Option<FileInfo?>("--json") { Description = "Write the rows to this file, too." };
        var command = new Command(
            "peers",
            "Compares whole models and kernels with other engines. Engines that are not installed are reported as missing."
        )
        {
            folder,
            threads,
            groups,
            models,
            without,
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
                        {
                            Without = result.GetValue(without) ?? [],
                        }
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

/// <summary>The parameters of a group of contests.</summary>
/// <param name="Folder">The folder of the peers.</param>
/// <param name="Threads">The numbers of threads.</param>
/// <param name="Models">The models; none for all.</param>
/// <param name="Missing">Receives a peer that cannot run, and the reason.</param>
internal sealed record PeerRequest(
    PeerFolder Folder,
    IReadOnlyList<int> Threads,
    IReadOnlyList<string> Models,
    Action<string, string> Missing
)
{
    /// <summary>The engines that are not measured.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    public bool Asks(string model) => Models.Count == 0 || Models.Contains(model);

    /// <summary>Opens a peer, or reports that it is missing.</summary>
    public TPeer? Open<TPeer>(string peer, Func<PeerFolder, TPeer> open)
        where TPeer : class
    {
        if (Without.Contains(peer))
        {
            return null;
        }

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

/// <summary>A group of contests.</summary>
/// <param name="Name">The name in the option.</param>
/// <param name="Contests">The contests; each is prepared when it is requested.</param>
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
