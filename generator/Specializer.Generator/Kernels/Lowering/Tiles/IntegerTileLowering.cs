using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>
/// Lowers register tiles over weights that are integers. The sum of a block is an exact integer on every instruction set, whether
/// it is computed with integers or floats. Only the end of a block rounds: output = fma(sum · weight scale, activation scale, output),
/// one chain per output over the blocks in order.
/// </summary>
internal sealed partial class IntegerTileLowering
{
    /// <summary>The steps of a block: each multiplies a word of weights per lane, or a word of two of them.</summary>
    private const int Pairs = IntegerLayout.Block / 2;

    private readonly TileShape _shape;
    private readonly InstructionSetDescription _target;
    private readonly Vectors _vectors;
    private readonly int _rows;
    private readonly CodeBuilder _code = new();
    private readonly TileArguments _arguments;
    private readonly Variable[,] _sums;
    private readonly Variable _blocks;
    private readonly Expr _inputStride;
    private readonly Variable _values;
    private readonly Variable _weights;
    private readonly Dictionary<string, Variable> _held = [];

    private IntegerTileLowering(TileShape shape, InstructionSetDescription target, int rows)
    {
        _shape = shape;
        _target = target;
        _vectors = target.Vectors;
        _rows = rows;
        _arguments = TileArguments.Declare(_code, shape);
        _sums = new Variable[rows, shape.Columns];
        _blocks = _code.Let("blocks", (LayerConstants.Inputs + (IntegerLayout.Block - 1)) / IntegerLayout.Block);
        _inputStride = rows == 1 ? LayerConstants.InputStride : _code.Let("inputStride", LayerConstants.InputStride);
        DataType value = target.MultipliesWords ? DataType.Int : DataType.Float,
            weight = target.MultipliesWords && !IsNibble ? new(Element.SByte, 2 * target.Lanes) : _vectors.Type.Of(Element.UInt);
        _values = _code.Let("values", _arguments.Input.As(value.Pointer));
        _weights = _code.Let("vectors", _arguments.Weights.As(weight.Pointer));
    }

    /// <summary>Gets the vectors of weights of a block of a panel: 8-bit weights that fill half a vector, or words.</summary>
    private int BlockVectors =>
        IsNibble ? Quads
        : _target.MultipliesWords ? 2 * Pairs
        : Pairs;

    /// <summary>Gets the vectors of a block of a panel with those of its scales.</summary>
    private int RecordVectors =>
        IsNibble ? IntegerLayout.WordsPerLane(_shape.Storage)
        : _target.MultipliesWords ? BlockVectors + 2
        : BlockVectors + 1;

    private IEnumerable<int> Columns => Enumerable.Range(0, _shape.Columns);

    /// <summary>Lowers the methods of a family, and the one that calls the method for a height.</summary>
    public static IEnumerable<KernelMethod> Lower(TileShape shape, InstructionSetDescription target)
    {
        int[] heights = [.. TileHeights.Of(shape, target.Tuning)];
        return heights
            .Select(rows => new IntegerTileLowering(shape, target, rows).Lower())
            .Concat(heights.Length > 1 ? [TileLowering.Choice(shape, heights)] : []);
    }

    private KernelMethod Lower()
    {
        StartOutputs();
        Variable scales = _code.Let("scales", _arguments.Input.At(_blocks * IntegerLayout.Block)),
            end = _code.Let("end", scales.At(_blocks));
        _code.DoWhile(
            () =>
            {
                _held.Clear();
                if (IsNibble)
                {
                    MultiplyNibbles();
                }
                else
                {
                    MultiplyBlock();
                }

                AddBlock(scales);
                _code.Set(scales, scales.At(1));
                _code.Set(_weights, _weights.At(RecordVectors - BlockVectors));
            },
            () => scales.IsNot(end)
        );
        return _code.Method(
            _shape.Name(_rows),
            compilation: Compilation.Optimized,
            comment: $"{_rows} row{(_rows == 1 ? "" : "s")} by {_shape.Columns * _target.Lanes} columns, blocks of {IntegerLayout.Block} of the layer's depth.",
            isSharedByLayers: true
        );
    }

