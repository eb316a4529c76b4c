using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the norms of parts of rows. The elements of a part are accessed as the widest vectors that divide it.</summary>
internal sealed class PartNormLowering(PartNormKernel kernel, InstructionSetDescription target)
{
    private readonly KernelCode _code = new(kernel);
    private readonly Elements _elements = Elements.Dividing(kernel.Width, target);

    public static KernelMethod Lower(PartNormKernel kernel, InstructionSetDescription target) =>
        new PartNormLowering(kernel, target).Lower();

    private KernelMethod Lower()
    {
        _code.EachRow(row =>
            _code.For(
                "part",
                0,
                kernel.Parts,
                1,
                part =>
                {
                    Variable x = _code.Let(
                            "x",
                            _code[KernelParameters.Output].At((row.AsNInt * kernel.Stride) + (part * kernel.Width) + kernel.Offset)
                        ),
                        weight = _code.Let("weights", _code[KernelParameters.NormWeight].At(part * kernel.Width));
                    Expr? center = kernel.Kind == NormKind.Layer ? Center(x) : null;
                    Variable scale = Scale(x, center);
                    EachElement(i => _elements.Store(_code, Centered(x, i, center) * scale * _elements.Load(weight, i), x, i));
                }
            )
        );
        string formula = kernel.Kind == NormKind.Layer ? "(x - mean) / sqrt(variance" : "x / sqrt(mean(x^2)";
        return _code.Method(
            $"{formula} + {Constant.Of(kernel.Epsilon).Text}) * weight over {kernel.Parts} parts of {kernel.Width} in each row."
        );
    }

    private Variable Center(Variable x)
    {
        Variable sum = _code.Let("sum", _elements.Type, _elements.Zero);
        EachElement(i => _code.Add(sum, _elements.Load(x, i)));
        return _code.Let("mean", _elements.Sum(sum) * ((Expr)1f / kernel.Width));
    }

    private Variable Scale(Variable x, Expr? center)
    {
        Variable squares = _code.Let("squares", _elements.Type, _elements.Zero);
        EachElement(i =>
        {
            Variable centered = _code.Let("centered", Centered(x, i, center));
            _code.Add(squares, centered * centered);
        });
        return _code.Let("scale", 1 / Scalars.SquareRoot((_elements.Sum(squares) * ((Expr)1f / kernel.Width)) + kernel.Epsilon));
    }

    private Expr Centered(Variable x, Expr i, Expr? center)
    {
        Expr value = _elements.Load(x, i);
        return center is null ? value : value - _elements.Broadcast(center);
    }

    private void EachElement(Action<Expr> body) => _code.For("i", 0, kernel.Width, _elements.Count, i => body(i));
}
