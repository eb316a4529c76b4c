using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Builds the accumulation of a block's values: the running results are scaled, and the weighted values added.</summary>
/// <param name="code">The method.</param>
/// <param name="kernel">The kernel.</param>
/// <param name="target">The target.</param>
/// <param name="visibility">The keys that queries may attend to.</param>
internal sealed class ValueTiles(QueriesCode code, AttentionKernel kernel, InstructionSetDescription target, Visibility visibility)
{
    private readonly AttentionTiles _tiles = new(kernel, target);
    private readonly AttentionScratch _scratch = code.Scratch;

    public void Build()
    {
        Variable values = code.Let("blockValues", code[KernelParameters.Values].At(code.Slot.AsNInt * kernel.ValueStride));
        if (_tiles.ValuesOfOneQuery is { } wide)
        {
            code.If(code.Rows.Is(1), () => OneQuery(values, wide), () => AllQueries(values));
        }
        else
        {
            AllQueries(values);
        }
    }

    private void OneQuery(Variable values, IReadOnlyList<TileShape> tiles)
    {
        Expr visible = Visible(static first => first);
        EachColumn(
            tiles,
            (tile, column) =>
                CallIfVisible(
                    tile,
                    1,
                    new(_scratch.Scores, values.At(column), _scratch.Results.At(column)) { Start = _scratch.Factors, Depth = visible }
                )
        );
    }

    private void AllQueries(Variable values) =>
        EachColumn(
            _tiles.Values,
            (tile, column) =>
                code.EachTile(
                    tile,
                    (row, height) =>
                    {
                        Expr visible = Visible(first => first + row + height - 1),
                            results = _scratch.Results.At((row * kernel.HeadStride) + column);
                        CallIfVisible(
                            tile,
                            height,
                            new(code.ScoresOf(row), values.At(column), results) { Start = _scratch.Factors.At(row), Depth = visible }
                        );
                    }
                )
        );

    /// <summary>The tiles side by side, each with its first column; equal ones in a loop.</summary>
    private void EachColumn(IEnumerable<TileShape> sideBySide, Action<TileShape, Expr> body)
    {
        int column = 0;
        foreach (IGrouping<TileShape, TileShape> tiles in sideBySide.GroupBy(static tile => tile))
        {
            int width = tiles.Key.Vectors * _tiles.ValueLanes,
                end = column + (tiles.Count() * width);
            if (tiles.Count() > 1)
            {
                code.For("column", DataType.Int, column, end, width, first => body(tiles.Key, first));
            }
            else
            {
                body(tiles.Key, column);
            }

            column = end;
        }
    }

    /// <summary>Declares the number of values that a query attends to, where that is not all of them.</summary>
    private Expr Visible(Func<Expr, Expr> query) =>
        visibility.IsFull ? code.Count : code.Let("visible", visibility.InBlock(code, code.PositionOf(query)));

    private void CallIfVisible(TileShape tile, Expr rows, TileArguments arguments)
    {
        void Call() => code.Call(tile.Call(rows, arguments));
        if (visibility.IsFull)
        {
            Call();
        }
        else
        {
            code.If(arguments.Depth! > 0, Call);
        }
    }
}