    /// <summary>Stores the values from which the outputs start. They grow in memory, so that all registers are free for the integers.</summary>
    private void StartOutputs() =>
        EachOutput(
            "startRow",
            (_, column, output) =>
                _code.Store(
                    _shape.Start == TileStart.Bias ? _vectors.Load(_arguments.Start!.At(column * _target.Lanes)) : _vectors.Zero,
                    output
                )
        );

    private void MultiplyBlock()
    {
        for (int row = 0; row < _rows; row++)
        {
            foreach (int column in Columns)
            {
                Expr zero = _target.MultipliesWords ? new Intrinsic(_vectors.Type.Of(Element.Int), IntrinsicOp.Zero, []) : _vectors.Zero;
                _sums[row, column] = _code.Let("sum" + Constant.Of(row).Text + "_" + Constant.Of(column).Text, zero);
            }
        }

        int values = _target.MultipliesWords ? Pairs : IntegerLayout.Block;
        Variable endOfBlock = _code.Let("endOfBlock", _values.At(values));
        _code.DoWhile(_target.MultipliesWords ? MultiplyPairs : MultiplyQuad, () => _values.IsNot(endOfBlock));
    }

    /// <summary>Emits an iteration that multiplies pairs of integers of 16 bits and adds both products.</summary>
    private void MultiplyPairs()
    {
        // A cache line of weights at a time.
        int pairs = Layout.Line / _target.Lanes;
        var held = new Dictionary<string, Variable>();
        for (int pair = 0; pair < pairs; pair++)
        {
            Expr[] weights = [.. Columns.Select(column => _vectors.WidenToShort(_weights[WeightIndex(column, pair)]))];
            if (_rows > 1)
            {
                weights = [.. weights.Select((weight, column) => Hold(held, $"weight{column}", weight))];
            }

            for (int row = 0; row < _rows; row++)
            {
                Expr word = _vectors.BroadcastInteger(_values[(row * _inputStride) + pair]);
                Variable value = Hold(held, "value", _vectors.AsShort(word));
                foreach (int column in Columns)
                {
                    Variable sum = _sums[row, column];
                    _code.Set(sum, sum + _vectors.MultiplyAddAdjacent(weights[column], value));
                }
            }
        }

        if ((_shape.Prefetch & TilePrefetch.Own) != 0)
        {
            int distance = _target.Tuning.PrefetchDistance / _target.Lanes * 2;
            for (int panel = 0; panel < _shape.Panels; panel++)
            {
                _code.Prefetch(_weights.At(WeightIndex(panel * _shape.Vectors, 0) + distance), toFirstLevel: true);
            }
        }

        _code.Set(_values, _values.At(pairs));
        _code.Set(_weights, _weights.At(2 * pairs));
    }

    /// <summary>Emits an iteration that multiplies four bytes of every word as floats. Their sums are integers, and exact.</summary>
    private void MultiplyQuad()
    {
        const int Depths = 4;
        var held = new Dictionary<string, Variable>();
        if (_rows == 1)
        {
            // Columns are outside, so that few words are live at a time.
            Variable? vector = _target.MultipliesByLane ? _code.Let("values0", _vectors.Load(_values)) : null;
            foreach (int column in Columns)
            {
                Variable words = Hold(held, "words", _weights[WeightIndex(column, 0)]);
                for (int depth = 0; depth < Depths; depth++)
                {
                    MultiplyFloats(held, 0, column, depth, vector, WeightOf(words, depth));
                }
            }
        }
        else
        {
            Variable[] rows = _target.MultipliesByLane
                ? [.. Enumerable.Range(0, _rows).Select(row => _code.Let($"values{row}", _vectors.Load(_values.At(row * _inputStride))))]
                : [];
            Variable[] words = [.. Columns.Select(column => _code.Let($"words{column}", _weights[WeightIndex(column, 0)]))];
            for (int depth = 0; depth < Depths; depth++)
            {
                Variable[] weights = [.. Columns.Select(column => Hold(held, $"weight{column}", WeightOf(words[column], depth)))];
                for (int row = 0; row < _rows; row++)
                {
                    foreach (int column in Columns)
                    {
                        MultiplyFloats(held, row, column, depth, rows.Length > 0 ? rows[row] : null, weights[column], isFirst: column == 0);
                    }
                }
            }
        }

        _code.Set(_values, _values.At(Depths));
        _code.Set(_weights, _weights.At(2));
    }

