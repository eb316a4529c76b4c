using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers norms: the statistics of a row in one pass, its normalized values in another.</summary>
internal sealed class NormLowering(NormKernel kernel, InstructionSetDescription target)
{
    private readonly KernelCode _code = new(kernel);
    private readonly Vectors _vectors = target.Vectors;
    private readonly int _padded = Layout.Pad(kernel.Width);

    public static KernelMethod Lower(NormKernel kernel, InstructionSetDescription target) => new NormLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        Variable weight = _code[KernelParameters.NormWeight];
        _code.EachRow(row =>
        {
            Variable x = _code.Let("x", _code[KernelParameters.Input].At(row.AsNInt * kernel.Stride)),
                y = _code.Let("y", _code[KernelParameters.Output].At(row.AsNInt * kernel.Stride));
            if (kernel.Kind == NormKind.Layer)
            {
                LayerNorm(x, y, weight);
            }
            else
            {
                RootMeanSquareNorm(x, y, weight);
            }
        });
        return _code.Method(Comment(), Compilation.Optimized);
    }

    private void LayerNorm(Variable x, Variable y, Variable weight)
    {
        Variable sum = Sum(x, "sum", squares: false),
            mean = _code.Let("mean", _vectors.Sum(sum) * Reciprocal()),
            center = _code.Let("center", _vectors.Broadcast(mean)),
            squares = SquaredDeviations(x, center),
            scale = Scale(squares);
        _code.Comment("Beyond the width the weight and the bias are zero, and so is the result.");
        _code.For(
            "i",
            0,
            _padded,
            _vectors.Lanes,
            i =>
            {
                Variable normed = _code.Let("normed", (_vectors.Load(x.At(i)) - center) * scale);
                Expr factor = _vectors.Load(weight.At(i));
                Store(kernel.Bias ? _vectors.MultiplyAdd(_vectors.Load(weight.At(_padded + i)), normed, factor) : normed * factor, y.At(i));
            }
        );
    }

    private void RootMeanSquareNorm(Variable x, Variable y, Variable weight)
    {
        Variable squares = Sum(x, "squares", squares: true),
            scale = Scale(squares);
        _code.For("i", 0, _padded, _vectors.Lanes, i => Store(_vectors.Load(x.At(i)) * scale * _vectors.Load(weight.At(i)), y.At(i)));
    }

    private void Store(Expr normed, Expr y) => _code.Store(kernel.AddToOutput ? _vectors.Load(y) + normed : normed, y);

    /// <summary>Sums values or squares in as many chains as divide the row, up to four, so that additions overlap.</summary>
    private Variable Sum(Variable x, string name, bool squares)
    {
        int count = _padded / _vectors.Lanes;
        int chains = new[] { 4, 2, 3, 1 }.First(number => count % number == 0);
        Variable[] sums = [.. Enumerable.Range(0, chains).Select(chain => _code.Let(chains == 1 ? name : name + chain, _vectors.Zero))];
        _code.For(
            "i",
            0,
            _padded,
            chains * _vectors.Lanes,
            i =>
            {
                for (int chain = 0; chain < chains; chain++)
                {
                    Expr value = _vectors.Load(x.At(i + (chain * _vectors.Lanes)));
                    if (squares)
                    {
                        value = _code.Let("value" + chain, value);
                        _code.Set(sums[chain], _vectors.MultiplyAdd(sums[chain], value, value));
                    }
                    else
                    {
                        _code.Add(sums[chain], value);
                    }
                }
            }
        );
        return chains == 1 ? sums[0] : _code.Let(name, Total(sums));
    }

    private static Expr Total(IReadOnlyList<Expr> sums) =>
        sums.Count == 4 ? sums[0] + sums[1] + (sums[2] + sums[3]) : sums.Aggregate(static (total, sum) => total + sum);

    private Variable SquaredDeviations(Variable x, Variable center)
    {
        int whole = kernel.Width / _vectors.Lanes * _vectors.Lanes;
        Variable squares = _code.Let("squares", _vectors.Zero);
        if (whole > 0)
        {
            _code.For(
                "i",
                0,
                whole,
                _vectors.Lanes,
                i =>
                {
                    Variable deviation = _code.Let("deviation", _vectors.Load(x.At(i)) - center);
                    _code.Set(squares, _vectors.MultiplyAdd(squares, deviation, deviation));
                }
            );
        }

        if (whole < kernel.Width)
        {
            Variable rest = _code.Let("rest", (_vectors.Load(x + whole) - center) & _vectors.MaskOfFirst(kernel.Width - whole));
            _code.Set(squares, _vectors.MultiplyAdd(squares, rest, rest));
        }

        return squares;
    }

    private Variable Scale(Variable squares) =>
        _code.Let("scale", _vectors.Broadcast(1 / Scalars.SquareRoot((_vectors.Sum(squares) * Reciprocal()) + kernel.Epsilon)));

    private Expr Reciprocal() => (Expr)1f / kernel.Width;

    private string Comment()
    {
        string epsilon = Constant.Of(kernel.Epsilon).Text,
            added = kernel.AddToOutput ? ", added to the output" : "",
            bias = kernel.Bias ? $"; the bias follows the weight after {_padded} floats" : "";
        return kernel.Kind == NormKind.Layer
            ? $"(x - mean) / sqrt(variance + {epsilon}) * weight{(kernel.Bias ? " + bias" : "")} over rows of {kernel.Width}{bias}{added}."
            : $"x / sqrt(mean(x^2) + {epsilon}) * weight over rows of {kernel.Width}{added}.";
    }
}
