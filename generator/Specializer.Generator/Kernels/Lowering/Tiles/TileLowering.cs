using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers register tiles: the inner loops of everything that multiplies matrices.</summary>
internal sealed class TileLowering
{
    private readonly TileShape _shape;
    private readonly InstructionSetDescription _target;
    private readonly Tuning _tuning;
    private readonly Vectors _vectors;
    private readonly int _rows;
    private readonly CodeBuilder _code = new();
    private readonly TileArguments _arguments;
    private readonly Variable[,] _sums;
    private readonly Dictionary<string, Variable> _held = [];
    private readonly Expr _depth;
    private readonly Expr _inputStride;
    private readonly Variable _weights;

    private TileLowering(TileShape shape, InstructionSetDescription target, int rows)
    {
        _shape = shape;
        _target = target;
        _tuning = target.Tuning;
        _vectors = new Vectors(target, shape.Lanes ?? target.Lanes);
        _rows = rows;
        _arguments = TileArguments.Declare(_code, shape);
        _sums = new Variable[rows, shape.Columns];
        _depth =
            shape.IsSharedByLayers ? _code.Let("inputs", LayerConstants.Inputs)
            : shape.Depth is { } depth ? depth
            : _arguments.Depth!;
        _inputStride =
            shape.InputStride is { } stride ? stride
            : rows == 1 ? LayerConstants.InputStride
            : _code.Let("inputStride", LayerConstants.InputStride);

        // Read through a pointer to vectors: the JIT compiler takes a tenth less time for a tile than if each weight is a call.
        Element element = shape.Storage == WeightStorage.Float32 ? Element.Float : Element.UInt;
        _weights = _code.Let("vectors", _arguments.Weights.As(_vectors.Type.Of(element).Pointer));
    }

    /// <summary>Lowers the methods of a family, and the one that calls the method for a height.</summary>
    public static IEnumerable<KernelMethod> Lower(TileShape shape, InstructionSetDescription target)
    {
        int[] heights = [.. TileHeights.Of(shape, target.Tuning)];
        return heights
            .Select(rows => new TileLowering(shape, target, rows).Lower())
            .Concat(heights.Length > 1 ? [Choice(shape, heights)] : []);
    }

    /// <summary>
    /// Returns the depths of an iteration of the loop. They are as many as a vector has lanes where it multiplies by lane. Otherwise thin
    /// tiles, and those that prefetch only their own weights, are memory-bound: only others gain by more than one depth.
    /// </summary>
    public static int DepthsPerTurn(TileShape shape, InstructionSetDescription target, int rows)
    {
        if (target.MultipliesByLane)
        {
            return target.Lanes;
        }

        bool isMemoryBound = rows <= target.Tuning.ThinRows || shape is { Prefetch: TilePrefetch.Own, KnownMultiple: not null };
        int depths = isMemoryBound ? 1 : target.Tuning.DepthsPerTurn;
        return shape.KnownMultiple is { } multiple ? DepthsDividing(multiple, depths) : depths;
    }

    /// <summary>Returns the largest number of depths of an iteration, a power of two, that divide a depth.</summary>
    public static int DepthsDividing(int depth, int most)
    {
        while (depth % most > 0)
        {
            most /= 2;
        }

        return most;
    }

    /// <summary>Returns the method that calls the one for a height.</summary>
    public static KernelMethod Choice(TileShape shape, IReadOnlyList<int> heights)
    {
        var code = new CodeBuilder();
        Variable rows = code.Int("rows");
        TileArguments arguments = TileArguments.Declare(code, shape);
        string? layer = shape.IsSharedByLayers ? LayerConstants.TypeParameter : null;
        code.Switch(rows, heights.Select(height => new KeyValuePair<int, MethodCall>(height, shape.Call(height, arguments, layer))));
        return code.Method(shape.Prefix, isSharedByLayers: shape.IsSharedByLayers);
    }

    private KernelMethod Lower()
    {
        StartSums();
        MultiplyAllDepths();
        AddOutputWhereLayerSays();
        StoreSums();
        string depth =
            _shape.IsSharedByLayers ? "the layer's depth"
            : _shape.Depth is { } known ? $"depth {known}"
            : "depth as given";
        return _code.Method(
            _shape.Name(_rows),
            compilation: Compilation.Optimized,
            comment: $"{_rows} row{(_rows == 1 ? "" : "s")} by {_shape.Columns * _vectors.Lanes} columns, {depth}.",
            isSharedByLayers: _shape.IsSharedByLayers
        );
    }

