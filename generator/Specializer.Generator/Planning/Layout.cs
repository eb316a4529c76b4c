namespace Specializer.Generator.Planning;

/// <summary>The rules by which shapes become places in memory, the same for every instruction set.</summary>
internal static class Layout
{
    /// <summary>Floats in a cache line, which is also the widest vector. Everything begins at a multiple of it.</summary>
    public const int Line = 16;

    /// <summary>The positions of the cache are a multiple of this: the widest panel of keys.</summary>
    public const int KeyPanel = 32;

    /// <summary>
    /// Positions per block of attention. Blocks begin at multiples of it, whatever the chunk, so that every query meets
    /// the same blocks.
    /// </summary>
    public const int KeyBlock = 128;

    /// <summary>The positions of a cache that holds a whole context: whole panels of keys.</summary>
    public static int CacheLength(int positions) => RoundUp(positions, KeyPanel);

    /// <summary>Rounds a number of floats up to whole lines.</summary>
    public static int Pad(int floats) => RoundUp(floats, Line);

    /// <summary>Floats of a page of memory, the unit of a layout with guards.</summary>
    private const long Page = 1024;

    /// <summary>Floats of a guard: many pages, so that an access a row or a panel too far still hits it.</summary>
    private const long Guard = 16 * Page;

    /// <summary>
    /// Where a block begins that is placed after another one. With guards it ends where a page ends, and whole pages of a
    /// guard lie before it; so does the next block, so that any access after its last float hits the next guard.
    /// </summary>
    /// <param name="end">Where the block before it ends.</param>
    /// <param name="floats">Its size, a multiple of <see cref="Line"/>.</param>
    /// <param name="guarded">Whether the layout has guards.</param>
    public static long Place(long end, long floats, bool guarded) =>
        guarded ? (checked(end + Guard + floats + Page - 1) / Page * Page) - floats : end;

    /// <summary>The least multiple that is not less than a value.</summary>
    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>
    /// The floats of one head's relative biases: for every distance of a key that the context allows, that of distance 0
    /// at the context's length; and behind them what a vector may read beyond the last visible key.
    /// </summary>
    public static int RelativeBiasStride(int positions, bool bidirectional) =>
        Pad((bidirectional ? 2 * positions : positions) + (2 * Line));

    /// <summary>
    /// The floats from one row of activations to the next: whole lines, and an odd number of them, so that the rows of
    /// a tile, which are read side by side, spread over all sets of the first-level cache instead of fighting for one.
    /// </summary>
    public static int RowStride(int width)
    {
        int lines = Pad(width) / Line;
        return (lines | 1) * Line;
    }
}
