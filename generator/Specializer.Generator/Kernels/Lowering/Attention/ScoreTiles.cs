using System;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Builds the scores of the queries against a block of keys, as far as the last query of a tile attends to them.</summary>
/// <param name="code">The method.</param>
/// <param name="kernel">The kernel.</param>
/// <param name="target">The target.</param>
/// <param name="visibility">The keys that queries may attend to.</param>
internal sealed class ScoreTiles(QueriesCode code, AttentionKernel kernel, InstructionSetDescription target, Visibility visibility)
{
    private readonly AttentionTiles _tiles = new(kernel, target);
    private readonly Variable _queries = code[KernelParameters.Queries];
    private readonly int _width = kernel.Attention.HeadDim;

    public void Build()
    {
        Variable keys = code.Let("blockKeys", code[KernelParameters.Keys].At(code.Slot.AsNInt * _width));
        if (_tiles.ScoresOfOneQuery is { } stream)
        {
            code.If(code.Rows.Is(1), () => OneQuery(keys, stream), () => AllQueries(keys));
        }
        else if (_tiles.ScoresOfFewQueries is { } few)
        {
            code.If(
                (code.Rows >= few.LeastRows).AndAlso(code.Rows <= few.MostRows!.Value),
                () => FewQueries(keys, few),
                () => AllQueries(keys)
            );
        }
        else
        {
            AllQueries(keys);
        }
    }

    private void OneQuery(Variable keys, TileShape stream)
    {
        code.Comment("One query is memory-bound: several panels at once.");
        Keys range = VisibleKeys(keys, static first => first);
        EachPanel(range, stream, 1, _queries, code.Scratch.Scores);
        EachPanel(range, _tiles.Scores, 1, _queries, code.Scratch.Scores);
    }

    private void FewQueries(Variable keys, TileShape tile)
    {
        code.Comment("So few queries pass over the keys once.");
        Keys range = VisibleKeys(keys, first => first + code.Rows - 1);
        EachPanel(range, tile, code.Rows, _queries, code.Scratch.Scores);
    }

    private void AllQueries(Variable keys) =>
        code.EachTile(
            _tiles.Scores,
            (row, height) =>
            {
                Variable queries = code.Let("tileQueries", _queries.At(row * kernel.HeadStride)),
                    scores = code.Let("tileScores", code.ScoresOf(row));
                Keys range = VisibleKeys(keys, first => first + row + height - 1);
                if (_tiles.ScoresOfPairs is { } pairs)
                {
                    EachPanel(range, pairs, height, queries, scores);
                }

                EachPanel(range, _tiles.Scores, height, queries, scores);
            }
        );

    /// <summary>Declares the number of keys that a query attends to, and a variable that counts them.</summary>
    private Keys VisibleKeys(Variable keys, Func<Expr, Expr> query) =>
        new(keys, code.Let("visible", visibility.InBlock(code, code.PositionOf(query))), code.Let("key", 0));

    /// <summary>A loop over panels of keys, as long as some keys of each panel are visible.</summary>
    private void EachPanel(Keys keys, TileShape tile, Expr rows, Expr queries, Expr scores) =>
        code.Loop(
            [],
            keys.Key < keys.Visible - ((tile.Panels - 1) * target.PanelWidth),
            [CodeBuilder.Step(keys.Key, tile.Panels * target.PanelWidth)],
            () => code.Call(tile.Call(rows, new TileArguments(queries, keys.First.At(keys.Key * _width), scores.At(keys.Key))))
        );

    /// <param name="First">The block's keys.</param>
    /// <param name="Visible">The number of visible keys.</param>
    /// <param name="Key">The next key.</param>
    private readonly record struct Keys(Variable First, Variable Visible, Variable Key);
}
