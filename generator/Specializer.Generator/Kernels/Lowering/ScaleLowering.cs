using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the product of rows and a vector, which is added to other rows.</summary>
internal static class ScaleLowering
{
    public static KernelMethod Lower(ScaleKernel kernel, InstructionSetDescription target)
    {
        Vectors vectors = target.Vectors;
        var code = new KernelCode(kernel);
        Variable weight = code[KernelParameters.NormWeight];
        code.EachRow(row =>
        {
            Variable x = code.Let("x", code[KernelParameters.Input].At(row.AsNInt * kernel.Stride)),
                y = code.Let("y", code[KernelParameters.Output].At(row.AsNInt * kernel.Stride));
            code.For(
                "i",
                0,
                Layout.Pad(kernel.Width),
                vectors.Lanes,
                i => code.Store(vectors.MultiplyAdd(vectors.Load(y.At(i)), vectors.Load(x.At(i)), vectors.Load(weight.At(i))), y.At(i))
            );
        });
        return code.Method($"x * weight over rows of {kernel.Width}, added to the output.");
    }
}
