using System;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Builds the scores of the queries of a group against the first keys of the cache, and their maxima lane by lane. Tiles of their own
/// would take a call for every panel and another pass for the maxima. With narrow heads these take longer than the products. The
/// sums have the order of tiles, and so their bits.
/// </summary>
internal sealed class ShortScores
{
    /// <summary>The greatest width of a head whose depths are not a loop.</summary>
    private const int WidestUnrolled = 8;

    /// <summary>The greatest number of depths in an iteration.</summary>
    private const int MostDepths = 4;

    private readonly InstructionSetDescription _target;
    private readonly Vectors _vectors;
    private readonly int _group;
    private readonly int _width;
    private readonly int _stride;

    private ShortScores(AttentionKernel kernel, InstructionSetDescription target)
    {
        _target = target;
        _vectors = target.Vectors;
        _group = kernel.Attention.GroupSize;
        _width = kernel.Attention.HeadDim;
        _stride = kernel.HeadStride;
    }

    /// <summary>Returns the scores; null if the target multiplies by lane, or has too few registers for the group.</summary>
    public static ShortScores? For(AttentionKernel kernel, InstructionSetDescription target)
    {
        Tuning tuning = target.Tuning;

        // Sums, maxima, the keys of a panel, and a broadcast value or its product.
        int live = (kernel.Attention.GroupSize * (tuning.PanelVectors + 1)) + tuning.PanelVectors + 2,
            most = tuning.TileRows * tuning.PanelVectors;
        return target.MultipliesByLane || live > most + tuning.PanelVectors + 2 ? null : new ShortScores(kernel, target);
    }

    /// <summary>Emits the loop over panels of keys.</summary>
    /// <param name="code">The method.</param>
    /// <param name="queries">The queries of the group.</param>
    /// <param name="keys">The keys of the head, in panels.</param>
    /// <param name="scores">Receives the scores, [query][key of a block].</param>
    /// <param name="count">The number of visible keys.</param>
    /// <param name="maxima">Receives the maximum of every lane, [query][lane].</param>
    public void Build(CodeBuilder code, Variable queries, Expr keys, Expr scores, Expr count, Expr maxima)
    {
        int panelWidth = _target.Tuning.PanelWidth;
        Variable[] highest =
        [
            .. Enumerable.Range(0, _group).Select(query => code.Let("highest" + Number(query), _vectors.Broadcast(Constant.MinFloat))),
        ];
        Variable key = new(DataType.Int, "key");
        code.Loop(
            [new Let(key, 0)],
            key < count,
            [CodeBuilder.Step(key, panelWidth)],
            () =>
            {
                Variable[,] sums = Sums(code, queries, code.Let("panel", keys.At(key * _width)));
                Variable place = code.Let("place", scores.At(key));
                for (int column = 0; column < _target.Tuning.PanelVectors; column++)
                {
                    Variable seen = code.Let(
                        "seen" + Number(column),
                        _vectors.AsFloat(
                            _vectors.LessThan(_vectors.Indices, _vectors.BroadcastInteger(count - (key + (column * _target.Lanes))))
                        )
                    );
                    for (int query = 0; query < _group; query++)
                    {
                        Variable sum = sums[query, column];
                        code.Store(sum, place.At((query * Layout.KeyBlock) + (column * _target.Lanes)));
                        code.Set(highest[query], _vectors.MaximumNative(highest[query], _vectors.Choose(seen, sum, highest[query])));
                    }
                }
            }
        );
        for (int query = 0; query < _group; query++)
        {
            code.Store(highest[query], maxima.At(query * _target.Lanes));
        }
    }

    private Variable[,] Sums(CodeBuilder code, Variable queries, Variable panel)
    {
        int columns = _target.Tuning.PanelVectors,
            depths = _width <= WidestUnrolled ? _width : Enumerable.Range(1, MostDepths).Last(depth => _width % depth == 0);
        var sums = new Variable[_group, columns];
        for (int query = 0; query < _group; query++)
        {
            for (int column = 0; column < columns; column++)
            {
                sums[query, column] = code.Let("sum" + Number(query) + "_" + Number(column), _vectors.Zero);
            }
        }

        if (depths == _width)
        {
            Multiply(code, queries, panel, null, depths, sums);
        }
        else
        {
            code.For("depth", 0, _width, depths, first => Multiply(code, queries, panel, first, depths, sums));
        }

        return sums;
    }

    private void Multiply(CodeBuilder code, Variable queries, Variable panel, Variable? first, int depths, Variable[,] sums)
    {
        int columns = _target.Tuning.PanelVectors;
        for (int depth = 0; depth < depths; depth++)
        {
            Variable[] keys =
            [
                .. Enumerable
                    .Range(0, columns)
                    .Select(column =>
                        code.Let(
                            "keys" + Number(depth) + "_" + Number(column),
                            _vectors.Load(panel.At(After(first, columns * _target.Lanes, ((depth * columns) + column) * _target.Lanes)))
                        )
                    ),
            ];
            for (int query = 0; query < _group; query++)
            {
                Variable value = code.Let(
                    "value" + Number(depth) + "_" + Number(query),
                    _vectors.Broadcast(queries[After(first, 1, (query * _stride) + depth)])
                );
                for (int column = 0; column < columns; column++)
                {
                    code.Set(sums[query, column], _vectors.MultiplyAdd(sums[query, column], value, keys[column]));
                }
            }
        }
    }

    private static Expr After(Variable? first, int factor, int floats) =>
        first is null ? floats
        : factor == 1 ? first + floats
        : (first * factor) + floats;

    private static string Number(int number) => Constant.Of(number).Text;
}
