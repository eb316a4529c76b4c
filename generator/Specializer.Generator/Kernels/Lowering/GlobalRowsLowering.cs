using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the copies that gather the rows of global tokens of a chunk, and put results back in their place.</summary>
internal static class GlobalRowsLowering
{
    public static KernelMethod Lower(GlobalRowsKernel kernel)
    {
        var code = new KernelCode(kernel);
        Variable before = code[KernelParameters.GlobalsBefore];
        code.EachRow(row =>
        {
            Expr inChunk = row.AsNInt * kernel.Stride,
                amongGlobals = (before[row] - before[0]).AsNInt * kernel.Stride;
            code.If(
                before[row + 1] > before[row],
                () =>
                {
                    Variable source = code.Let("source", code[KernelParameters.Input].At(kernel.Back ? amongGlobals : inChunk));
                    code.Copy(source, code[KernelParameters.Output].At(kernel.Back ? inChunk : amongGlobals), kernel.Width);
                }
            );
        });
        return code.Method(
            kernel.Back
                ? "Puts a row in the place of every global token of a chunk."
                : "The rows of the global tokens of a chunk, one after the other."
        );
    }
}
