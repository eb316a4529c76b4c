using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Lowering.Attention.Scores;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>
/// Lowers attention of one row to the keys of one block, which is most of a short sequence's decoding. It has no blocks, no running
/// maxima and no scratch results. The values of several heads are weighted side by side. Every sum waits for its previous addition,
/// so the few sums of one narrow head leave the multipliers idle. The sums have the same order, and so the same bits.
/// </summary>
internal sealed class ShortAttentionLowering
{
    /// <summary>The greatest width of all heads. The attention of wider rows is a small part of a token.</summary>
    private const int WidestRow = 384;

    private readonly AttentionKernel _kernel;
    private readonly InstructionSetDescription _target;
    private readonly AttentionTiles _tiles;
    private readonly ShortScores? _scores;
    private readonly int _heads;
    private readonly int _group;
    private readonly int _width;
    private readonly int _vectors;
    private readonly int _together;
    private readonly int _lanes;

    private ShortAttentionLowering(AttentionKernel kernel, InstructionSetDescription target)
    {
        _kernel = kernel;
        _target = target;
        _tiles = new AttentionTiles(kernel, target);
        _scores = ShortScores.For(kernel, target);
        _heads = kernel.Attention.KeyValueHeads;
        _group = kernel.Attention.GroupSize;
        _width = kernel.Attention.HeadDim;
        _lanes = _tiles.ValueLanes;
        _vectors = (_width + _lanes - 1) / _lanes;

        // A sum for each query of a head and each vector of its values; the heads must divide all heads.
        int most = target.Tuning.TileRows;
        _together = Enumerable
            .Range(1, _heads)
            .Where(heads => _heads % heads == 0 && heads * _group * _vectors <= most)
            .DefaultIfEmpty(1)
            .Max();
    }

    /// <summary>Returns the lowering; null where a row has no short attention of its own.</summary>
    public static ShortAttentionLowering? For(AttentionKernel kernel, InstructionSetDescription target)
    {
        bool isPlain =
            kernel is { Attention.IsLinear: false, IsRing: false, SeesPrefix: false }
            && (kernel.IsCross || !kernel.SeesAll)
            && !ScoreModifier.Of(kernel).Any();
        int rowWidth = kernel.Attention.Heads * kernel.Attention.HeadDim;

        // The last vector of the last head may extend into the padding of the row.
        bool fits = rowWidth <= WidestRow && rowWidth - kernel.Attention.HeadDim + kernel.ValueStride <= kernel.OutputStride;
        int mostQueries = target.Tuning.TileRowsOf((target.Tuning.SupportsPanelPairs ? 2 : 1) * target.Tuning.PanelVectors);
        if (!isPlain || !fits || kernel.Attention.GroupSize > mostQueries)
        {
            return null;
        }

        var lowering = new ShortAttentionLowering(kernel, target);
        return lowering._together > 1 ? lowering : null;
    }

    /// <summary>Calls the method, and returns, if it applies to the rows of a call.</summary>
    /// <param name="code">The kernel that a session calls.</param>
    public void CallWhereShort(KernelCode code)
    {
        Expr keys = _kernel.SeesAll ? code[KernelParameters.Length] : code[KernelParameters.Position] + 1;
        code.If(
            code[KernelParameters.Rows].Is(1).AndAlso(code.Workers.Is(1)).AndAlso(keys <= Layout.KeyBlock),
            () =>
            {
                code.Call(
                    Name,
                    code[KernelParameters.Queries],
                    code[KernelParameters.Keys],
                    code[KernelParameters.Values],
                    code[KernelParameters.Output],
                    keys
                );
                code.Return();
            }
        );
    }

    public KernelMethod Lower()
    {
        var code = new CodeBuilder();
        Variable queries = code.Pointer("queries"),
            keys = code.Pointer("keys"),
            values = code.Pointer("values"),
            output = code.Pointer("output"),
            count = code.Int("count"),
            scores = code.StackFloats("scores", _kernel.Attention.Heads * Layout.KeyBlock),
            scales = code.StackFloats("scales", _kernel.Attention.Heads);
        Variable? maxima = _scores is null ? null : code.StackFloats("maxima", _kernel.Attention.Heads * _target.Lanes);
        code.Each(
            "head",
            _heads,
            head =>
            {
                Variable headQueries = code.Let("headQueries", queries.At(head.AsNInt * Constant.Of(_kernel.QueryFloats / _heads))),
                    headKeys = code.Let("headKeys", keys.At(head.AsNInt * Constant.Of(_kernel.KeysPerHead))),
                    headScores = code.Let("headScores", scores.At(head.AsNInt * (_group * Layout.KeyBlock)));
                if (_scores is null)
                {
                    Score(code, headQueries, headKeys, headScores, count);
                }
                else
                {
                    _scores.Build(code, headQueries, headKeys, headScores, count, maxima!.At(head * (_group * _target.Lanes)));
                }
            }
        );
        code.Each("row", _kernel.Attention.Heads, row => Weigh(code, row, scores, count, scales, maxima));
        if (_together == _heads)
        {
            SumValues(code, scores, count, scales, values, output);
        }
        else
        {
            code.For(
                "head",
                0,
                _heads,
                _together,
                head =>
                    SumValues(
                        code,
                        scores.At(head * (_group * Layout.KeyBlock)),
                        count,
                        scales.At(head * _group),
                        values.At(head * Constant.Of(_kernel.ValuesPerHead)),
                        output.At(head * (_group * _width))
                    )
            );
        }

        int row = _kernel.Attention.Heads * _width,
            beyond = (_vectors * _lanes) - _width;
        if (beyond > 0)
        {
            code.Comment("The padding after the row is zero again.");
            code.For("i", DataType.Int, row, row + beyond, 1, i => code.Set(output[i], 0f));
        }

        return code.Method(
            Name,
            compilation: Compilation.Optimized,
            comment: $"One row over the first keys of the cache, at most a block of {Layout.KeyBlock}; the values of {_together} heads side by side."
        );
    }

