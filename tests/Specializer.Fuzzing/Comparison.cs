using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit.Sdk;

namespace Specializer.Fuzzing;

using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>Specifies the result of a case.</summary>
internal enum Verdict
{
    Agrees,

    /// <summary>Off by more than the tolerance, where a change of the weights in their last place changes as much.</summary>
    IllConditioned,

    Disagrees,
}

/// <param name="Verdict">The result.</param>
/// <param name="Message">The disagreement, if there is one.</param>
internal sealed record Outcome(Verdict Verdict, string Message);

/// <summary>Runs a generated model in every way and compares it with the oracle.</summary>
internal static class Comparison
{
    /// <summary>How much of the tolerance's excess the weights' last place explains.</summary>
    private const double RoundingsPerWeight = 16;

    /// <summary>
    /// The instruction sets of this process, the best first; beside NEON not the portable one, whose vectors are as wide and
    /// which runs on the other machines.
    /// </summary>
    public static IReadOnlyList<InstructionSet> InstructionSetsHere { get; } =
        InstructionSets.Best == InstructionSet.Neon
            ? [InstructionSet.Neon]
            : [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported).OrderDescending()];

    public static Outcome Run(FuzzCase @case, FuzzAssembly assembly, int number)
    {
        TransformerArchitecture architecture = @case.ToArchitecture();
        return Run(architecture, @case, (tensors, options) => assembly.Load(number, tensors, options));
    }

    /// <summary>Compares the models of an architecture, each loaded for an instruction set, with the oracle.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="drawn">The other random values: the seed, the prefix and the number of sequences that are decoded together.</param>
    /// <param name="load">Loads a model of it.</param>
    /// <param name="instructionSets">The instruction sets; none for all of this process.</param>
    public static Outcome Run(
        TransformerArchitecture architecture,
        FuzzCase drawn,
        Func<WeightsSource, ModelOptions, TransformerModel> load,
        IReadOnlyList<InstructionSet>? instructionSets = null
    )
    {
        int seed = drawn.Seed;
        using CheckpointTensors tensors = new(architecture, seed);
        ModelRun run = architecture.Stack switch
        {
            Stack.Encoder when architecture.Embeddings.Patches is not null => new ImageRun(architecture, seed),
            Stack.Encoder => new EncoderRun(architecture, seed),
            Stack.EncoderDecoder => new EncoderDecoderRun(architecture, seed, drawn.Sequences),
            _ => new DecoderRun(architecture, seed, drawn.Prefix, drawn.Sequences),
        };
        bool rounds = IntegerLayout.IsInteger(architecture.WeightStorage);
        OracleRun? expected = rounds ? null : run.Expect(tensors);
        Outcome? illConditioned = null;
        foreach (InstructionSet instructionSet in instructionSets ?? InstructionSetsHere)
        {
            string where = instructionSet.ToString();
            TransformerModel Load(int threads) => load(tensors, new ModelOptions { InstructionSet = instructionSet, Threads = threads });
            try
            {
                (float[] output, float[][] states) = rounds ? Recorded(run, Load) : run.Whole(Load);

                // The integers are those of the model's own rows, which differ between instruction sets.
                expected = rounds ? run.Expect(tensors) : expected!;
                string? problem = Compare(expected, output, states, slack: null);
                if (problem is not null)
                {
                    using CheckpointTensors perturbed = new(architecture, seed);
                    perturbed.Perturb(1);
                    if (Compare(expected, output, states, run.Expect(perturbed)) is not null)
                    {
                        return new Outcome(Verdict.Disagrees, where + ": " + problem);
                    }

                    illConditioned ??= new Outcome(Verdict.IllConditioned, where + ": " + problem);
                }

                run.InPieces(Load, output);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return new Outcome(Verdict.Disagrees, where + ": " + exception.GetType().Name + ": " + exception.Message);
            }
        }

        return illConditioned ?? new Outcome(Verdict.Agrees, "");
    }

    /// <summary>The results of a run on this thread, which records the rows that the model rounds.</summary>
    private static (float[] Output, float[][] States) Recorded(ModelRun run, Func<int, TransformerModel> load)
    {
        TransformerModel? loaded = null;
        try
        {
            return run.Whole(threads =>
            {
                loaded = load(threads);
                run.Rounded = RoundedRows.Begin(loaded);
                return loaded;
            });
        }
        finally
        {
            if (loaded is not null)
            {
                RoundedRows.End(loaded);
            }
        }
    }

    internal static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string how, int position)
    {
        ReadOnlySpan<int> expectedBits = MemoryMarshal.Cast<float, int>(expected),
            actualBits = MemoryMarshal.Cast<float, int>(actual);
        if (!expectedBits.SequenceEqual(actualBits))
        {
            int first = expectedBits.CommonPrefixLength(actualBits);
            string values =
                first < expected.Length && first < actual.Length
                    ? string.Create(CultureInfo.InvariantCulture, $": value {first} is {actual[first]:R} and not {expected[first]:R}")
                    : "";
            throw new XunitException(
                string.Create(CultureInfo.InvariantCulture, $"not the same bits {how}, from position {position}{values}")
            );
        }
    }

    /// <summary>Fails unless a token is the first of those with the highest logit.</summary>
    internal static void AssertMostProbable(ReadOnlySpan<float> logits, int token, int position)
    {
        int expected = TensorPrimitives.IndexOfMax(logits);
        if (token != expected)
        {
            throw new XunitException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the most probable token after position {position} is {expected}, found was {token}"
                )
            );
        }
    }

    /// <summary>Fails unless a call rejects its argument.</summary>
    internal static void AssertRefused(string what, Action call)
    {
        try
        {
            call();
        }
        catch (ArgumentException)
        {
            return;
        }

        throw new XunitException(what + " is not refused");
    }

    private static string? Compare(OracleRun expected, float[] logits, float[][] states, OracleRun? slack)
    {
        for (int layer = 0; layer < states.Length; layer++)
        {
            if (
                Compare(
                    expected.HiddenStates[layer],
                    states[layer],
                    slack?.HiddenStates[layer],
                    string.Create(CultureInfo.InvariantCulture, $"hidden states after layer {layer}")
                ) is
                { } problem
            )
            {
                return problem;
            }
        }

        return Compare(expected.Logits, logits, slack?.Logits, "logits");
    }

    private static string? Compare(double[][] expected, float[] actual, double[][]? moved, string what)
    {
        Tolerance tolerance = Tolerance.Default;
        if (moved is not null)
        {
            // The largest change counts, because the element that a rounding affects is random.
            double change = expected.Zip(moved, static (row, other) => row.Zip(other, static (a, b) => Math.Abs(a - b)).Max()).Max();
            tolerance = tolerance with { Absolute = tolerance.Absolute + (RoundingsPerWeight * change) };
        }

        try
        {
            tolerance.AssertClose<float>(expected, actual, what);
            return null;
        }
        catch (XunitException exception)
        {
            return exception.Message;
        }
    }
}
