using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// The memory layout of weights and activations that are integers in blocks. A block consists of 32 inputs and has one scale.
/// Inputs after the last one are zero.
/// </summary>
internal static class IntegerLayout
{
    /// <summary>The number of inputs of a block.</summary>
    public const int Block = 32;

    /// <summary>Returns whether weights are integers.</summary>
    public static bool IsInteger(WeightStorage storage) => storage == WeightStorage.Int8 || IsNibble(storage);

    /// <summary>Returns whether weights are integers of 4 bits.</summary>
    public static bool IsNibble(WeightStorage storage) => storage is WeightStorage.Int4 or WeightStorage.UInt4;

    /// <summary>
    /// Returns the words of a block of weights for each lane of a panel: its integers, and a word of scales. The scales of both vectors
    /// are in half precision. The integers are 32 bytes of each vector, or 32 bytes with one of 4 bits from each of them. If blocks have
    /// a minimum, a word of minima follows.
    /// </summary>
    public static int WordsPerLane(WeightStorage storage) =>
        storage switch
        {
            WeightStorage.Int4 => (Block / sizeof(float)) + 1,
            WeightStorage.UInt4 => (Block / sizeof(float)) + 2,
            _ => (2 * Block / sizeof(float)) + 1,
        };

    /// <summary>Returns the number of blocks of a row.</summary>
    public static int Blocks(int inputs) => (inputs + Block - 1) / Block;

    /// <summary>Returns the number of inputs of all blocks of a row.</summary>
    public static int PaddedInputs(int inputs) => Blocks(inputs) * Block;

    /// <summary>
    /// Returns the number of floats from one row of quantized activations to the next. There is space for a float per input, which
    /// some instruction sets use. The scales of all blocks follow, and then the sums of their integers.
    /// </summary>
    public static int RowStride(int inputs) => Layout.RowStride(PaddedInputs(inputs) + (2 * Blocks(inputs)));

    /// <summary>Returns the size of packed weights in floats. The last panel is as long as the others.</summary>
    public static long PackedFloats(WeightStorage storage, int packedOutputs, int inputs) =>
        (long)Layout.RoundUp(packedOutputs, 2 * Layout.Line) / 2 * WordsPerLane(storage) * Blocks(inputs);
}