    private string Name => _kernel.Name + "Short";

    private void Score(CodeBuilder code, Variable queries, Variable keys, Variable scores, Variable count)
    {
        Variable key = code.Let("key", 0);
        foreach (TileShape? tile in new[] { _tiles.ScoresOfOneQuery ?? _tiles.ScoresOfPairs, _tiles.Scores })
        {
            if (tile is not null)
            {
                int step = tile.Panels * _target.Tuning.PanelWidth;
                code.Loop(
                    [],
                    key < count - (step - _target.Tuning.PanelWidth),
                    [CodeBuilder.Step(key, step)],
                    () => code.Call(tile.Call(_group, new TileArguments(queries, keys.At(key * _width), scores.At(key))))
                );
            }
        }
    }

    private void Weigh(CodeBuilder code, Variable row, Variable scores, Variable count, Variable scales, Variable? maxima)
    {
        Vectors vectors = _target.Vectors;
        Variable ofRow = code.Let("rowScores", scores.At(row * Layout.KeyBlock)),
            highest = code.Let(
                "highest",
                maxima is null
                    ? new MethodCall(DataType.Float, SoftmaxLowering.HighestName, null, [ofRow, count, Constant.MinFloat])
                    : SoftmaxLowering.HighestLane(code, _target, code.Let("maximum", vectors.Load(maxima.At(row * _target.Lanes))))
            ),
            weights = code.Let("weights", new MethodCall(vectors.Type, SoftmaxLowering.WeighName, null, [ofRow, count, count, highest]));
        code.Set(scales[row], 1 / vectors.Sum(weights));
    }

    /// <summary>Sums the weighted values of several heads, and stores them divided by the sums of weights.</summary>
    private void SumValues(CodeBuilder code, Expr scores, Variable count, Expr scales, Expr firstValues, Expr output)
    {
        Vectors vectors = new(_target, _lanes);
        Variable weight = code.Let("weight", scores),
            value = code.Let("headValues", firstValues),
            end = code.Let("end", weight.At(count));
        Variable[] sums =
        [
            .. Enumerable.Range(0, _together * _group * _vectors).Select(sum => code.Let("sum" + Constant.Of(sum).Text, vectors.Zero)),
        ];
        code.DoWhile(
            () =>
            {
                for (int of = 0; of < _together * _vectors; of++)
                {
                    // The queries of a group have the same values.
                    int head = of / _vectors,
                        vector = of % _vectors;
                    Expr address = value.At(Constant.Of((head * _kernel.ValuesPerHead) + (vector * _lanes)));
                    Expr values = _group == 1 ? vectors.Load(address) : code.Let("value" + Constant.Of(of).Text, vectors.Load(address));
                    for (int query = head * _group; query < (head + 1) * _group; query++)
                    {
                        Variable sum = sums[(query * _vectors) + vector];
                        code.Set(sum, vectors.MultiplyAdd(sum, vectors.Broadcast(weight[query * Layout.KeyBlock]), values));
                    }
                }

                code.Set(weight, weight.At(1));
                code.Set(value, value.At(_kernel.ValueStride));
            },
            () => weight.IsNot(end)
        );
        Variable to = code.Let("to", output),
            scale = code.Let("scale", scales);
        if (_vectors * _lanes > _width)
        {
            code.Comment("A vector can extend beyond the width of its head, into the next head, which replaces it, or into padding.");
        }

        foreach ((int query, int vector, Variable sum) in Each(sums))
        {
            code.Store(sum * scale[query], to.At((query * _width) + (vector * _lanes)));
        }
    }

    private IEnumerable<(int Query, int Vector, Variable Sum)> Each(Variable[] sums) =>
        sums.Select((sum, index) => (index / _vectors, index % _vectors, sum));
}