    private void StartSums()
    {
        for (int row = 0; row < _rows; row++)
        {
            Variable? factor =
                _shape.Start == TileStart.ScaledOutput ? _code.Let($"factor{row}", _vectors.Broadcast(_arguments.Start![row])) : null;
            for (int column = 0; column < _shape.Columns; column++)
            {
                _sums[row, column] = _code.Let(
                    "sum" + Constant.Of(row).Text + "_" + Constant.Of(column).Text,
                    _shape.Start switch
                    {
                        TileStart.Bias => _vectors.Load(_arguments.Start!.At(column * _vectors.Lanes)),
                        TileStart.ScaledOutput => _vectors.Load(OutputAt(row, column)) * factor!,
                        _ => _vectors.Zero,
                    }
                );
            }
        }
    }

    /// <summary>Emits some depths in each iteration of a loop, and the rest one by one.</summary>
    private void MultiplyAllDepths()
    {
        int turn = DepthsPerTurn(_shape, _target, _rows);
        bool isDivisible = _shape.KnownMultiple is { } multiple ? multiple % turn == 0 : turn == 1;
        if (_shape.Depth is null || _shape.Depth >= turn)
        {
            MultiplyTurns(turn, isDivisible);
        }

        if (!isDivisible)
        {
            Expr rest = _shape.Depth is { } known ? known % turn : _depth & (turn - 1);
            var last = new Variable(_arguments.Input.Type, "last");
            _code.Loop(
                [new Let(last, _arguments.Input.At(rest))],
                _arguments.Input.IsNot(last),
                [new Assign(_arguments.Input, InputAfter(1)), new Assign(_weights, WeightsAfter(1))],
                () =>
                {
                    _held.Clear();
                    MultiplyDepth(0);
                }
            );
        }
    }

    private void MultiplyTurns(int turn, bool isDivisible)
    {
        Expr whole =
            _shape.Depth is { } known ? known / turn * turn
            : isDivisible ? _depth
            : _depth & ~((Expr)(turn - 1)).AsNInt;
        Variable end = _code.Let("end", _arguments.Input.At(whole));

        // A depth is at least one; if the iteration divides it, there is at least one iteration.
        if (isDivisible || _shape.Depth is not null)
        {
            _code.DoWhile(Turn, () => _arguments.Input.IsNot(end));
        }
        else
        {
            _code.While(_arguments.Input.IsNot(end), Turn);
        }

        void Turn()
        {
            _held.Clear();
            Variable[] values = _target.MultipliesByLane ? LoadValues() : [];
            for (int depth = 0; depth < turn; depth++)
            {
                MultiplyDepth(depth, values);
            }

            _code.Set(_arguments.Input, InputAfter(turn));
            _code.Set(_weights, WeightsAfter(turn));
        }
    }

    /// <summary>Loads the values of each row at the depths of an iteration, if a vector is multiplied by lane.</summary>
    private Variable[] LoadValues() =>
        [.. Enumerable.Range(0, _rows).Select(row => _code.Let($"values{row}", _vectors.Load(_arguments.Input.At(row * _inputStride))))];

    /// <summary>Emits one depth of an iteration.</summary>
    private void MultiplyDepth(int depth, params Variable[] values)
    {
        Expr[] weights = Weights(depth);
        for (int row = 0; row < _rows; row++)
        {
            Variable? value = values.Length == 0 ? Hold("value", _vectors.Broadcast(_arguments.Input[(row * _inputStride) + depth])) : null;
            for (int column = 0; column < _shape.Columns; column++)
            {
                Variable sum = _sums[row, column];
                _code.Set(
                    sum,
                    value is null
                        ? _vectors.MultiplyAddLane(sum, weights[column], values[row], depth)
                        : _vectors.MultiplyAdd(sum, value, weights[column])
                );
            }
        }

        PrefetchOwn(depth);
        if (depth == 0)
        {
            PrefetchAhead();
        }
    }

