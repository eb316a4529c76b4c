using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Tests.Goldens;
using Specializer.Tests.Oracle;
using Xunit.Sdk;

namespace Specializer.Fuzzing;

/// <summary>What a case came to.</summary>
internal enum Verdict
{
    Agrees,

    /// <summary>Off by more than the tolerance, where a change of the weights in their last place changes as much.</summary>
    IllConditioned,

    Disagrees,
}

/// <param name="Verdict">What it came to.</param>
/// <param name="Message">What is wrong, if anything.</param>
internal sealed record Outcome(Verdict Verdict, string Message);

/// <summary>Runs a generated model in every way and compares it with the oracle.</summary>
internal static class Comparison
{
    /// <summary>How much of the tolerance's excess the weights' last place explains.</summary>
    private const double RoundingsPerWeight = 16;

    /// <summary>The instruction sets of this process, the best first.</summary>
    public static IReadOnlyList<InstructionSet> InstructionSetsHere { get; } = [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported).OrderDescending()];

    public static Outcome Run(FuzzCase @case, FuzzAssembly assembly, int number)
    {
        TransformerArchitecture architecture = @case.ToArchitecture();
        using CheckpointTensors tensors = new(architecture, @case.Seed);
        Random random = new(@case.Seed);
        int[] tokens = [.. Enumerable.Range(0, architecture.ContextLength).Select(_ => random.Next(architecture.Embeddings.VocabularySize))];
        OracleRun expected = new ArchitectureOracle(architecture, tensors).Run(tokens);
        foreach (InstructionSet instructionSet in InstructionSetsHere)
        {
            string where = instructionSet.ToString();
            try
            {
                (float[] logits, float[][] states) = RunWhole(assembly, number, tensors, instructionSet, tokens, architecture);
                string? problem = Compare(expected, logits, states, slack: null);
                if (problem is not null)
                {
                    using CheckpointTensors perturbed = new(architecture, @case.Seed);
                    perturbed.Perturb(1);
                    OracleRun moved = new ArchitectureOracle(architecture, perturbed).Run(tokens);
                    bool explained = Compare(expected, logits, states, moved) is null;
                    return new Outcome(explained ? Verdict.IllConditioned : Verdict.Disagrees, where + ": " + problem);
                }

                RunInPieces(assembly, number, tensors, instructionSet, tokens, logits, random);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return new Outcome(Verdict.Disagrees, where + ": " + exception.GetType().Name + ": " + exception.Message);
            }
        }

        return new Outcome(Verdict.Agrees, "");
    }

    private static (float[] Logits, float[][] States) RunWhole(
        FuzzAssembly assembly, int number, CheckpointTensors tensors, InstructionSet instructionSet, int[] tokens, TransformerArchitecture architecture)
    {
        int width = architecture.Width;
        using DecoderModel model = assembly.Load(number, tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 });
        using DecoderSession session = model.CreateSession();
        float[][] states = [.. Enumerable.Range(0, architecture.Layers + 1).Select(_ => new float[tokens.Length * width])];
        session.HiddenStates = (layer, position, state) => state.CopyTo(states[layer].AsSpan(position * width));
        float[] logits = new float[tokens.Length * architecture.Embeddings.VocabularySize];
        session.Prefill(tokens, logits);
        return (logits, states);
    }

    /// <summary>In random calls on two threads, and token by token: the same bits.</summary>
    private static void RunInPieces(
        FuzzAssembly assembly, int number, CheckpointTensors tensors, InstructionSet instructionSet, int[] tokens, float[] logits, Random random)
    {
        using DecoderModel model = assembly.Load(number, tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 2 });
        int vocabulary = model.Description.VocabularySize;
        using DecoderSession session = model.CreateSession();
        for (int start = 0; start < tokens.Length;)
        {
            int count = Math.Min(1 + random.Next(random.Next(2) == 0 ? 4 : 60), tokens.Length - start);
            float[] all = random.Next(2) == 0 ? new float[count * vocabulary] : [];
            ReadOnlySpan<float> last = all.Length > 0 ? session.Prefill(tokens.AsSpan(start, count), all) : session.Prefill(tokens.AsSpan(start, count));
            AssertSame(logits.AsSpan(start * vocabulary, all.Length), all, "in random calls on two threads", start);
            start += count;
            AssertSame(logits.AsSpan((start - 1) * vocabulary, vocabulary), last, "in random calls on two threads", start - 1);
        }

        using DecoderModel alone = assembly.Load(number, tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 });
        using DecoderSession single = alone.CreateSession();
        for (int position = 0; position < tokens.Length; position++)
        {
            AssertSame(logits.AsSpan(position * vocabulary, vocabulary), single.Decode(tokens[position]), "token by token", position);
        }
    }

    private static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string how, int position)
    {
        if (!System.Runtime.InteropServices.MemoryMarshal.AsBytes(expected).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(actual)))
        {
            throw new XunitException(string.Create(CultureInfo.InvariantCulture, $"not the same bits {how}, from position {position}"));
        }
    }

    private static string? Compare(OracleRun expected, float[] logits, float[][] states, OracleRun? slack)
    {
        for (int layer = 0; layer < states.Length; layer++)
        {
            if (Compare(expected.HiddenStates[layer], states[layer], slack?.HiddenStates[layer], string.Create(CultureInfo.InvariantCulture, $"hidden states after layer {layer}")) is { } problem)
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
            // The largest change stands for all: which element a rounding hits is chance.
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
