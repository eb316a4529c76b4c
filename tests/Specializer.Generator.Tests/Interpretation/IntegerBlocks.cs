using System;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Tests.Interpretation;

using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// The layout of integer weights and activations, written from its description: blocks of 32 inputs with a scale. Wide vectors read
/// pairs of inputs 16 apart; others read words of four bytes.
/// </summary>
internal static class IntegerBlocks
{
    private const int Block = 32;

    /// <summary>Packs a matrix of 8-bit weights and adds a block of memory with it.</summary>
    /// <param name="run">The memory and the target.</param>
    /// <param name="storage">The type of the weights.</param>
    /// <param name="columns">The number of columns, whole lines.</param>
    /// <param name="depth">The number of inputs.</param>
    /// <param name="weight">The weight of a column at an input.</param>
    public static long Panels(KernelRun run, WeightStorage storage, int columns, int depth, Func<int, int, double> weight)
    {
        InstructionSetDescription target = run.Target;
        int lanes = target.Lanes,
            width = 2 * lanes,
            blocks = (depth + Block - 1) / Block,
            recordWords = storage switch
            {
                WeightStorage.Int4 => 9 * lanes,
                WeightStorage.UInt4 => 10 * lanes,
                _ => 17 * lanes,
            };
        byte[] bytes = new byte[(columns + width - 1) / width * blocks * recordWords * 4];
        for (int column = 0; column < columns; column++)
        {
            int panel = column / width,
                vector = column % width / lanes,
                lane = column % lanes;
            for (int block = 0; block < blocks; block++)
            {
                Span<byte> record = bytes.AsSpan(((panel * blocks) + block) * recordWords * 4, recordWords * 4);
                double[] values = [.. Enumerable.Range(block * Block, Block).Select(i => i < depth ? weight(column, i) : 0)];
                if (storage != WeightStorage.Int8)
                {
                    WriteNibbles(run, storage, record, (vector, lane), values, Math.Min(Block, depth - (block * Block)));
                    continue;
                }

                (Half scale, int[] integers) = Weights(values);
                BitConverter.TryWriteBytes(record[((64 * lanes) + (lane * 4) + (vector * 2))..], BitConverter.HalfToUInt16Bits(scale));
                for (int i = 0; i < Block; i++)
                {
                    int place = target.MultipliesWords
                        ? (i % 16 * 4 * lanes) + (vector * 2 * lanes) + (lane * 2) + (i / 16)
                        : (i / 4 * 8 * lanes) + (vector * 4 * lanes) + (lane * 4) + (i % 4);
                    record[place] = (byte)(sbyte)integers[i];
                }
            }
        }

        int[] words = new int[bytes.Length / 4];
        Buffer.BlockCopy(bytes, 0, words, 0, bytes.Length);
        return run.Interpreter.Memory.Allocate(words);
    }

    /// <summary>The scale, the minimum and the integers of a block of weights of 4 bits; tests are not about the search.</summary>
    private static (Half Scale, Half Minimum, int[] Integers) Nibbles(WeightStorage storage, double[] block)
    {
        if (storage == WeightStorage.Int4)
        {
            var scale = (Half)(block.Max(Math.Abs) / 8);
            return (
                scale,
                Half.Zero,
                Array.ConvertAll(block, w => scale == Half.Zero ? 0 : (int)Math.Clamp(Math.Round(w / (double)scale), -8, 7))
            );
        }

        var minimum = (Half)block.Min();
        var step = (Half)((block.Max() - (double)minimum) / 15);
        return (
            step,
            minimum,
            Array.ConvertAll(block, w => step == Half.Zero ? 0 : (int)Math.Clamp(Math.Round((w - (double)minimum) / (double)step), 0, 15))
        );
    }

    private static void WriteNibbles(
        KernelRun run,
        WeightStorage storage,
        Span<byte> record,
        (int Vector, int Lane) place,
        double[] values,
        int count
    )
    {
        int lanes = run.Target.Lanes;
        (Half scale, Half minimum, int[] integers) = Nibbles(storage, values[..count]);
        int factor = (32 * lanes) + (place.Lane * 4) + (place.Vector * 2);
        BitConverter.TryWriteBytes(record[factor..], BitConverter.HalfToUInt16Bits(scale));
        if (storage == WeightStorage.UInt4)
        {
            BitConverter.TryWriteBytes(record[(factor + (4 * lanes))..], BitConverter.HalfToUInt16Bits(minimum));
        }

        for (int i = 0; i < Block; i++)
        {
            int integer = (i < count ? integers[i] : 0) + (storage == WeightStorage.Int4 ? 8 : 0),
                word = run.Target.MultipliesWords ? i % 8 : i / 4,
                position = run.Target.MultipliesWords ? i / 8 : i % 4;
            record[(((word * lanes) + place.Lane) * 4) + position] |= (byte)(integer << (4 * place.Vector));
        }
    }

    /// <summary>The scale and the integers of a block of weights.</summary>
    public static (Half Scale, int[] Integers) Weights(double[] block)
    {
        var scale = (Half)(block.Max(Math.Abs) / 127);
        return (scale, Array.ConvertAll(block, weight => scale == Half.Zero ? 0 : (int)Math.Round(weight / (double)scale)));
    }

