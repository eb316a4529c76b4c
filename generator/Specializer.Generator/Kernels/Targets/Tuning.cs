namespace Specializer.Generator.Kernels.Targets;

/// <summary>The numbers by which lowerings decide, one record per target, with the facts that justify them.</summary>
/// <param name="Lanes">Floats in a vector.</param>
/// <param name="TileRows">
/// The most rows of a register tile that is <see cref="PanelVectors"/> vectors wide: as many as leave registers for the weights and
/// a broadcast value (at most 28 live vectors of 32 registers, 14 of 16).
/// </param>
internal sealed record Tuning(int Lanes, int TileRows)
{
    // TileRows: 24 sums, 2 weights, 1 broadcast value.
    // WidestTile: 24 sums, 4 weights, 1 broadcast value; one over the rule of 28, and measured to stay in the 32 registers.
    public static Tuning Avx512 { get; } =
        new(Lanes: 16, TileRows: 12)
        {
            SmallTileRows = 8,
            WidestTile = 4,
            PrefetchesSingleRowOf16Bits = true,
            PrefetchesValues = true,
        };

    // TileRows: 10 sums, 2 weights, 1 broadcast value, of the 14 that may be live; 12 sums need 15 of 16.
    // DepthsPerTurn: one depth is 10 multiply-adds, which take 5 cycles, 7 loads, and 3 instructions of the loop. These are too
    // many for a core that two threads share.
    // PrefetchesSingleRowOf16Bits, on Zen 3: with it 34 GB/s instead of 52 from the third-level cache, 19 instead of 20 from memory.
    // PrefetchesValues, on Zen 3: 84 % of the peak instead of 91 where values are near, and no gain where they are far.
    public static Tuning Avx2 { get; } = new(Lanes: 8, TileRows: 5) { DepthsPerTurn = 4 };

    // TileRows: 16 sums, 8 vectors of four values each, 2 weights.
    public static Tuning Neon { get; } = new(Lanes: 4, TileRows: 8) { SmallTileRows = 4 };

    // TileRows: 8 sums, 2 weights, 1 broadcast value, 1 product, of the 14 that may be live with 16 registers.
    public static Tuning Portable { get; } = new(Lanes: 4, TileRows: 4);

    /// <summary>
    /// Gets the greatest height up to which there is a tile of every height; above it there are only tiles of
    /// <see cref="TileRows"/>. Tiles between would cost code and gain nothing over two tiles of <see cref="BusyRows"/> or more.
    /// </summary>
    public int SmallTileRows { get; init; } = TileRows;

    /// <summary>Gets the least height of a tile whose independent sums keep the multipliers busy.</summary>
    public int BusyRows => 4;

    /// <summary>Gets the greatest height of a tile that is memory-bound, whatever else it does.</summary>
    public int ThinRows => 2;

    /// <summary>Gets the vectors of a panel: of packed weights, of keys, and of a column of tiles.</summary>
    public int PanelVectors => 2;

    /// <summary>Gets the floats of a panel.</summary>
    public int PanelWidth => PanelVectors * Lanes;

    /// <summary>
    /// Gets the width of the widest tile in vectors. A tile wider than a panel has fewer rows and takes fewer broadcasts for the
    /// same multiplications. It requires registers for the weights in addition to the same number of sums.
    /// </summary>
    public int WidestTile { get; init; } = 2;

    /// <summary>Gets whether tiles take two panels side by side.</summary>
    public bool SupportsPanelPairs => WidestTile >= 2 * PanelVectors;

    /// <summary>
    /// Gets the width of the widest tile of a single row in vectors: it has as many sums as a whole tile. Every weight is used
    /// once, and needs no register.
    /// </summary>
    public int WidestSingleRow => TileRows * PanelVectors;

    /// <summary>
    /// Gets the number of depths in an iteration of a tile's loop. It is one if the multiplications of a depth take longer than
    /// the loop's own instructions, and larger if vectors are short.
    /// </summary>
    public int DepthsPerTurn { get; init; } = 1;

    /// <summary>Gets the panels that a single row is multiplied by side by side: memory serves several streams faster than one.</summary>
    public int StreamPanels => 4;

    /// <summary>
    /// Gets the query rows of a head that pass over the keys and values together, in whole tiles. Each block of the cache is read
    /// from memory once for all of them.
    /// </summary>
    public int QueryRows => 24 / TileRows * TileRows;

    /// <summary>
    /// Gets the least number of rows for each worker with which rows are shared out instead of panels. A product is then as fast
    /// as with all rows, though every worker reads all weights.
    /// </summary>
    public int RowsPerShare => 32;

    /// <summary>Gets how far ahead a tile prefetches its own weights, in floats of a panel: 4 KiB.</summary>
    public int PrefetchDistance => 1024;

    /// <summary>
    /// Gets whether a single row prefetches weights of 16 bits, of which its loop reads fewer bytes at a time than of float32. The
    /// CPU looks far enough ahead by itself in float32.
    /// </summary>
    public bool PrefetchesSingleRowOf16Bits { get; init; }

    /// <summary>Gets whether attention prefetches the values that it weighs.</summary>
    public bool PrefetchesValues { get; init; }

    /// <summary>Returns the most rows of a tile.</summary>
    /// <param name="vectors">The width of the tile in vectors.</param>
    public int TileRowsOf(int vectors) => vectors <= PanelVectors ? TileRows : TileRows * PanelVectors / vectors;
}
