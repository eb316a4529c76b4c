using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>Lowers the scaling of one head that is not rotated.</summary>
internal static class ScaleLowering
{
    public static string Name(AttentionKernel kernel) => "Scale" + Names.Number(kernel.Attention.HeadDim);

    public static KernelMethod Lower(AttentionKernel kernel, InstructionSetDescription target)
    {
        int width = kernel.Attention.HeadDim;
        var elements = Elements.Dividing(width, target);
        var code = new CodeBuilder();
        Variable source = code.Pointer("source"),
            output = code.Pointer("target"),
            scale = code.Parameter("scale", DataType.Float);
        code.For(
            "i",
            0,
            width,
            new Constant(DataType.Int, Constant.Of(elements.Count).Text),
            i => elements.Store(code, elements.Load(source, i) * scale, output, i)
        );
        return code.Method(Name(kernel));
    }
}
