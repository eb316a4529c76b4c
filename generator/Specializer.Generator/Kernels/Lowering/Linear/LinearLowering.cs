using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers linear layers: panels of packed weights, shared out among the workers, each multiplied tile by tile.</summary>
internal sealed class LinearLowering
{
    private readonly LinearKernel _kernel;
    private readonly InstructionSetDescription _target;
    private readonly Tuning _tuning;
    private readonly LinearTiles _tiles;
    private readonly KernelMethod? _epilogue;
    private readonly KernelCode _code;
    private readonly Variable _input;
    private readonly Variable _weights;
    private readonly Variable _output;
    private readonly Variable _rows;
    private Variable? _sums;
    private Variable? _panel;

    private LinearLowering(LinearKernel kernel, InstructionSetDescription target, KernelMethod? epilogue)
    {
        _kernel = kernel;
        _target = target;
        _tuning = target.Tuning;
        _tiles = new LinearTiles(kernel, target);
        _epilogue = epilogue;
        _code = new KernelCode(kernel);
        _input = _code[KernelParameters.Input];
        _weights = _code[KernelParameters.Weights];
        _output = _code[KernelParameters.Output];
        _rows = _code[KernelParameters.Rows];
    }

    /// <summary>Lowers a linear layer, and its epilogue if it has one.</summary>
    public static IEnumerable<KernelMethod> Lower(LinearKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
    {
        KernelMethod? epilogue = EpilogueLowering.Lower(kernel, target, functions);
        yield return new LinearLowering(kernel, target, epilogue).Lower();
        if (epilogue is not null)
        {
            yield return epilogue;
        }
    }

    private KernelMethod Lower()
    {
        if (_kernel.KeepsSums)
        {
            _sums = _code.StackFloats("sums", Math.Max(_tuning.TileRows, _tuning.StreamPanels) * _tuning.PanelWidth);
        }

        if (_tiles.Panels == 1)
        {
            // One panel is one worker's work.
            _code.If(_code.Worker.Is(0), () => MultiplyInTiles((_tiles.Single ?? _tiles.Narrow)!));
        }
        else
        {
            Variable panels = _code.Const("Panels", _tiles.Panels);
            MultiplyOneRow();
            RowSharing.ShareManyRows(_code, _kernel);
            (_panel, Variable endPanel) = RowSharing.SharePanels(_code, panels);
            MultiplyPanels(_panel, panels, endPanel);
        }

        string narrow = _tiles.NarrowWidth > 0 ? $" and one of {_tiles.NarrowWidth}" : "";
        return _code.Method(
            $"[rows, {_kernel.Inputs}] to [rows, {_kernel.Outputs}]: {_tiles.WholePanels} panels of {_tuning.PanelWidth} packed columns{narrow}."
        );
    }

    /// <summary>A single row of one worker: all panels in as few tiles as possible.</summary>
    private void MultiplyOneRow()
    {
        if (_tiles.RowTiles.Count == 0)
        {
            return;
        }

        _code.If(
            _rows.Is(1).AndAlso(_code.Workers.Is(1)),
            () =>
            {
                int panel = 0,
                    outputs = _kernel.Epilogue.Gated ? _tuning.PanelWidth / 2 : _tuning.PanelWidth;
                foreach (TileShape? tile in _tiles.RowTiles.Append(_tiles.Narrow))
                {
                    if (tile is not null)
                    {
                        Multiply(tile, 1, _input, _weights.At(panel * _tiles.PanelFloats), _output.At(panel * outputs), panel: panel);
                        panel += tile.Panels;
                    }
                }

                _code.Return();
            }
        );
    }

    /// <summary>Several panels side by side while there are as many, then panel by panel.</summary>
    private void MultiplyPanels(Variable panel, Variable panels, Variable endPanel)
    {
        Expr endWhole = _tiles.Narrow is null ? endPanel : Scalars.Min(endPanel, panels - 1);
        if (_tiles.Stream is { } stream)
        {
            _code.If(
                _rows.Is(1),
                () =>
                {
                    _code.Comment("One row is memory-bound, and memory serves several streams faster than one.");
                    EachPanels(_tuning.StreamPanels, () => MultiplyInTile(stream, 1));
                }
            );
        }

        if (_tiles is { Pair: { } pair, Whole: { } whole })
        {
            // More rows that fit a tile over one panel read its weights once; over two panels they would read them twice.
            Action? many =
                whole.Panels == 2
                    ? () => _code.If(_rows > _tuning.TileRows, () => EachPanels(2, () => MultiplyInTiles(pair, whole)))
                    : null;
            _code.If(_rows <= _tuning.TileRowsOf(pair.Columns), () => EachPanels(2, () => MultiplyInTile(pair, _rows)), many);
        }

        TileShape? wholeOfOne = _tiles.Whole is { Panels: 1 } one ? one : null;
        _code.Loop(
            [],
            panel < endPanel,
            [CodeBuilder.Step(panel, 1)],
            () =>
            {
                if (_tiles.Narrow is { } narrow)
                {
                    _code.If(panel < panels - 1, () => MultiplyInTiles(_tiles.Single!, wholeOfOne), () => MultiplyInTiles(narrow));
                }
                else
                {
                    MultiplyInTiles(_tiles.Single!, wholeOfOne);
                }
            }
        );

        void EachPanels(int count, Action body) => _code.Loop([], panel <= endWhole - count, [CodeBuilder.Step(panel, count)], body);
    }

    /// <summary>All rows through the panels at hand in a single tile.</summary>
    private void MultiplyInTile(TileShape tile, Expr rows) => Multiply(tile, rows, _input, PanelWeights, PanelOutput);

    /// <summary>All rows through the panels at hand, tile by tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="whole">The tile for whole tiles after the first, if these have a family of their own.</param>
    private void MultiplyInTiles(TileShape tile, TileShape? whole = null)
    {
        Variable weights = _code.Let("panelWeights", PanelWeights),
            output = _code.Let("panelOutput", PanelOutput);
        TileShape? prefetching = whole ?? (tile.Prefetch == TilePrefetch.Ahead ? tile : null);
        NextPanels? next = prefetching is null ? null : DeclareNextPanels(prefetching, weights);
        Variable row = new(DataType.Int, "row"),
            height = new(DataType.Int, "height");
        _code.Loop(
            [new Let(row, 0), new Let(height, null)],
            row < _rows,
            [CodeBuilder.Step(row, height)],
            () =>
            {
                _code.Set(height, TileHeights.Next(tile, _tuning, _rows - row));
                if (whole is { LeastRows: var wholeRows })
                {
                    _code.If(
                        (row > 0).AndAlso(height.Is(wholeRows)),
                        () =>
                        {
                            MultiplyRows(whole, wholeRows);
                            next!.Advance(_code);
                        },
                        () => MultiplyRows(tile, height)
                    );
                }
                else if (tile.LeastRows > 1)
                {
                    // The first tile reads weights from memory, and prefetches its own.
                    _code.If(
                        row.Is(0),
                        () => Multiply(_tiles.First!, height, _input, weights, output, next),
                        () => MultiplyRows(tile, height)
                    );
                    next?.Advance(_code);
                }
                else
                {
                    MultiplyRows(tile, height);
                }
            }
        );

        void MultiplyRows(TileShape shape, Expr rows) =>
            Multiply(shape, rows, _input.At(row.AsNInt * _kernel.InputStride), weights, output.At(row.AsNInt * _kernel.OutputStride), next);
    }

    /// <summary>Declares the position in the next panels, which follow these in memory: each prefetching tile fetches a share of them.</summary>
    private NextPanels DeclareNextPanels(TileShape tile, Variable weights)
    {
        int turn = TileLowering.DepthsPerTurn(tile, _target, tile.LeastRows);
        _code.Comment("Each tile prefetches a share of the next weights, which follow these in memory.");
        return new NextPanels(
            Address: _code.Let("ahead", weights.At(tile.Panels * _tiles.PanelFloats)),
            Tiles: _code.Let("aheadTiles", tile.Panels * tile.WeightStride * turn / Layout.Line),
            Share: _kernel.Inputs / turn * Layout.Line,
            Weights: weights
        );
    }

    /// <summary>A tile, and its epilogue while the sums are still in the first-level cache.</summary>
    private void Multiply(TileShape tile, Expr rows, Expr input, Expr weights, Expr output, NextPanels? next = null, int? panel = null)
    {
        _code.Call(
            tile.Call(
                rows,
                new TileArguments(input, weights, _sums ?? output)
                {
                    OutputStride = _sums is null ? _kernel.OutputStride : tile.Columns * _target.Lanes,
                    Start = _kernel.Epilogue.Bias ? Bias(panel) : null,
                    Ahead = next?.Address,
                },
                LayerConstants.TypeOf(_kernel)
            )
        );
        if (_epilogue is not null)
        {
            Expr[] outputs = _sums is null ? [output] : [_sums, output];
            _code.Call(_epilogue.Name, [.. outputs, rows, tile.Columns]);
        }
    }

    private Expr Bias(int? panel)
    {
        Variable bias = _code[KernelParameters.LinearBias];
        return panel is { } known ? bias.At(known * _tuning.PanelWidth) : OfPanel(bias, _tuning.PanelWidth);
    }

    private Expr PanelWeights => OfPanel(_weights, _tiles.PanelFloats);

    private Expr PanelOutput => OfPanel(_output, _kernel.Epilogue.Gated ? _tuning.PanelWidth / 2 : _tuning.PanelWidth);

    private Expr OfPanel(Variable pointer, int step) => _panel is null ? pointer : pointer.At(_panel.AsNInt * step);

    /// <summary>The position in the panels that are prefetched while others are multiplied.</summary>
    /// <param name="Address">The address of the next line to prefetch.</param>
    /// <param name="Tiles">The number of tiles that have a share of the panels to prefetch.</param>
    /// <param name="Share">Floats of a share.</param>
    /// <param name="Weights">The weights that are multiplied.</param>
    private sealed record NextPanels(Variable Address, Variable Tiles, int Share, Variable Weights)
    {
        /// <summary>Moves to the next share. After the last one, tiles prefetch the weights that they multiply, which are near.</summary>
        public void Advance(CodeBuilder code)
        {
            code.Subtract(Tiles, 1);
            code.Set(Address, (Tiles > 0).Select(Address.At(Share), Weights));
        }
    }
}
