using System;

namespace Specializer;

/// <summary>
/// Rounds blocks of weights to integers of 8 bits and writes them as kernels read them. The scale is max|w| / 127 in half precision,
/// and q = w / scale to nearest, ties to even.
/// </summary>
/// <remarks>
/// A record is a block of a panel: 32 bytes for each column of its two vectors, and a word of scales per lane. The scale of the first
/// vector is the lower half of a word. Wide vectors read pairs of bytes, inputs i and i + 16 of a column, first those of the first
/// vector. Vectors of four lanes read words of four bytes, inputs 4i to 4i + 3.
/// </remarks>
internal static unsafe class BlockQuantizer
{
    /// <summary>The number of inputs of a block.</summary>
    public const int Inputs = 32;

    /// <summary>The magnitude of the largest integer.</summary>
    private const int Largest = 127;

    /// <summary>The width of the vectors that read words of four bytes.</summary>
    private const int LanesOfQuads = 4;

    /// <summary>Gets the magnitude of the largest weight that a block can store.</summary>
    public static float Greatest => Largest * (float)Half.MaxValue;

    /// <summary>Returns the number of bytes of a record.</summary>
    public static int RecordBytes(WeightStorage storage, int lanes) =>
        storage switch
        {
            WeightStorage.Int4 => NibbleQuantizer.RecordBytes(lanes, hasMinima: false),
            WeightStorage.UInt4 => NibbleQuantizer.RecordBytes(lanes, hasMinima: true),
            _ => (2 * Inputs * lanes) + (sizeof(uint) * lanes),
        };

    /// <summary>Returns the magnitude of the largest weight that a block can store.</summary>
    public static float GreatestOf(WeightStorage storage) =>
        storage switch
        {
            WeightStorage.Int4 => NibbleQuantizer.Greatest,
            WeightStorage.UInt4 => (float)Half.MaxValue,
            _ => Greatest,
        };

    /// <summary>Returns the scale of a block; infinite or NaN if it has none.</summary>
    /// <remarks>A scale that is not a normal half may be so much too small that the largest weight does not fit; then it is the next.</remarks>
    public static Half ScaleOf(ReadOnlySpan<float> weights)
    {
        float greatest = 0;
        foreach (float weight in weights)
        {
            greatest = MathF.Max(greatest, MathF.Abs(weight));
        }

        Half scale = (Half)((double)greatest / Largest);
        return greatest > (Largest + 0.5) * (double)scale ? Half.BitIncrement(scale) : scale;
    }

    /// <summary>Returns an integer of a block. The quotient is a double, because a float would be rounded to a tie.</summary>
    public static sbyte Round(float weight, Half scale) =>
        scale == Half.Zero ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round((double)weight / (double)scale), -Largest, Largest);

    /// <summary>Writes a column of a block.</summary>
    /// <param name="weights">The 32 weights of the column.</param>
    /// <param name="record">The record.</param>
    /// <param name="lanes">The number of lanes of a vector.</param>
    /// <param name="column">The column of the panel.</param>
    /// <returns>The index of a weight that is too large or no number; −1 if there is none.</returns>
    public static int Write(float* weights, byte* record, int lanes, int column)
    {
        Half scale = ScaleOf(new ReadOnlySpan<float>(weights, Inputs));
        if (!Half.IsFinite(scale))
        {
            int wrong = 0;
            while (MathF.Abs(weights[wrong]) <= Greatest)
            {
                wrong++;
            }

            return wrong;
        }

        sbyte* integers = stackalloc sbyte[Inputs];
        for (int input = 0; input < Inputs; input++)
        {
            integers[input] = Round(weights[input], scale);
        }

        WriteIntegers(integers, scale, record, lanes, column);
        return -1;
    }

    /// <summary>Writes the integers and the scale of a column, as they are.</summary>
    public static void WriteIntegers(sbyte* integers, Half scale, byte* record, int lanes, int column)
    {
        int vector = column / lanes,
            lane = column % lanes;
        ((ushort*)(record + (2 * Inputs * lanes)))[(2 * lane) + vector] = BitConverter.HalfToUInt16Bits(scale);
        for (int input = 0; input < Inputs; input++)
        {
            int place =
                lanes == LanesOfQuads
                    ? (((input / 4 * 2 * lanes) + (vector * lanes) + lane) * 4) + (input % 4)
                    : (input % 16 * 4 * lanes) + (vector * 2 * lanes) + (2 * lane) + (input / 16);
            record[place] = (byte)integers[input];
        }
    }
}
