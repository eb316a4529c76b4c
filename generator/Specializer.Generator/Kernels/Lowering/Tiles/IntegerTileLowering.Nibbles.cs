using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <content>
/// Weights of 4 bits, from 0 to 15. A byte holds one of each vector of a panel. Products of a block fit into 16 bits:
/// 8 words · 2 products · 15 · 127 = 30,480.
/// </content>
internal sealed partial class IntegerTileLowering
{
    /// <summary>The words of a block for each lane. A word has four bytes.</summary>
    private const int Quads = IntegerLayout.Block / 4;

    private const int LowNibbles = 0x0F0F_0F0F;

    /// <summary>Two numbers 1 of 16 bits.</summary>
    private const int Ones = 0x0001_0001;

    private bool IsNibble => IntegerLayout.IsNibble(_shape.Storage);

    private IEnumerable<int> Panels => Enumerable.Range(0, _shape.Panels);

    private void MultiplyNibbles()
    {
        DataType type = _target.MultipliesWords ? new(Element.Short, 2 * _target.Lanes) : _vectors.Type;
        for (int row = 0; row < _rows; row++)
        {
            foreach (int column in Columns)
            {
                _sums[row, column] = _code.Let(
                    "sum" + Constant.Of(row).Text + "_" + Constant.Of(column).Text,
                    new Intrinsic(type, IntrinsicOp.Zero, [])
                );
            }
        }

        Variable endOfBlock = _code.Let("endOfBlock", _values.At(_target.MultipliesWords ? Quads : IntegerLayout.Block));
        _code.DoWhile(_target.MultipliesWords ? MultiplyBytes : MultiplyNibblesAsFloats, () => _values.IsNot(endOfBlock));
    }

    /// <summary>Emits an iteration that multiplies bytes, adds pairs of products, and adds these in 16 bits.</summary>
    private void MultiplyBytes()
    {
        // A cache line of weights at a time.
        int quads = Layout.Line / _target.Lanes;
        var held = new Dictionary<string, Variable>();
        for (int quad = 0; quad < quads; quad++)
        {
            foreach (int panel in Panels)
            {
                Variable words = Hold(held, "words", _weights[NibbleIndex(panel, quad)]);
                Variable[] weights =
                [
                    .. Enumerable.Range(0, _shape.Vectors).Select(vector => Hold(held, $"weight{vector}", Nibbles(words, 4 * vector))),
                ];
                for (int row = 0; row < _rows; row++)
                {
                    Variable value =
                        _rows == 1 && panel > 0
                            ? held["value"]
                            : Hold(held, "value", _vectors.BroadcastInteger(_values[(row * _inputStride) + quad]));
                    for (int vector = 0; vector < _shape.Vectors; vector++)
                    {
                        Variable sum = _sums[row, (panel * _shape.Vectors) + vector];
                        _code.Set(sum, sum + _vectors.MultiplyAddBytes(weights[vector], value));
                    }
                }
            }
        }

        if ((_shape.Prefetch & TilePrefetch.Own) != 0)
        {
            int distance = _target.Tuning.PrefetchDistance / _target.Lanes;
            foreach (int panel in Panels)
            {
                _code.Prefetch(_weights.At(NibbleIndex(panel, 0) + distance), toFirstLevel: true);
            }
        }

        _code.Set(_values, _values.At(quads));
        _code.Set(_weights, _weights.At(quads));
    }

