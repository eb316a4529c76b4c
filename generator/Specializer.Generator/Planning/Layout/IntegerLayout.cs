namespace Specializer.Generator.Planning;

/// <summary>
/// The memory layout of weights and activations that are integers in blocks. A block consists of 32 inputs and has one scale.
/// Inputs after the last one are zero.
/// </summary>
internal static class IntegerLayout
{
    /// <summary>The number of inputs of a block.</summary>
    public const int Block = 32;

    /// <summary>
    /// The words of a block of weights for each lane of a panel. They are 32 bytes of each of its two vectors, and a word of scales. The
    /// scales of both vectors are in half precision.
    /// </summary>
    public const int WordsPerLane = (2 * Block / sizeof(float)) + 1;

    /// <summary>Returns the number of blocks of a row.</summary>
    public static int Blocks(int inputs) => (inputs + Block - 1) / Block;

    /// <summary>Returns the number of inputs of all blocks of a row.</summary>
    public static int PaddedInputs(int inputs) => Blocks(inputs) * Block;

    /// <summary>
    /// Returns the number of floats from one row of quantized activations to the next. There is space for a float per input, which
    /// some instruction sets use, and then for the scale of every block.
    /// </summary>
    public static int RowStride(int inputs) => Layout.RowStride(PaddedInputs(inputs) + Blocks(inputs));

    /// <summary>Returns the size of packed weights in floats. The last panel is as long as the others.</summary>
    public static long PackedFloats(int packedOutputs, int inputs) =>
        (long)Layout.RoundUp(packedOutputs, 2 * Layout.Line) / 2 * WordsPerLane * Blocks(inputs);
}
