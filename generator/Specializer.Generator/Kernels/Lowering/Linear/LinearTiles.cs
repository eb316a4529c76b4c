using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>The panels of a linear layer, and the tiles over them; layers of different depths share families of tiles.</summary>
internal sealed class LinearTiles
{
    /// <summary>
    /// The greatest size in floats of a layer whose single row is multiplied by all panels side by side. Other layers exceed the
    /// second-level cache together, so that they wait for memory, which serves four streams best.
    /// </summary>
    private const int MostFloatsOfRowTiles = 65_536;

    private readonly LinearKernel _kernel;
    private readonly InstructionSetDescription _target;
    private readonly Tuning _tuning;

    public LinearTiles(LinearKernel kernel, InstructionSetDescription target)
    {
        _kernel = kernel;
        _target = target;
        _tuning = target.Tuning;
        WholePanels = kernel.PackedOutputs / _tuning.PanelWidth;
        NarrowWidth = kernel.PackedOutputs % _tuning.PanelWidth;
        if (IntegerLayout.IsInteger(kernel.Storage))
        {
            Stream = WholePanels >= _tuning.StreamPanels ? IntegerTile("Streams", _tuning.PanelVectors, _tuning.StreamPanels) : null;
            Single = WholePanels > 0 ? IntegerTile("", _tuning.PanelVectors, 1) : null;
            Narrow = NarrowWidth > 0 ? IntegerTile("Narrow", NarrowWidth / target.Lanes, 1) : null;
            return;
        }

        bool hasPairs = _tuning.SupportsPanelPairs && WholePanels >= 2,
            hasFirst = target.Prefetches && !_tuning.SupportsPanelPairs && WholePanels > 0;
        TilePrefetch own = target.Prefetches ? TilePrefetch.Own : TilePrefetch.None,
            next = NextPanel(hasFirst);
        Stream = WholePanels >= _tuning.StreamPanels ? StreamTile() : null;
        RowTiles = [.. PanelsOfRowTiles().Select(RowTile)];
        Pair = hasPairs ? Tile("Pair", _tuning.PanelVectors, 2) with { Prefetch = own } : null;
        Whole = hasPairs ? WholeTile() : null;
        First = hasFirst ? Tile("First", _tuning.PanelVectors, 1) with { Prefetch = own | next } : null;
        Single =
            WholePanels > 0
                ? Tile("", _tuning.PanelVectors, 1) with
                {
                    Prefetch = _tuning.SupportsPanelPairs ? own : next,
                    LeastRows = hasFirst ? TileHeights.LeastFollowing(_tuning) : 1,
                }
                : null;
        Narrow =
            NarrowWidth > 0
                ? Tile("Narrow", NarrowWidth / target.Lanes, 1) with
                {
                    Prefetch = _tuning.SupportsPanelPairs ? own : TilePrefetch.None,
                }
                : null;
    }

    /// <summary>Gets the number of panels of full width.</summary>
    public int WholePanels { get; }

    /// <summary>Gets the packed columns of the last panel if it is narrower than the others, or 0.</summary>
    public int NarrowWidth { get; }

    /// <summary>Gets the number of all panels.</summary>
    public int Panels => WholePanels + (NarrowWidth > 0 ? 1 : 0);

    /// <summary>Gets the tile of a single row over several panels, if there are as many.</summary>
    public TileShape? Stream { get; }

    /// <summary>
    /// Gets the tiles of a single row over all whole panels, side by side, if the layer is small. They are as few as the registers
    /// allow, as equal as possible. Empty for other layers.
    /// </summary>
    public IReadOnlyList<TileShape> RowTiles { get; } = [];

    /// <summary>Gets the tile over two panels for few rows, or for the rest of many, if the target takes two.</summary>
    public TileShape? Pair { get; }

    /// <summary>Gets the whole tile for many rows, if the target takes two panels.</summary>
    public TileShape? Whole { get; }

    /// <summary>Gets the tile for the first rows over a panel, if these prefetch their weights in a way of their own.</summary>
    public TileShape? First { get; }

    /// <summary>
    /// Gets the tile over one panel. If there are pairs, it is for few rows or a panel without a partner; otherwise it is for all
    /// rows except the first.
    /// </summary>
    public TileShape? Single { get; }

    /// <summary>Gets the tile over the last panel, if it is narrower than the others.</summary>
    public TileShape? Narrow { get; }

    /// <summary>Gets all tiles.</summary>
    public IEnumerable<TileShape> All
    {
        get
        {
            foreach (TileShape tile in RowTiles.Distinct())
            {
                yield return tile;
            }

            foreach (TileShape? tile in new[] { Stream, Pair, Whole, First, Single, Narrow })
            {
                if (tile is not null)
                {
                    yield return tile;
                }
            }
        }
    }