    /// <summary>The values of a row of weights after they were stored.</summary>
    public static double[] Stored(WeightStorage storage, double[] row) =>
        storage == WeightStorage.Int8
            ? StoredBytes(row)
            :
            [
                .. row.Chunk(Block)
                    .SelectMany(block =>
                    {
                        (Half scale, Half minimum, int[] integers) = Nibbles(storage, block);
                        return integers.Select(integer => (integer * (double)scale) + (double)minimum);
                    }),
            ];

    private static double[] StoredBytes(double[] row) =>
        [
            .. row.Chunk(Block)
                .SelectMany(static block =>
                {
                    (Half scale, int[] integers) = Weights(block);
                    return integers.Select(integer => integer * (double)scale);
                }),
        ];

    /// <summary>The scale and the integers of a block of activations: float arithmetic, as the documentation states it.</summary>
    public static (float Scale, int[] Integers) Activations(float[] block)
    {
        float greatest = block.Max(MathF.Abs),
            scale = greatest < 7.888609E-31f ? 0 : greatest / 127f;
        return (scale, Array.ConvertAll(block, x => scale == 0 ? 0 : (int)MathF.Round(x * (1f / scale))));
    }

    /// <summary>Adds a block of memory with quantized rows.</summary>
    /// <param name="run">The memory and the target.</param>
    /// <param name="rows">The scales and integers of the blocks of every row.</param>
    /// <param name="stride">The number of floats from one row to the next.</param>
    /// <param name="storage">The type of the weights by which they are multiplied.</param>
    public static long Rows(KernelRun run, (float Scale, int[] Integers)[][] rows, int stride, WeightStorage storage)
    {
        int[] words = new int[rows.Length * stride];
        Array.Fill(words, 0x7FC0_DEAD);
        for (int row = 0; row < rows.Length; row++)
        {
            int blocks = rows[row].Length;
            for (int block = 0; block < blocks; block++)
            {
                (float scale, int[] integers) = rows[row][block];
                int start = row * stride;
                words[start + (blocks * Block) + block] = BitConverter.SingleToInt32Bits(scale);
                if (storage != WeightStorage.Int8)
                {
                    words[start + (blocks * (Block + 1)) + block] = Sum(run, storage, scale, integers.Sum());
                }

                for (int i = 0; i < Block; i++)
                {
                    int integer = i < integers.Length ? integers[i] : 0;
                    if (storage != WeightStorage.Int8 && run.Target.MultipliesWords)
                    {
                        int word = start + (block * 8) + (i % 8);
                        words[word] = (i < 8 ? 0 : words[word]) | ((integer & 0xFF) << (8 * (i / 8)));
                    }
                    else if (!run.Target.MultipliesWords)
                    {
                        words[start + (block * Block) + i] = BitConverter.SingleToInt32Bits(integer);
                    }
                    else if (i < 16)
                    {
                        words[start + (block * 16) + i] = integer & 0xFFFF;
                    }
                    else
                    {
                        words[start + (block * 16) + i - 16] |= integer << 16;
                    }
                }
            }
        }

        return run.Interpreter.Memory.Allocate(words);
    }

    /// <summary>The bits of the sum of a block: times its scale for weights with a minimum, times −8 for others.</summary>
    private static int Sum(KernelRun run, WeightStorage storage, float scale, int sum) =>
        storage == WeightStorage.UInt4 ? BitConverter.SingleToInt32Bits(sum * scale)
        : run.Target.MultipliesWords ? -8 * sum
        : BitConverter.SingleToInt32Bits(-8f * sum);

    /// <summary>Compares the rows of a kernel that quantizes with the formula, bit for bit.</summary>
    public static string? Difference(KernelRun run, QuantizeKernel kernel, float[][] input, long output)
    {
        long expected = Rows(
            run,
            [.. input.Select(static row => row.Chunk(Block).Select(Activations).ToArray())],
            kernel.OutputStride,
            kernel.Weights
        );
        int blocks = (kernel.Width + Block - 1) / Block,
            written =
                blocks
                * (
                    !run.Target.MultipliesWords ? Block
                    : kernel.Weights == WeightStorage.Int8 ? 16
                    : 8
                ),
            factors = kernel.Weights == WeightStorage.Int8 ? blocks : 2 * blocks;
        for (int row = 0; row < input.Length; row++)
        {
            int[] places = [.. Enumerable.Range(0, written), .. Enumerable.Range(blocks * Block, factors)];
            foreach (int place in places)
            {
                uint right = run.Interpreter.Memory.At(expected + (row * kernel.OutputStride) + place, 1)[0],
                    found = run.Interpreter.Memory.At(output + (row * kernel.OutputStride) + place, 1)[0];

                // Zero has two signs.
                if (right != found && (right | found) != 0x8000_0000)
                {
                    return $"{run.Target.Name}: word {place} of row {row} is {found:X8} instead of {right:X8}.";
                }
            }
        }

        return null;
    }
}
