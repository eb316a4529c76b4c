using System;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels;
using Specializer.Generator.Planning;

namespace Specializer.Fuzzing;

/// <summary>
/// RotaryEmbedding. Its tables of cosines and sines are random numbers, which no model computes. The kernel of a generated model
/// that rotates queries and keys is therefore called directly, with the node's own table.
/// </summary>
internal sealed unsafe class OnnxRotary(string name) : OnnxNode(name)
{
    private int Heads => Shapes["input.input"] is [_, int heads, _, _] ? heads : (int)Number("num_heads", 0);

    private int Length => Shapes["input.input"][^2];

    private int HeadDim => Shapes["input.input"] is [_, _, _, int width] ? width : Shapes["input.input"][^1] / Heads;

    private int Pairs => Shapes["input.cos_cache"][^1];

    public override double[][] Expected => Rows("output.output");

    public override TransformerArchitecture Architecture =>
        new FuzzCase
        {
            Heads = Heads,
            KeyValueHeads = Heads,
            HeadDim = HeadDim,
            Scale = 1,
            Positions = PositionKind.Rotary,
            RotaryDim = 2 * Pairs,
            RotaryInterleaved = Number("interleaved", 0) == 1,
            ChunkLength = 1,
        }.ToArchitecture();

    public override float[] Run(Func<WeightsSource, ModelOptions, TransformerModel> load, InstructionSet instructionSet)
    {
        AttentionKernel kernel = Planner.Plan(Architecture).AttentionByKind[0].Kernel;
        using CheckpointTensors tensors = Nothing();
        using TransformerModel model = load(tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 });
        MethodInfo append = model
            .GetType()
            .Assembly.GetType($"Specializer.Generated.{instructionSet}Kernels", throwOnError: true)!
            .GetMethod(KernelNames.Of(new KernelRef(kernel, KernelPart.Append)))!;
        var turn = (delegate* <float*, float*, float*, float*, float*, int, int, int, int, void>)append.MethodHandle.GetFunctionPointer();

        double[][] rows = Rows("input.input");
        double[] cosines = Tensors["input.cos_cache"],
            sines = Tensors["input.sin_cache"];
        float* projected = Allocate(kernel.InputStride),
            table = Allocate(2 * Pairs),
            queries = Allocate(kernel.QueryFloats);
        float* keys = Allocate(kernel.KeysPerHead * Heads),
            values = Allocate(kernel.ValuesPerHead * Heads);
        try
        {
            return
            [
                .. rows.SelectMany(
                    (row, at) =>
                    {
                        // The same vector as queries, keys and values.
                        for (int i = 0; i < row.Length; i++)
                        {
                            projected[i] = projected[i + row.Length] = projected[i + (2 * row.Length)] = (float)row[i];
                        }

                        int cached = Positions is null ? at : Positions[at];
                        for (int pair = 0; pair < Pairs; pair++)
                        {
                            table[pair] = (float)cosines[(cached * Pairs) + pair];
                            table[pair + Pairs] = (float)sines[(cached * Pairs) + pair];
                        }

                        turn(projected, table, queries, keys, values, 0, 1, 0, 1);
                        return Enumerable
                            .Range(0, row.Length)
                            .Select(i => queries[(i / HeadDim * kernel.QueryRows * kernel.HeadStride) + (i % HeadDim)])
                            .ToArray();
                    }
                ),
            ];
        }
        finally
        {
            foreach (nint block in new[] { (nint)projected, (nint)table, (nint)queries, (nint)keys, (nint)values })
            {
                NativeMemory.AlignedFree((void*)block);
            }
        }
    }

    private static float* Allocate(long floats) => (float*)NativeMemory.AlignedAlloc((nuint)(floats + Layout.Line) * sizeof(float), 64);

    /// <summary>[batch · position][head · width] of [batch, heads, position, width] or [batch, position, heads · width].</summary>
    private double[][] Rows(string tensor)
    {
        int width = Heads * HeadDim;
        bool headsFirst = Shapes[tensor].Length == 4;
        return
        [
            .. Enumerable
                .Range(0, Shapes[tensor][0] * Length)
                .Select(row =>
                    Enumerable
                        .Range(0, width)
                        .Select(column =>
                            Tensors[tensor][
                                headsFirst
                                    ? ((((((row / Length) * Heads) + (column / HeadDim)) * Length) + (row % Length)) * HeadDim)
                                        + (column % HeadDim)
                                    : (row * width) + column
                            ]
                        )
                        .ToArray()
                ),
        ];
    }
}
