using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.Kernels;

/// <summary>
/// Rotation, the cache and attention over it, against the formulas in float64; for any cut of the positions into
/// chunks and any number of workers to the bit, and whatever the cache held before.
/// </summary>
[Feature("kernels")]
public sealed unsafe class AttentionKernelTests
{
    /// <summary>More than the keys of one block.</summary>
    private const int MostPositions = 140;

    public static TheoryData<string, InstructionSet> Cases => DeclaredModels.OnEachInstructionSet;

    public static TheoryData<InstructionSet> InstructionSets => DeclaredModels.InstructionSetsOfThisProcess;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_chunks_and_workers_give_the_formulas_values_in_the_same_bits(string name, InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(name);
        DecoderArchitecture a = model.Architecture;
        int positions = Math.Min(MostPositions, model.ContextLength);
        int queryWidth = a.Heads * a.HeadDim;
        int keyWidth = a.KeyValueHeads * a.HeadDim;
        using RandomTensor projected = new(new Random(queryWidth), 2, positions, queryWidth + (2 * keyWidth));
        int longest = (int)model.Constant("ChunkLength");

        float[] whole = Run(model, instructionSet, projected.View, positions, () => longest, 1);
        Tolerance.Default.AssertClose<float>(Expected(model, projected, positions), whole, "attended values");
        for (int workers = 1; workers <= 3; workers++)
        {
            string by = FormattableString.Invariant($" by {workers} workers");
            Bits.AssertSame(whole, Run(model, instructionSet, projected.View, positions, () => longest, workers), "in whole chunks" + by);
            Bits.AssertSame(whole, Run(model, instructionSet, projected.View, positions, () => 1, workers), "one by one" + by);
            Random random = new(workers);
            Bits.AssertSame(
                whole,
                Run(model, instructionSet, projected.View, positions, () => random.Next(1, Math.Min(longest, 40) + 1), workers),
                "in random chunks" + by
            );
        }
    }

    /// <summary>
    /// One of two keys scores 0 and has the value 0; the other scores less and has the value 1. The output is the weight of the
    /// other key, down to the smallest weights.
    /// </summary>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_weight_is_the_exponential_of_how_far_a_score_lies_below_the_highest(InstructionSet instructionSet)
    {
        DeclaredModel model = DeclaredModels.Get(nameof(BiasedGelu));
        DecoderArchitecture a = model.Architecture;
        int queryWidth = a.Heads * a.HeadDim,
            keyWidth = a.KeyValueHeads * a.HeadDim,
            width = queryWidth + (2 * keyWidth);
        using AlignedBuffer memory = AlignedBuffer.Allocate(2 * width * sizeof(float));
        TensorView projected = new("two keys", TensorElementType.Float32, [2, width], (byte*)memory.Address, memory);
        Span<float> second = new(memory.Address + width, width);
        second[(queryWidth + keyWidth)..].Fill(1);
        for (int head = 0; head < a.Heads; head++)
        {
            second[head * a.HeadDim] = -1;
        }

        for (float distance = 0; distance < 100; distance += 0.37f)
        {
            double[] distances = new double[a.KeyValueHeads];
            for (int head = 0; head < a.KeyValueHeads; head++)
            {
                second[queryWidth + (head * a.HeadDim)] = (distance + head) / (float)model.Scale;
                distances[head] = second[queryWidth + (head * a.HeadDim)] * model.Scale;
            }

            Span<float> attended = Run(model, instructionSet, projected, 2, () => 2, 1).AsSpan(queryWidth);
            for (int i = 0; i < queryWidth; i++)
            {
                double below = distances[i / (queryWidth / a.KeyValueHeads)];
                double expected = below > 127.5 * Math.Log(2) ? 0 : Math.Exp(-below) / (1 + Math.Exp(-below));

                // The distance is a product of floats, which are rounded; weights that are no normal numbers need not be right.
                double tolerance = expected * (4e-7 + (below * 2e-7)) + (expected == 0 ? 0 : 1.2e-38);
                Assert.True(
                    Math.Abs(attended[i] - expected) <= tolerance,
                    FormattableString.Invariant($"{below} below the highest: {attended[i]:G9}, expected {expected:G9}.")
                );
            }
        }
    }

