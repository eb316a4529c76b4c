using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the division of rows by their Euclidean lengths.</summary>
internal static class NormalizeLowering
{
    public static KernelMethod Lower(NormalizeKernel kernel, InstructionSetDescription target)
    {
        var code = new KernelCode(kernel);
        code.EachRow(row =>
        {
            Variable x = code.Let("x", code[KernelParameters.Input].At(row.AsNInt * kernel.Stride)),
                y = code.Let("y", code[KernelParameters.Output].At(row.AsNInt * kernel.Stride));
            AddRow(code, target.Vectors, kernel.Width, x, y);
        });
        return code.Method($"x / max(|x|, 1e-12) over rows of {kernel.Width}.");
    }

    /// <summary>Adds the division of one row, which is zero after its width.</summary>
    public static void AddRow(CodeBuilder code, Vectors vectors, int width, Variable x, Variable y)
    {
        int padded = Layout.Pad(width);
        Variable squares = code.Let("squares", vectors.Zero);
        code.For(
            "i",
            0,
            padded,
            vectors.Lanes,
            i => code.Set(squares, vectors.MultiplyAdd(squares, vectors.Load(x.At(i)), vectors.Load(x.At(i))))
        );
        Variable reciprocal = code.Let(
            "reciprocal",
            1 / Scalars.MaxFloat(Scalars.SquareRoot(vectors.Sum(squares)), Constant.Float("1e-12f"))
        );
        code.For("i", 0, padded, vectors.Lanes, i => code.Store(vectors.Load(x.At(i)) * reciprocal, y.At(i)));
    }
}