    /// <summary>Gets the floats that a panel occupies: two weights of 16 bits share one float's place.</summary>
    public int PanelFloats =>
        IntegerLayout.IsInteger(_kernel.Storage)
            ? IntegerLayout.WordsPerLane(_kernel.Storage) * _target.Lanes * IntegerLayout.Blocks(_kernel.Inputs)
            : DepthFloats(_tuning.PanelVectors) * _kernel.Inputs;

    private int DepthFloats(int vectors) => _kernel.Storage == WeightStorage.Float32 ? vectors * _target.Lanes : _target.Lanes;

    private IEnumerable<int> PanelsOfRowTiles()
    {
        // A vector of two weights of 16 bits needs registers besides the sums.
        int widest = _kernel.Storage == WeightStorage.Float32 ? _tuning.WidestSingleRow / _tuning.PanelVectors : _tuning.StreamPanels;
        if (WholePanels < 2 || _kernel.PackedFloats > MostFloatsOfRowTiles)
        {
            return [];
        }

        int tiles = (WholePanels + widest - 1) / widest;
        return Enumerable.Range(0, tiles).Select(tile => (WholePanels + tiles - 1 - tile) / tiles);
    }

    private TileShape StreamTile() => RowTile(_tuning.StreamPanels);

    private TileShape RowTile(int panels) =>
        Tile(panels == _tuning.StreamPanels ? "Streams" : "Panels" + Names.Number(panels), _tuning.PanelVectors, panels) with
        {
            MostRows = 1,
            Prefetch =
                _kernel.Storage != WeightStorage.Float32 && _tuning.PrefetchesSingleRowOf16Bits ? TilePrefetch.Own : TilePrefetch.None,
        };

    /// <summary>
    /// Whole tiles of many rows: only the first reads weights from memory, and all prefetch the next. Two panels side by side take
    /// fewer broadcasts for the same multiplications. Weights of 16 bits cost more to unpack than that saves, and are multiplied by
    /// as many rows as possible.
    /// </summary>
    private TileShape WholeTile()
    {
        int panels = _kernel.Storage == WeightStorage.Float32 ? 2 : 1;
        return Tile(panels == 2 ? "WholePair" : "Whole", _tuning.PanelVectors, panels) with
        {
            Prefetch = _target.Prefetches ? TilePrefetch.Ahead : TilePrefetch.None,
            LeastRows = _tuning.TileRowsOf(panels * _tuning.PanelVectors),
        };
    }

    /// <summary>
    /// If single panels are for many rows, all tiles prefetch the next panel. Memory delivers too little of it while the first
    /// tile multiplies its few rows. Weights of 16 bits gain nothing: they are half as much, and unpacking takes the time.
    /// </summary>
    private TilePrefetch NextPanel(bool hasFirst) =>
        hasFirst && _kernel.Storage == WeightStorage.Float32 ? TilePrefetch.Ahead : TilePrefetch.None;

    /// <summary>
    /// Tiles over integer weights, which are a quarter as many bytes. They prefetch their own; later tiles find them in the L2 cache.
    /// </summary>
    private TileShape IntegerTile(string name, int vectors, int panels)
    {
        bool bias = _kernel.Epilogue.Bias,
            single = panels > 1;
        return new(
            $"Multiply{(bias ? "Bias" : "")}{_kernel.Storage}{name}Rows",
            vectors,
            Depth: null,
            InputStride: null,
            IntegerLayout.WordsPerLane(_kernel.Storage) * _target.Lanes,
            bias ? TileStart.Bias : TileStart.Zero,
            OutputStride: null,
            panels
        )
        {
            LayerDepths = IntegerLayout.Block,
            Storage = _kernel.Storage,
            MostRows = single ? 1 : null,
            Prefetch = _target.Prefetches && (!single || _tuning.PrefetchesSingleRowOf16Bits) ? TilePrefetch.Own : TilePrefetch.None,
        };
    }

    private TileShape Tile(string name, int vectors, int panels)
    {
        // Layers share a tile if its iterations, of some depths each, divide all their depths.
        int most = _target.MultipliesByLane ? _target.Lanes : _tuning.DepthsPerTurn,
            depths = TileLowering.DepthsDividing(_kernel.Inputs, most);
        string bias = _kernel.Epilogue.Bias ? "Bias" : "",
            storage = _kernel.Storage == WeightStorage.Float32 ? "" : _kernel.Storage.ToString(),
            divisor = depths < most ? $"By{depths}" : "";
        return new(
            $"Multiply{bias}{storage}{divisor}{name}Rows",
            vectors,
            Depth: null,
            InputStride: null,
            DepthFloats(vectors),
            _kernel.Epilogue.Bias ? TileStart.Bias : TileStart.Zero,
            OutputStride: null,
            panels
        )
        {
            LayerDepths = depths,
            Addition = _kernel.TilesAddToOutput ? TileAddition.Always : TileAddition.Never,
            Storage = _kernel.Storage,
        };
    }
}