    /// <summary>The weights of one depth. With one row each is used once, and needs no register of its own.</summary>
    private Expr[] Weights(int depth)
    {
        Expr[] weights;
        if (_shape.Storage == WeightStorage.Float32)
        {
            weights = [.. Columns.Select(column => _weights[WeightIndex(column, depth)])];
        }
        else
        {
            Variable[] words =
            [
                .. Enumerable
                    .Range(0, _shape.Panels)
                    .Select(panel => Hold($"words{panel}", _weights[WeightIndex(panel * _shape.Vectors, depth)])),
            ];
            weights =
            [
                .. Columns.Select(column =>
                    StoredWeights.Floats(_vectors, _shape.Storage, words[column / _shape.Vectors], column % _shape.Vectors)
                ),
            ];
        }

        return _rows == 1 ? weights : [.. weights.Select((weight, column) => Hold($"weight{column}", weight))];
    }

    private void PrefetchOwn(int depth)
    {
        if ((_shape.Prefetch & TilePrefetch.Own) == 0)
        {
            return;
        }

        int lineVectors = _shape.Storage == WeightStorage.Float32 ? Layout.Line / _vectors.Lanes : _shape.Vectors;
        foreach (int column in Columns.Where(column => column % _shape.Vectors % lineVectors == 0))
        {
            _code.Prefetch(_weights.At(WeightIndex(column, depth, _tuning.PrefetchDistance / _vectors.Lanes)), toFirstLevel: true);
        }
    }

    private void PrefetchAhead()
    {
        if ((_shape.Prefetch & TilePrefetch.Ahead) != 0 && _rows > _tuning.ThinRows)
        {
            _code.Prefetch(_arguments.Ahead!, toFirstLevel: false);
            _code.Set(_arguments.Ahead!, _arguments.Ahead!.At(Layout.Line));
        }
    }

    /// <summary>Adds the output if only some of the layers that share a tile do so. The JIT compiler removes the condition.</summary>
    private void AddOutputWhereLayerSays()
    {
        if (_shape.Addition != TileAddition.OfLayer)
        {
            return;
        }

        _code.If(
            LayerConstants.AddsToOutput,
            () =>
            {
                Variable held = _code.Let("held", _arguments.Output);
                for (int row = 0; row < _rows; row++)
                {
                    if (row > 0)
                    {
                        _code.Set(held, held.At(_arguments.OutputStride!));
                    }

                    for (int column = 0; column < _shape.Columns; column++)
                    {
                        _code.Set(_sums[row, column], _vectors.Load(held.At(column * _vectors.Lanes)) + _sums[row, column]);
                    }
                }
            }
        );
    }

    private void StoreSums()
    {
        for (int row = 0; row < _rows; row++)
        {
            if (row > 0 && _arguments.OutputStride is { } stride)
            {
                _code.Set(_arguments.Output, _arguments.Output.At(stride));
            }

            for (int column = 0; column < _shape.Columns; column++)
            {
                Expr output = OutputAt(row, column);
                Variable sum = _sums[row, column];
                _code.Store(_shape.Addition == TileAddition.Always ? _vectors.Load(output) + sum : sum, output);
            }
        }
    }

    private IEnumerable<int> Columns => Enumerable.Range(0, _shape.Columns);

    private int DepthVectors => _shape.WeightStride / _vectors.Lanes;

    private Expr InputAfter(int depths) => _arguments.Input.At(depths);

    private Expr WeightsAfter(int depths) => _weights.At(depths * DepthVectors);

    /// <summary>The index of a column's weights, or of some vectors ahead of them, in vectors.</summary>
    private Expr WeightIndex(int column, int depth, int ahead = 0)
    {
        int inPanel = _shape.Storage == WeightStorage.Float32 ? column % _shape.Vectors : 0;
        return (column / _shape.Vectors * DepthVectors * _depth) + ((depth * DepthVectors) + inPanel + ahead);
    }

    /// <summary>
    /// Returns the address of an output. If the distance of rows is an argument, the pointer moves from one row to the next.
    /// </summary>
    private Expr OutputAt(int row, int column) => _arguments.Output.At((row * (_shape.OutputStride ?? 0)) + (column * _vectors.Lanes));

    /// <summary>
    /// Returns a variable of an iteration: its first value in the iteration declares it, later values are assigned to it.
    /// </summary>
    private Variable Hold(string name, Expr value)
    {
        if (_held.TryGetValue(name, out Variable variable))
        {
            _code.Set(variable, value);
            return variable;
        }

        variable = _code.Let(name, value);
        _held.Add(name, variable);
        return variable;
    }
}
