using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the root-mean-square norm of one head of queries or keys.</summary>
internal static class HeadNormLowering
{
    /// <summary>The name of the method, which kernels with such heads share.</summary>
    public static string Name(AttentionKernel kernel) =>
        "NormalizeHead" + Names.Number(kernel.Attention.HeadDim) + Names.Epsilon(kernel.Epsilon);

    public static KernelMethod Lower(AttentionKernel kernel, InstructionSetDescription target)
    {
        int width = kernel.Attention.HeadDim;
        var elements = Elements.Dividing(width, target);
        var code = new CodeBuilder();
        Variable source = code.Pointer("source"),
            weight = code.Pointer("weight"),
            output = code.Pointer("target"),
            squares = code.Let("squares", elements.Type, elements.Zero);
        code.For(
            "i",
            0,
            width,
            elements.Count,
            i =>
            {
                Expr x = elements.Load(source, i);
                code.Add(squares, x * x);
            }
        );
        Variable scale = code.Let("scale", 1 / Scalars.SquareRoot((elements.Sum(squares) * ((Expr)1f / width)) + kernel.Epsilon));
        code.For(
            "i",
            0,
            width,
            elements.Count,
            i => elements.Store(code, elements.Load(source, i) * scale * elements.Load(weight, i), output, i)
        );
        return code.Method(Name(kernel), comment: $"One head: x / sqrt(mean(x^2) + {Constant.Of(kernel.Epsilon).Text}) * weight.");
    }
}
