using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;
using Xunit;

namespace Specializer.Generator.Tests.Interpretation;

using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>Compares kernels that compute row by row with their formulas.</summary>
internal static class RowFormulas
{
    private const int Count = 7;

    public static void Check(KernelRun run, NormKernel kernel)
    {
        Rows input = run.Random(Count, kernel.Width, kernel.Stride),
            output = kernel.AddToOutput
                ? run.Random(Count, kernel.Width, kernel.Stride)
                : run.Unwritten(Count, kernel.Width, kernel.Stride),
            weight = run.Random(2, kernel.Width, Layout.Pad(kernel.Width));
        run.OnWorkers(3, kernel.Name, input.Address, weight.Address, output.Address, Count);
        run.Equal(
            row =>
            {
                double[] x = input[row],
                    held = output[row];
                double mean = kernel.Kind == NormKind.Layer ? x.Average() : 0;
                double deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + kernel.Epsilon);
                return
                [
                    .. x.Select(
                        (value, i) =>
                            ((value - mean) / deviation * weight[0][i])
                            + (kernel.Bias ? weight[1][i] : 0)
                            + (kernel.AddToOutput ? held[i] : 0)
                    ),
                ];
            },
            output,
            Count
        );
    }

    public static void Check(KernelRun run, ScaleKernel kernel)
    {
        Rows input = run.Random(Count, kernel.Width, kernel.Stride),
            output = run.Random(Count, kernel.Width, kernel.Stride),
            weight = run.Random(1, kernel.Width, Layout.Pad(kernel.Width));
        run.OnWorkers(3, kernel.Name, input.Address, weight.Address, output.Address, Count);
        run.Equal(
            row => [.. input[row].Zip(weight[0], static (x, factor) => x * factor).Zip(output[row], static (x, held) => x + held)],
            output,
            Count
        );
    }

    public static void Check(KernelRun run, PartNormKernel kernel)
    {
        int width = kernel.Offset + (kernel.Parts * kernel.Width);
        Rows rows = run.Random(Count, width, kernel.Stride),
            weight = run.Random(kernel.Parts, kernel.Width, kernel.Width);
        run.OnWorkers(3, kernel.Name, weight.Address, rows.Address, Count);
        run.Equal(
            row =>
            {
                double[] result = [.. rows[row]];
                for (int part = 0; part < kernel.Parts; part++)
                {
                    int first = kernel.Offset + (part * kernel.Width);
                    double[] x = result[first..(first + kernel.Width)];
                    double mean = kernel.Kind == NormKind.Layer ? x.Average() : 0,
                        deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + kernel.Epsilon);
                    for (int i = 0; i < kernel.Width; i++)
                    {
                        result[first + i] = (x[i] - mean) / deviation * weight[part][i];
                    }
                }

                return result;
            },
            rows,
            Count
        );
    }

    public static void Check(KernelRun run, NormalizeKernel kernel)
    {
        Rows input = run.Random(Count, kernel.Width, kernel.Stride),
            output = run.Unwritten(Count, kernel.Width, kernel.Stride);
        run.OnWorkers(2, kernel.Name, input.Address, output.Address, Count);
        run.Equal(row => Normalized(input[row]), output, Count);
    }

    public static void Check(KernelRun run, ProbeKernel kernel)
    {
        int width = kernel.Heads * kernel.HeadDim;
        Rows query = run.Random(1, width, width),
            keyValues = run.Random(Count, 2 * width, kernel.Stride),
            output = run.Unwritten(1, width, Layout.RowStride(width));
        run.OnWorkers(2, kernel.Name, query.Address, keyValues.Address, output.Address, Count);
        run.Equal(
            _ =>
            {
                double[] result = new double[width];
                for (int head = 0; head < kernel.Heads; head++)
                {
                    int[] elements = [.. Enumerable.Range(head * kernel.HeadDim, kernel.HeadDim)];
                    double[] weights =
                    [
                        .. Enumerable
                            .Range(0, Count)
                            .Select(row => Math.Exp(elements.Sum(i => query[0][i] * keyValues[row][i]) / Math.Sqrt(kernel.HeadDim))),
                    ];
                    foreach (int i in elements)
                    {
                        result[i] = weights.Select((weight, row) => weight * keyValues[row][width + i]).Sum() / weights.Sum();
                    }
                }

                return result;
            },
            output,
            1
        );
    }

    public static void Check(KernelRun run, PoolKernel kernel)
    {
        Rows input = run.Random(Count, kernel.Width, kernel.Stride),
            output = run.Unwritten(1, kernel.Width, kernel.Stride);
        int[] tokens = [3, 9, 4, 9, 1, 4, 2];
        object[] end = kernel.EndToken is null ? [] : [run.Interpreter.Memory.Allocate(tokens)];
        run.OnWorkers(2, kernel.Name, [input.Address, output.Address, Count, .. end]);
        int last = kernel.EndToken is not { } token ? Count - 1
            : token < 0 ? 1
            : Math.Max(Array.IndexOf(tokens, token), 0),
            rows = Count - kernel.Skipped;
        double[] Column(int i) => [.. Enumerable.Range(kernel.Skipped, rows).Select(row => input[row][i])];
        double[] pooled =
        [
            .. Enumerable
                .Range(0, kernel.Width)
                .Select(i =>
                    kernel.Pooling switch
                    {
                        PoolingKind.First => Column(i)[0],
                        PoolingKind.Last => input[last][i],
                        PoolingKind.Max => Column(i).Max(),
                        PoolingKind.WeightedMean => Column(i).Select((value, row) => value * (row + 1)).Sum() / (rows * (rows + 1) / 2),
                        _ => Column(i).Average(),
                    }
                ),
        ];
        run.Equal(_ => kernel.Normalize ? Normalized(pooled) : pooled, output, 1);
    }

    public static void Check(KernelRun run, PositionKernel kernel)
    {
        const int Position = 0;
        int first = kernel.FirstState ? 1 : 0,
            leading = first + kernel.LaterStates;
        Rows output = run.Random(Count, kernel.Width, kernel.Stride),
            positions = run.Random(Count, kernel.Width, kernel.Stride),
            state = run.Random(1, kernel.Width, kernel.Stride),
            later = run.Random(Math.Max(kernel.LaterStates, 1), kernel.Width, kernel.Stride);
        run.OnWorkers(
            2,
            kernel.Name,
            [
                output.Address,
                .. kernel.HasTable ? new object[] { positions.Address } : [],
                .. kernel.FirstState ? new object[] { state.Address } : [],
                .. kernel.LaterStates > 0 ? new object[] { later.Address } : [],
                Position,
                Count,
            ]
        );
        run.Equal(
            row =>
            {
                bool isLater = row >= first && row < leading;
                double[] x =
                    row < first ? state[0]
                    : isLater ? later[row - first]
                    : output[row];
                return !kernel.HasTable || (isLater && !kernel.LaterHavePositions)
                    ? x
                    :
                    [
                        .. x.Zip(
                            positions[row < first || kernel.LaterHavePositions ? row : row - kernel.LaterStates],
                            static (value, added) => value + added
                        ),
                    ];
            },
            output,
            Count
        );
    }

    public static void Check(KernelRun run, WindowKernel kernel)
    {
        const int Frames = 9,
            Position = 1;
        bool byChannel = kernel.InputStride == 0;
        int width = kernel.Channels * kernel.Window;
        Rows frames = byChannel ? run.Random(kernel.Channels, Frames, Frames) : run.Random(Frames, kernel.Channels, kernel.InputStride),
            output = run.Unwritten(Count, width, kernel.Stride);
        run.OnWorkers(2, kernel.Name, frames.Address, output.Address, Frames, Position, Count);
        run.Equal(
            row =>
                [
                    .. Enumerable
                        .Range(0, width)
                        .Select(i =>
                        {
                            int channel = i / kernel.Window,
                                frame = ((Position + row) * kernel.Step) + (i % kernel.Window) - (kernel.Window / 2);
                            return frame < 0 || frame >= Frames ? 0
                                : byChannel ? frames[channel][frame]
                                : frames[frame][channel];
                        }),
                ],
            output,
            Count
        );
    }

    public static void Check(KernelRun run, PatchKernel kernel)
    {
        PatchArchitecture patches = kernel.Patches;
        int side = patches.ImageSize / patches.PatchSize,
            size = patches.PatchSize,
            leading = patches.Leading,
            count = (side * side) + leading;
        Rows pixels = run.Random(patches.Channels * patches.ImageSize, patches.ImageSize, patches.ImageSize),
            output = run.Unwritten(count, patches.Floats, kernel.Stride);
        run.OnWorkers(2, kernel.Name, pixels.Address, output.Address, 0, count);
        run.Equal(
            row =>
                [
                    .. Enumerable
                        .Range(0, patches.Floats)
                        .Select(i =>
                        {
                            int channel = i / (size * size),
                                y = i / size % size,
                                x = i % size,
                                patch = row - leading;
                            return patch < 0
                                ? 0
                                : pixels[(channel * patches.ImageSize) + (patch / side * size) + y][(patch % side * size) + x];
                        }),
                ],
            output,
            count
        );
    }

    public static void Check(KernelRun run, GlobalRowsKernel kernel)
    {
        // Tokens 1, 4 and 5 of a chunk are global; two before it are.
        int[] before = [2, 2, 3, 3, 3, 4, 5, 5];
        int[] global = [1, 4, 5];
        Rows chunk = run.Random(Count, kernel.Width, kernel.Stride),
            gathered = run.Random(global.Length, kernel.Width, kernel.Stride);
        long positions = run.Interpreter.Memory.Allocate(before);
        (Rows input, Rows output) = kernel.Back ? (gathered, chunk) : (chunk, gathered);
        run.OnWorkers(3, kernel.Name, input.Address, output.Address, positions, Count);
        run.Equal(
            row =>
                kernel.Back
                    ? global.Contains(row)
                        ? gathered[Array.IndexOf(global, row)]
                        : chunk[row]
                    : chunk[global[row]],
            output,
            kernel.Back ? Count : global.Length,
            tolerance: 0
        );
    }

    public static void Check(KernelRun run, EmbedKernel kernel)
    {
        int vocabulary = Math.Max(kernel.VocabularySize, 8);
        int[] tokens = [3, 0, vocabulary - 1, kernel.PaddingToken ?? 1, 2, 5, vocabulary / 2],
            types = [0, 1, 1, 0, 0, 1, 0];
        int columns = Layout.Pad(vocabulary);
        Rows table = run.Random(vocabulary, kernel.Width, kernel.Stride),
            positions = run.Random(Count + 8, kernel.Width, kernel.Stride),
            typeTable = run.Random(2, kernel.Width, kernel.Stride),
            output = run.Unwritten(Count, kernel.Width, kernel.Stride);
        long embeddings = kernel.Tied
            ? Panels.Allocate(run, columns, kernel.Width, kernel.Storage, (column, i) => column < vocabulary ? table[column][i] : 0)
            : table.Address;
        object[] position = kernel.PositionOffset is null ? [] : [positions.Address, 0],
            type = kernel.TokenTypes ? [run.Interpreter.Memory.Allocate(types), typeTable.Address] : [];
        run.OnWorkers(3, kernel.Name, [run.Interpreter.Memory.Allocate(tokens), embeddings, .. position, .. type, output.Address, Count]);
        run.Equal(
            row =>
            {
                int index =
                    kernel.PaddingToken is not { } padding ? row + (kernel.PositionOffset ?? 0)
                    : tokens[row] == padding ? padding
                    : tokens[..row].Count(token => token != padding) + kernel.PositionOffset!.Value;
                double[] stored = Panels.StoredRow(kernel.Tied ? kernel.Storage : WeightStorage.Float32, table[tokens[row]]);
                return
                [
                    .. Enumerable
                        .Range(0, kernel.Width)
                        .Select(i =>
                            (stored[i] * kernel.Scale)
                            + (kernel.PositionOffset is null ? 0 : positions[index][i])
                            + (kernel.TokenTypes ? typeTable[types[row]][i] : 0)
                        ),
                ];
            },
            output,
            Count
        );
    }

    public static void Check(KernelRun run, QuantizeKernel kernel)
    {
        Rows input = run.Random(Count, kernel.Width, kernel.InputStride),
            output = run.Unwritten(Count, kernel.Width, kernel.OutputStride);

        // Rows of zeros, and of numbers whose scale has no reciprocal, are zero.
        input.Scale(run, 1, 0);
        input.Scale(run, 2, 1e-38f);
        run.OnWorkers(3, kernel.Name, [input.Address, output.Address, Count]);
        float[][] rows =
        [
            .. Enumerable
                .Range(0, Count)
                .Select(row => run.Interpreter.Memory.Floats(input.Address + ((long)row * kernel.InputStride), kernel.Width)),
        ];
        Assert.Null(IntegerBlocks.Difference(run, kernel, rows, output.Address));
    }

    public static void Check(KernelRun run, ArgMaxKernel kernel)
    {
        int outputs = kernel.Logits.Outputs;
        Rows logits = run.Random(1, outputs, Layout.Pad(outputs));
        foreach (int workers in new[] { 1, 3 })
        {
            long[] found =
            [
                .. Enumerable.Range(0, workers).Select(worker => run.Interpreter.Run(kernel.Name, logits.Address, worker, workers)),
            ];
            long best = found.Where(static index => index >= 0).MaxBy(index => logits[0][(int)index]);
            Assert.Equal(Array.IndexOf(logits[0], logits[0].Max()), best);
        }
    }

    private static double[] Normalized(double[] x)
    {
        double length = Math.Max(Math.Sqrt(x.Sum(static value => value * value)), 1e-12);
        return [.. x.Select(value => value / length)];
    }
}
