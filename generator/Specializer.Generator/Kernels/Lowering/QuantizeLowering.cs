using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>
/// Lowers the quantization of rows. NaN and infinity stay visible: the scale of their block is NaN or infinite, and the block's
/// products are NaN.
/// </summary>
internal sealed class QuantizeLowering(QuantizeKernel kernel, InstructionSetDescription target)
{
    /// <summary>
    /// 1.5 · 2^23. The sum of it and a small number is rounded to an integer, ties to even, whose low bits are the sum's own.
    /// </summary>
    private const string Magic = "12582912f";

    /// <summary>2^-100. Blocks of smaller values are zero; the reciprocal of their scale might not be a number.</summary>
    private const string Least = "7.888609E-31f";

    private readonly KernelCode _code = new(kernel);
    private readonly Vectors _vectors = target.Vectors;

    public static KernelMethod Lower(QuantizeKernel kernel, InstructionSetDescription target) =>
        new QuantizeLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        int blocks = IntegerLayout.Blocks(kernel.Width),
            whole = kernel.Width / IntegerLayout.Block;
        _code.EachRow(row =>
        {
            Variable x = _code.Let("x", _code[KernelParameters.Input].At(row.AsNInt * kernel.InputStride)),
                y = _code.Let("y", _code[KernelParameters.Output].At(row.AsNInt * kernel.OutputStride)),
                scales = _code.Let("scales", y.At(blocks * IntegerLayout.Block));
            if (whole > 0)
            {
                _code.Each("block", whole, block => QuantizeBlock(x, y, scales, block, IntegerLayout.Block));
            }

            if (whole < blocks)
            {
                _code.Comment("The inputs of the last block end before it.");
                _code.Scope(() => QuantizeBlock(x, y, scales, whole, kernel.Width % IntegerLayout.Block));
            }
        });
        string form =
            !target.MultipliesWords ? "floats"
            : IntegerLayout.IsNibble(kernel.Weights) ? "bytes"
            : "pairs of integers of 16 bits, 16 values apart";
        return _code.Method($"Rows of {kernel.Width} to {form}, with a scale per block of {IntegerLayout.Block}.");
    }

    private void QuantizeBlock(Variable x, Variable y, Variable scales, Expr block, int count)
    {
        Expr first = block * IntegerLayout.Block;
        int lanes = target.Lanes,
            vectors = IntegerLayout.Block / lanes;
        Expr[] values =
        [
            .. Enumerable
                .Range(0, vectors)
                .Select(index =>
                    index * lanes >= count
                        ? _vectors.Zero
                        : (Expr)_code.Let($"x{index}", FirstOf(_vectors.Load(x.At(first + (index * lanes))), count - (index * lanes)))
                ),
        ];
        Variable greatest = _code.Let("greatest", Magnitude(values[0]));
        foreach (Expr value in values.Skip(1).OfType<Variable>())
        {
            _code.Set(greatest, _vectors.Maximum(greatest, Magnitude(value)));
        }

        Variable maximum = _code.Let("maximum", HighestLane(greatest)),
            isZero = _code.Let("isZero", maximum < Constant.Float(Least)),
            scale = _code.Let("scale", DataType.Float, isZero.Select(Constant.Float("0f"), maximum / Constant.Float("127f"))),
            inverse = _code.Let(
                "inverse",
                _vectors.Broadcast(_code.Let("factor", DataType.Float, isZero.Select(Constant.Float("0f"), Constant.Float("1f") / scale)))
            );
        _code.Set(scales[block], scale);
        if (IntegerLayout.IsNibble(kernel.Weights))
        {
            StoreNibbleFactors(values, inverse, y, scales, scale, block);
        }
        else if (target.MultipliesWords)
        {
            StorePairs(values, inverse, y, block);
        }
        else
        {
            for (int index = 0; index < vectors; index++)
            {
                Expr rounded = values[index] is Variable ? Rounded(values[index], inverse) - _vectors.Number(Magic) : _vectors.Zero;
                _code.Store(rounded, y.At(first + (index * lanes)));
            }
        }
    }

    /// <summary>Stores a block that is multiplied by weights of 4 bits, with the sum of its integers.</summary>
    private void StoreNibbleFactors(Expr[] values, Variable inverse, Variable y, Variable scales, Variable scale, Expr block)
    {
        Expr[] rounded =
        [
            .. values.Select(
                (value, index) => value is Variable ? (Expr)_code.Let($"rounded{index}", Rounded(value, inverse)) : _vectors.Zero
            ),
        ];
        Expr[] integers = [.. rounded.OfType<Variable>().Select(value => value - _vectors.Number(Magic))];
        if (target.MultipliesWords)
        {
            StoreQuads(rounded, y, block);
        }
        else
        {
            integers = [.. integers.Select((value, index) => _code.Let($"integer{index}", value))];
            for (int index = 0; index < values.Length; index++)
            {
                _code.Store(
                    index < integers.Length ? integers[index] : _vectors.Zero,
                    y.At((block * IntegerLayout.Block) + (index * target.Lanes))
                );
            }
        }

        StoreSum(integers, scales, scale, block);
    }

    /// <summary>Stores words of two integers: value i of a block in the lower half, value i + 16 in the upper.</summary>
    private void StorePairs(Expr[] values, Variable inverse, Variable y, Expr block)
    {
        int half = values.Length / 2;
        for (int index = 0; index < half; index++)
        {
            Expr low = (_vectors.AsUInt(Rounded(values[index], inverse)) << 16) >> 16;
            Expr word = values[index + half] is Variable upper ? low | (_vectors.AsUInt(Rounded(upper, inverse)) << 16) : low;
            _code.Store(word, y.At((block * (IntegerLayout.Block / 2)) + (index * target.Lanes)).As(DataType.UInt.Pointer));
        }
    }

    /// <summary>Stores words of four bytes: values i, i + 8, i + 16 and i + 24 of a block.</summary>
    private void StoreQuads(Expr[] rounded, Variable y, Expr block)
    {
        const int Words = IntegerLayout.Block / 4;
        var words = new Vectors(target, Words);
        Expr mask = words.BroadcastInteger(Constant.Of(0xFF).As(DataType.UInt));
        Expr? word = null;
        for (int part = 0; part < 4; part++)
        {
            int first = part * Words;
            if (rounded[first / target.Lanes] is not Variable value)
            {
                continue;
            }

            Expr integers = words.AsUInt(
                target.Lanes == Words ? value
                : first % target.Lanes == 0 ? words.LowerHalf(value)
                : words.UpperHalf(value)
            );
            Expr bytes =
                part == 3 ? integers << 24
                : part == 0 ? integers & mask
                : (integers & mask) << (8 * part);
            word = word is null ? bytes : word | bytes;
        }

        _code.Store(word!, y.At(block * Words).As(DataType.UInt.Pointer));
    }

    /// <summary>
    /// Stores the sum of the integers of a block. If weights have no minimum, it is multiplied by the −8 by which they are too large,
    /// otherwise by the scale.
    /// </summary>
    private void StoreSum(Expr[] integers, Variable scales, Variable scale, Expr block)
    {
        Expr total = integers.Aggregate(static (sum, vector) => sum + vector);
        Variable sum = _code.Let("sum", DataType.Float, SumOfLanes(total));
        Expr sums = scales.At(IntegerLayout.Blocks(kernel.Width));
        if (kernel.Weights == WeightStorage.UInt4)
        {
            _code.Set(sums[block], sum * scale);
        }
        else if (target.MultipliesWords)
        {
            _code.Set(sums.As(DataType.Int.Pointer)[block], -8 * sum.As(DataType.Int));
        }
        else
        {
            _code.Set(sums[block], sum * Constant.Float("-8f"));
        }
    }

    /// <summary>The sum of all lanes: of halves down to 128 bits, then of these. The numbers are integers, so any order is exact.</summary>
    private Expr SumOfLanes(Expr total)
    {
        Expr half = target.Lanes > 4 ? _code.Let("total", total) : total;
        for (int lanes = target.Lanes / 2; lanes >= 4; lanes /= 2)
        {
            var narrow = new Vectors(target, lanes);
            half = _code.Let("total" + (32 * lanes), narrow.LowerHalf(half) + narrow.UpperHalf(half));
        }

        return new Vectors(target, 4).Sum(half);
    }

    private Expr Rounded(Expr value, Expr inverse) => (value * inverse) + _vectors.Number(Magic);

    private Expr Magnitude(Expr value) => _vectors.AndNot(value, _vectors.Number("-0f"));

    /// <summary>The first lanes of a vector, zero in others, whatever follows a row in memory.</summary>
    private Expr FirstOf(Expr value, int count) =>
        count >= target.Lanes ? value : _vectors.Choose(_vectors.MaskOfFirst(count), value, _vectors.Zero);

    /// <summary>The highest lane, or NaN if any is: of halves down to 128 bits, then of lanes that are shuffled.</summary>
    private Expr HighestLane(Expr highest)
    {
        Expr half = highest;
        for (int lanes = target.Lanes / 2; lanes >= 4; lanes /= 2)
        {
            var narrow = new Vectors(target, lanes);
            half = _code.Let("greatest" + (32 * lanes), narrow.Maximum(narrow.LowerHalf(half), narrow.UpperHalf(half)));
        }

        var four = new Vectors(target, 4);
        _code.Set(half, four.Maximum(half, four.Shuffle(half, 2, 3, 0, 1)));
        return four.FirstLane(four.Maximum(half, four.Shuffle(half, 1, 0, 3, 2)));
    }
}
