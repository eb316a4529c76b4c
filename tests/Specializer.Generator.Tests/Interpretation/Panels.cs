using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Planning;
using Specializer.TestKit;

namespace Specializer.Generator.Tests.Interpretation;

using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// The layout of packed weights: panels of columns, each [depth][columns of the panel], the last as narrow as its columns.
/// Weights of 16 bits share words: one of a panel's first vector in the lower half, one of its second in the upper.
/// </summary>
internal static class Panels
{
    /// <summary>Packs a matrix and adds a block with it.</summary>
    /// <param name="run">The memory and the target.</param>
    /// <param name="columns">The columns, whole lines.</param>
    /// <param name="depth">The depth of a column.</param>
    /// <param name="storage">The type in which weights are held.</param>
    /// <param name="weight">The weight of a column at a depth.</param>
    public static long Allocate(KernelRun run, int columns, int depth, WeightStorage storage, Func<int, int, double> weight)
    {
        InstructionSetDescription target = run.Target;
        int width = target.PanelWidth,
            lanes = target.Lanes;
        if (IntegerLayout.IsInteger(storage))
        {
            return IntegerBlocks.Panels(run, storage, columns, depth, weight);
        }

        if (storage == WeightStorage.Float32)
        {
            float[] packed = new float[columns * depth];
            for (int column = 0; column < columns; column++)
            {
                int first = column / width * width,
                    own = Math.Min(width, columns - first);
                for (int i = 0; i < depth; i++)
                {
                    packed[(first * depth) + (i * own) + (column - first)] = (float)weight(column, i);
                }
            }

            return run.Interpreter.Memory.Allocate(packed);
        }

        int panels = (columns + width - 1) / width;
        int[] words = new int[panels * lanes * depth];
        for (int column = 0; column < columns; column++)
        {
            int panel = column / width,
                lane = column % width;
            for (int i = 0; i < depth; i++)
            {
                words[(((panel * depth) + i) * lanes) + (lane % lanes)] |= Bits(storage, weight(column, i)) << (lane < lanes ? 0 : 16);
            }
        }

        return run.Interpreter.Memory.Allocate(words);
    }

    /// <summary>The values that a row of weights has after it was stored.</summary>
    public static double[] StoredRow(WeightStorage storage, double[] row) =>
        IntegerLayout.IsInteger(storage) ? IntegerBlocks.Stored(storage, row) : Array.ConvertAll(row, weight => Stored(storage, weight));

    /// <summary>The value that a weight has after it was stored.</summary>
    private static double Stored(WeightStorage storage, double weight) =>
        storage switch
        {
            WeightStorage.BFloat16 => BitConverter.Int32BitsToSingle(Bits(storage, weight) << 16),
            WeightStorage.Float16 => (double)BitConverter.UInt16BitsToHalf((ushort)Bits(storage, weight)),
            _ => (float)weight,
        };

    /// <summary>The 16 bits of a weight; the tests' weights are cut off, since rounding is not what they are about.</summary>
    private static int Bits(WeightStorage storage, double weight) =>
        storage == WeightStorage.BFloat16
            ? (int)(BitConverter.SingleToUInt32Bits((float)weight) >> 16)
            : BitConverter.HalfToUInt16Bits((Half)weight);
}
