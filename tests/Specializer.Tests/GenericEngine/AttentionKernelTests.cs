using System;
using Specializer.GenericEngine;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.GenericEngine;

/// <summary>Causal attention of the generic engine against the oracle.</summary>
[Feature("generic-engine")]
public sealed unsafe class AttentionKernelTests
{
    private const int Positions = 300;

    private static readonly Tolerance SinglePrecision = new(3e-6, 3e-6);

    public static TheoryData<InstructionSet> InstructionSets => EngineKernels.Supported;

    public static TheoryData<InstructionSet, int, int, int> Shapes
    {
        get
        {
            TheoryData<InstructionSet, int, int, int> shapes = [];
            foreach (InstructionSet set in EngineKernels.Supported)
            {
                shapes.Add(set, 2, 2, 64);
                shapes.Add(set, 4, 2, 48);
                shapes.Add(set, 8, 2, 12);
                shapes.Add(set, 15, 1, 20);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_position_is_right_and_has_the_same_bits_in_any_chunk_and_on_any_number_of_workers(
        InstructionSet instructionSet,
        int heads,
        int keyValueHeads,
        int headDimension
    )
    {
        float[] whole = Run(instructionSet, heads, keyValueHeads, headDimension, Positions, 1);

        int width = heads * headDimension,
            keyValueWidth = keyValueHeads * headDimension;
        double[][] expected = Attention.Attend(
            Rows(Queries(width), width),
            Rows(Keys(keyValueWidth), keyValueWidth),
            Rows(Values(keyValueWidth), keyValueWidth),
            heads,
            keyValueHeads,
            Attention.Scale(headDimension),
            Masks.Causal(0)
        );
        SinglePrecision.AssertClose<float>(expected, whole, "attention");

        foreach ((int chunk, int workers) in new[] { (1, 1), (2, 1), (3, 2), (64, 1), (100, 3), (Positions, 2), (1, 5) })
        {
            Assert.True(
                whole.AsSpan().SequenceEqual(Run(instructionSet, heads, keyValueHeads, headDimension, chunk, workers)),
                $"chunks of {chunk} on {workers} workers have other bits."
            );
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void What_an_earlier_sequence_left_behind_is_not_seen(InstructionSet instructionSet)
    {
        float[] fresh = Run(instructionSet, 4, 2, 12, 7, 1);
        float[] used = Run(instructionSet, 4, 2, 12, 7, 1, leftOver: float.NaN);
        Assert.Equal(fresh, used);
    }

    /// <summary>All positions, a chunk at a time.</summary>
    private static float[] Run(
        InstructionSet instructionSet,
        int heads,
        int keyValueHeads,
        int headDimension,
        int chunk,
        int workers,
        float leftOver = 0
    )
    {
        EngineKernels kernels = EngineKernels.Of(instructionSet);
        int width = heads * headDimension,
            keyValueWidth = keyValueHeads * headDimension;
        KeyValueLayout layout = new(kernels.Lanes, keyValueHeads, headDimension, Positions);
        using AlignedBuffer cache = AlignedBuffer.Allocate(layout.Floats * sizeof(float));
        new Span<float>(cache.Address, (int)layout.Floats).Fill(leftOver);
        float[] y = new float[Positions * width];
        fixed (
            float* queries = Queries(width),
                keys = Keys(keyValueWidth),
                values = Values(keyValueWidth),
                results = y
        )
        {
            for (int first = 0; first < Positions; first += chunk)
            {
                int rows = Math.Min(chunk, Positions - first);
                layout.Append(cache.Address, first, rows, keys + (first * keyValueWidth), values + (first * keyValueWidth), keyValueWidth);
                for (int worker = 0; worker < workers; worker++)
                {
                    kernels.Attend(
                        layout,
                        cache.Address,
                        heads,
                        first,
                        rows,
                        queries + (first * width),
                        width,
                        (float)Attention.Scale(headDimension),
                        results + (first * width),
                        width,
                        worker,
                        workers
                    );
                }
            }
        }

        return y;
    }

    // Large enough that some positions take nearly all of the weight, and that the largest score grows from block to block.
    private static float[] Queries(int width) => Array.ConvertAll(RandomFloats.Uniform(Positions * width, 1), x => 4 * x);

    private static float[] Keys(int width) => RandomFloats.Uniform(Positions * width, 2);

    private static float[] Values(int width) => RandomFloats.Uniform(Positions * width, 3);

    private static double[][] Rows(float[] values, int width)
    {
        double[][] rows = new double[values.Length / width][];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = Array.ConvertAll(values[(row * width)..((row + 1) * width)], value => (double)value);
        }

        return rows;
    }
}
