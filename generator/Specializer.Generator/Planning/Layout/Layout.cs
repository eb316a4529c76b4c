namespace Specializer.Generator.Planning;

/// <summary>The rules that convert shapes to memory layouts, the same for every instruction set.</summary>
internal static class Layout
{
    /// <summary>The number of floats in a cache line, which is also the widest vector. All blocks start at a multiple of it.</summary>
    public const int Line = 16;

    /// <summary>The number of positions of the cache is a multiple of this value, the widest panel of keys.</summary>
    public const int KeyPanel = 32;

    /// <summary>
    /// The number of positions per block of attention. Blocks start at multiples of it, independently of the chunk, so that every
    /// query processes the same blocks.
    /// </summary>
    public const int KeyBlock = 128;

    /// <summary>Returns the number of positions of a cache for a whole context: whole panels of keys.</summary>
    public static int CacheLength(int positions) => RoundUp(positions, KeyPanel);

    /// <summary>Rounds a number of floats up to whole lines.</summary>
    public static int Pad(int floats) => RoundUp(floats, Line);

    /// <summary>The number of floats of a memory page, the unit of a layout with guards.</summary>
    private const long Page = 1024;

    /// <summary>The number of floats of a guard: many pages, so that an access a row or a panel out of bounds still hits it.</summary>
    private const long Guard = 16 * Page;

    /// <summary>
    /// Returns the start of a block that is placed after another one. With guards, the block ends at the end of a page, and whole
    /// pages of a guard precede it. The next block is placed in the same way, so any access after the last float hits its guard.
    /// </summary>
    /// <param name="end">The end of the preceding block.</param>
    /// <param name="floats">The size, a multiple of <see cref="Line"/>.</param>
    /// <param name="guarded">Whether the layout has guards.</param>
    public static long Place(long end, long floats, bool guarded) =>
        guarded ? (checked(end + Guard + floats + Page - 1) / Page * Page) - floats : end;

    /// <summary>Returns the smallest multiple that is not less than a value.</summary>
    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>
    /// Returns the number of floats of one head's relative biases. There is one for every key distance in the context, with
    /// distance 0 at the index of the context length. Padding follows for vectors that extend beyond the last visible key.
    /// </summary>
    public static int RelativeBiasStride(int positions, bool bidirectional) =>
        Pad((bidirectional ? 2 * positions : positions) + (2 * Line));

    /// <summary>
    /// Returns the number of floats from one row of activations to the next: an odd number of whole lines. The rows of a tile,
    /// which are read together, are then distributed over all sets of the L1 cache.
    /// </summary>
    public static int RowStride(int width)
    {
        int lines = Pad(width) / Line;
        return (lines | 1) * Line;
    }
}