    private static float[] Run(
        DeclaredModel model,
        InstructionSet instructionSet,
        TensorView projected,
        int positions,
        Func<int> nextRows,
        int workers
    )
    {
        DecoderArchitecture a = model.Architecture;
        GeneratedKernels kernels = new(model, instructionSet);
        (AppendFunction append, AttendFunction attend) = (kernels.Append, kernels.Attend);
        int queryWidth = a.Heads * a.HeadDim;
        int width = queryWidth + (2 * a.KeyValueHeads * a.HeadDim);
        int inputStride = KernelLayout.RowStride(width);
        int outputStride = KernelLayout.RowStride(queryWidth);
        int chunk = (int)model.Constant("ChunkLength");
        long cache = (long)KernelLayout.CacheLength(model.ContextLength) * a.KeyValueHeads;
        int headStride = KernelLayout.Pad(a.HeadDim);
        using GuardedFloats input = new((long)chunk * inputStride);
        using GuardedFloats output = new((long)chunk * outputStride);
        using GuardedFloats queries = new((long)chunk * a.Heads * headStride);
        using GuardedFloats keys = new(cache * a.HeadDim);
        using GuardedFloats values = new(cache * headStride);
        int rotary = a.Rotary?.Dimensions ?? 0;
        using GuardedFloats table = new(Math.Max(1, (long)model.ContextLength * rotary));
        if (a.Rotary is not null)
        {
            WeightPacking.RotaryTable(table.Address, model.ContextLength, RotaryFrequencies.Plain(rotary, a.Rotary.Base));
        }

        // Positions after the last one are never read: a NaN there would be visible.
        keys.Span.Fill(float.NaN);
        values.Span.Fill(float.NaN);
        queries.Span.Fill(float.NaN);
        float[] attended = new float[positions * queryWidth];
        for (int position = 0, rows; position < positions; position += rows)
        {
            rows = Math.Min(nextRows(), positions - position);
            for (int row = 0; row < rows; row++)
            {
                projected.CopyRowTo(position + row, input.Span.Slice(row * inputStride, width));
            }

            for (int worker = 0; worker < workers; worker++)
            {
                append(input.Address, table.Address, queries.Address, keys.Address, values.Address, position, rows, worker, workers);
            }

            output.Span.Clear();
            for (int worker = 0; worker < workers; worker++)
            {
                attend(queries.Address, keys.Address, values.Address, output.Address, position, rows, worker, workers);
            }

            for (int row = 0; row < chunk; row++)
            {
                Span<float> line = output.Span.Slice(row * outputStride, outputStride);
                Assert.False((row < rows ? line[queryWidth..] : line).ContainsAnyExcept(0f), "Something was written beside the rows.");
                if (row < rows)
                {
                    line[..queryWidth].CopyTo(attended.AsSpan((position + row) * queryWidth));
                }
            }
        }

        foreach (GuardedFloats buffer in new[] { output, queries, keys, values, table })
        {
            buffer.AssertGuards("a buffer of the attention");
        }

        return attended;
    }

    private static double[][] Expected(DeclaredModel model, RandomTensor projected, int positions)
    {
        DecoderArchitecture a = model.Architecture;
        int queryWidth = a.Heads * a.HeadDim;
        int keyWidth = a.KeyValueHeads * a.HeadDim;
        double[][] rows = [.. projected.Values.Chunk(queryWidth + (2 * keyWidth))];
        return Specializer.Oracle.Attention.Attend(
            [.. rows.Select((row, position) => Rotate(row[..queryWidth], position))],
            [.. rows.Select((row, position) => Rotate(row[queryWidth..(queryWidth + keyWidth)], position))],
            [.. rows.Select(row => row[(queryWidth + keyWidth)..])],
            a.Heads,
            a.KeyValueHeads,
            model.Scale,
            Masks.Causal(0)
        );

        double[] Rotate(double[] x, int position) => a.Rotary is { } rotary ? Positions.Rotate(x, a.HeadDim, position, rotary) : x;
    }
}
