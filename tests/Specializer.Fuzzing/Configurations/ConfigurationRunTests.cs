using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace Specializer.Fuzzing.Configurations;

/// <summary>
/// Random config.json, most of them changed. Accepted files are planned, compiled, run with random weights in every way, and
/// compared with the oracle. Guard pages surround every weight and buffer. An access outside ends the process; .ci/fuzz
/// --configurations then finds the file. SPECIALIZER_FUZZ_CONFIGURATIONS is the number of files, SPECIALIZER_FUZZ_SEED the first
/// seed.
/// </summary>
[Feature("configurations")]
[Feature("fuzzer")]
public sealed class ConfigurationRunTests(ITestOutputHelper output)
{
    private const int DefaultConfigurations = 300;

    /// <summary>Files per compilation.</summary>
    private const int BatchSize = 60;

    /// <summary>Larger models take longer and show nothing else.</summary>
    private const int MostPositions = 64,
        MostWidth = 600,
        MostLayers = 12;

    [Fact]
    public void What_is_accepted_computes_its_own_numbers_within_its_buffers()
    {
        int first = FuzzTests.Seed,
            count = FuzzTests.Setting("SPECIALIZER_FUZZ_CONFIGURATIONS", DefaultConfigurations);
        int accepted = 0,
            run = 0,
            illConditioned = 0;
        List<string> failures = [];
        foreach ((int number, int[] seeds) in Enumerable.Range(first, count).Chunk(BatchSize).Index())
        {
            ConfigurationCase[] cases =
            [
                .. seeds.Select(static seed => new ConfigurationCase(seed)).Where(static found => found.IsAccepted),
            ];
            accepted += cases.Length;
            cases = [.. cases.Where(static found => IsSmall(found.Architecture!))];
            run += cases.Length;

            // Each batch on one instruction set, since the compiler takes most of the time.
            InstructionSet set = Comparison.InstructionSetsHere[number % Comparison.InstructionSetsHere.Count];
            foreach ((ConfigurationCase @case, Outcome outcome) in Run(cases, set))
            {
                illConditioned += outcome.Verdict == Verdict.IllConditioned ? 1 : 0;
                if (outcome.Verdict == Verdict.Disagrees)
                {
                    failures.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Seed {@case.Seed} disagrees on {set}. {outcome.Message}\n{@case.File}\n"
                        )
                    );
                }
            }

            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{seeds[^1] - first + 1} of {count} files: {run} run, {failures.Count} disagree"
                )
            );
        }

        foreach (string failure in failures)
        {
            output.WriteLine(failure);
            Console.WriteLine(failure);
        }

        // Files that are not run agree, too: they are refused, or too large to be tried here.
        string summary = string.Create(
            CultureInfo.InvariantCulture,
            $"Seeds {first} to {first + count - 1}, {accepted} accepted and {run} run: {count - illConditioned - failures.Count} agree, "
                + $"{illConditioned} are too ill-conditioned to tell, {failures.Count} disagree"
        );
        output.WriteLine(summary);
        Console.WriteLine(summary);
        Assert.True(failures.Count == 0, summary + "\n" + string.Join("\n", failures.Take(20)));
        Assert.True(count < DefaultConfigurations || run > 0.3 * count, summary);
    }

    private static IEnumerable<(ConfigurationCase Case, Outcome Outcome)> Run(ConfigurationCase[] cases, InstructionSet set)
    {
        TransformerArchitecture[] architectures = [.. cases.Select(static @case => InChunks(@case.Architecture!))];
        using FuzzAssembly? together = TryCompile(architectures, set);
        var outcomes = new Outcome[cases.Length];
        Parallel.For(
            0,
            cases.Length,
            number =>
            {
                using FuzzAssembly? alone = together is null ? TryCompile([architectures[number]], set) : null;
                int at = together is null ? 0 : number;
                FuzzCase drawn = new() { Seed = cases[number].Seed, Sequences = 3 };
                outcomes[number] = (together ?? alone) is { } assembly
                    ? Compare(architectures[number], drawn, (tensors, options) => assembly.Load(at, tensors, options), set)
                    : new Outcome(Verdict.Disagrees, "cannot be planned, written or compiled: " + WhyNot(architectures[number], set));
            }
        );
        return cases.Zip(outcomes);
    }

    private static Outcome Compare(
        TransformerArchitecture architecture,
        FuzzCase drawn,
        Func<WeightsSource, ModelOptions, TransformerModel> load,
        InstructionSet set
    )
    {
        try
        {
            return Comparison.Run(architecture, drawn, load, [set]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new Outcome(Verdict.Disagrees, "the oracle fails: " + exception);
        }
    }

    private static FuzzAssembly? TryCompile(TransformerArchitecture[] architectures, InstructionSet set)
    {
        try
        {
            return new FuzzAssembly("configurations", architectures, [set]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static string WhyNot(TransformerArchitecture architecture, InstructionSet set)
    {
        try
        {
            new FuzzAssembly("alone", [architecture], [set]).Dispose();
            return "";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.Message;
        }
    }

    /// <summary>Several chunks of so short contexts.</summary>
    private static TransformerArchitecture InChunks(TransformerArchitecture architecture) =>
        architecture with
        {
            ChunkLength = Math.Min(8, architecture.ContextLength),
            Encoder = architecture.Encoder is { } encoder ? InChunks(encoder) : null,
        };

    private static bool IsSmall(TransformerArchitecture architecture) =>
        architecture.ContextLength <= MostPositions
        && architecture.Layers <= MostLayers
        && architecture.Width <= MostWidth
        && architecture.FeedForward.Width <= MostWidth
        && (long)architecture.Attention.Heads * architecture.Attention.HeadDim <= MostWidth
        && architecture.Embeddings.VocabularySize <= MostWidth
        && (architecture.Embeddings.Speech?.MelBands ?? 0) <= MostWidth
        && (architecture.Embeddings.Positions as LearnedPositions)?.Rows is null or <= MostWidth
        && architecture.Embeddings.TokenTypes <= MostWidth
        && architecture.Embeddings.Width <= MostWidth
        && (architecture.Head?.Output?.Width ?? 0) <= MostWidth
        && architecture.LayerKinds.All(static kind => kind.Attention.Positions is not RelativePositions { Buckets: > MostWidth })
        && (architecture.Encoder is null || IsSmall(architecture.Encoder));
}