    private void MultiplyFloats(
        Dictionary<string, Variable> held,
        int row,
        int column,
        int depth,
        Variable? values,
        Expr weight,
        bool isFirst = true
    )
    {
        Variable sum = _sums[row, column];
        if (values is not null)
        {
            _code.Set(sum, _vectors.MultiplyAddLane(sum, weight, values, depth));
            return;
        }

        Variable value = isFirst ? Hold(held, "value", _vectors.Broadcast(_values[(row * _inputStride) + depth])) : held["value"];
        _code.Set(sum, _vectors.MultiplyAdd(sum, value, weight));
    }

    /// <summary>A byte of every word as a float: shifted to the top, and back with its sign.</summary>
    private Expr WeightOf(Variable words, int depth)
    {
        Expr top = depth == 3 ? words : words << (24 - (8 * depth));
        return _vectors.ConvertToFloat(_vectors.AsInt(top) >> 24);
    }

    /// <summary>Adds the sums of a block to the outputs, with the scales of weights and activations.</summary>
    private void AddBlock(Variable scales)
    {
        // The scales follow the weights of a block, where the pointer is now.
        var vectors = new Variable[_shape.Columns];
        if (_rows > 1)
        {
            Variable words = _code.Let("scaleWords", ScaleWords(0));
            foreach (int column in Columns)
            {
                vectors[column] = _code.Let($"scale{column}", ScaleOf(words, column));
            }
        }

        Variable? activationSums = IsNibble ? LetActivationSums(scales) : null;

        EachOutput(
            "outputRow",
            (row, column, output) =>
            {
                if (column == 0)
                {
                    Expr factor = _vectors.Broadcast(scales[row * _inputStride]);
                    Hold(_held, "factor", factor);
                }

                if (_rows == 1 && column % _shape.Vectors == 0)
                {
                    Hold(_held, "scaleWords", ScaleWords(column / _shape.Vectors));
                }

                Expr scale = _rows == 1 ? ScaleOf(_held["scaleWords"], column) : vectors[column];
                Expr sum =
                    IsNibble ? SumOfNibbles(row, column, activationSums!)
                    : _target.MultipliesWords ? _vectors.ConvertToFloat(_sums[row, column])
                    : _sums[row, column];
                _code.Store(_vectors.MultiplyAdd(_vectors.Load(output), sum * scale, _held["factor"]), output);
            }
        );
        if (_shape.Storage == WeightStorage.UInt4)
        {
            AddMinima(activationSums!);
        }
    }

    private Expr ScaleWords(int panel) => _vectors.Load(_weights.At(panel * RecordVectors * _blocks).As(DataType.UInt.Pointer));

    private Expr ScaleOf(Variable words, int column) =>
        StoredWeights.Floats(_vectors, WeightStorage.Float16, words, column % _shape.Vectors);

    private void EachOutput(string name, Action<int, int, Expr> body)
    {
        Variable? place = _rows > 1 ? _code.Let(name, _arguments.Output) : null;
        for (int row = 0; row < _rows; row++)
        {
            if (row > 0)
            {
                _code.Set(place!, place!.At(_arguments.OutputStride!));
            }

            foreach (int column in Columns)
            {
                body(row, column, (place ?? _arguments.Output).At(column * _target.Lanes));
            }
        }
    }

    /// <summary>The index of a column's weights of a step of the block, in vectors.</summary>
    private Expr WeightIndex(int column, int step) =>
        (column / _shape.Vectors * RecordVectors * _blocks) + ((2 * step) + (column % _shape.Vectors));

    /// <summary>Returns a variable of an iteration: its first value declares it, later values are assigned to it.</summary>
    private Variable Hold(Dictionary<string, Variable> held, string name, Expr value)
    {
        if (held.TryGetValue(name, out Variable variable))
        {
            _code.Set(variable, value);
            return variable;
        }

        variable = _code.Let(name, value);
        held.Add(name, variable);
        return variable;
    }
}