    /// <summary>Emits an iteration that multiplies the weights of a word per lane as floats. Their sums are integers, and exact.</summary>
    private void MultiplyNibblesAsFloats()
    {
        const int Depths = 4;
        var held = new Dictionary<string, Variable>();
        Variable[] rows = _target.MultipliesByLane
            ? [.. Enumerable.Range(0, _rows).Select(row => _code.Let($"values{row}", _vectors.Load(_values.At(row * _inputStride))))]
            : [];
        foreach (int panel in Panels)
        {
            Variable words = Hold(held, "words", _weights[NibbleIndex(panel, 0)]);
            for (int depth = 0; depth < Depths; depth++)
            {
                Variable[] weights =
                [
                    .. Enumerable
                        .Range(0, _shape.Vectors)
                        .Select(vector => Hold(held, $"weight{vector}", NibblesAsFloats(words, (8 * depth) + (4 * vector)))),
                ];
                for (int row = 0; row < _rows; row++)
                {
                    for (int vector = 0; vector < _shape.Vectors; vector++)
                    {
                        MultiplyFloats(
                            held,
                            row,
                            (panel * _shape.Vectors) + vector,
                            depth,
                            rows.Length > 0 ? rows[row] : null,
                            weights[vector],
                            isFirst: vector == 0
                        );
                    }
                }
            }
        }

        _code.Set(_values, _values.At(Depths));
        _code.Set(_weights, _weights.At(1));
    }

    private Variable LetActivationSums(Variable scales)
    {
        Expr sums = scales.At(_blocks);
        return _code.Let("sums", _target.MultipliesWords && _shape.Storage == WeightStorage.Int4 ? sums.As(DataType.Int.Pointer) : sums);
    }

    /// <summary>The sum of a block as floats. If weights have no minimum they are 8 too large, which the sum of the activations corrects.</summary>
    private Expr SumOfNibbles(int row, int column, Variable activationSums)
    {
        Expr sum = _sums[row, column];
        if (_target.MultipliesWords)
        {
            sum = _vectors.MultiplyAddAdjacent(sum, _vectors.AsShort(_vectors.BroadcastInteger(Ones)));
        }

        if (_shape.Storage == WeightStorage.Int4)
        {
            Expr correction = activationSums[row * _inputStride];
            sum += _target.MultipliesWords ? _vectors.BroadcastInteger(correction) : _vectors.Broadcast(correction);
        }

        return _target.MultipliesWords ? _vectors.ConvertToFloat(sum) : sum;
    }

    /// <summary>Adds the minima of a block of weights, times the sums of the activations with their scale.</summary>
    private void AddMinima(Variable activationSums)
    {
        var vectors = new Variable[_shape.Columns];
        if (_rows > 1)
        {
            Variable words = _code.Let("minimumWords", MinimumWords(0));
            foreach (int column in Columns)
            {
                vectors[column] = _code.Let($"minimum{column}", ScaleOf(words, column));
            }
        }

        var held = new Dictionary<string, Variable>();
        EachOutput(
            "minimumRow",
            (row, column, output) =>
            {
                if (column == 0)
                {
                    Hold(held, "activationSum", _vectors.Broadcast(activationSums[row * _inputStride]));
                }

                if (_rows == 1 && column % _shape.Vectors == 0)
                {
                    Hold(held, "minimumWords", MinimumWords(column / _shape.Vectors));
                }

                Expr minimum = _rows == 1 ? ScaleOf(held["minimumWords"], column) : vectors[column];
                _code.Store(_vectors.MultiplyAdd(_vectors.Load(output), minimum, held["activationSum"]), output);
            }
        );
    }

    private Expr MinimumWords(int panel) => _vectors.Load(_weights.At((panel * RecordVectors * _blocks) + 1).As(DataType.UInt.Pointer));

    /// <summary>The weights of a vector of a panel, one in each byte.</summary>
    private Expr Nibbles(Variable words, int bit) =>
        (bit == 0 ? words : words >> bit) & _vectors.BroadcastInteger(Constant.Of(LowNibbles).As(DataType.UInt));

    private Expr NibblesAsFloats(Variable words, int bit) =>
        _vectors.ConvertToFloat(
            _vectors.AsInt(
                bit == 28 ? words >> bit : (bit == 0 ? words : words >> bit) & _vectors.BroadcastInteger(Constant.Of(15).As(DataType.UInt))
            )
        );

    /// <summary>The index of the words of a panel of a step of the block, in vectors.</summary>
    private Expr NibbleIndex(int panel, int quad) => (panel * RecordVectors * _blocks) + (Expr)quad;
}
