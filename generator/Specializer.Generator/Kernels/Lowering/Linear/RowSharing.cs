using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Shares out the work of a linear layer among the workers: rows if they are many, panels otherwise.</summary>
internal static class RowSharing
{
    private const string ShareMethod = "ShareManyRows";

    /// <summary>Restricts a kernel to the worker's rows if these are many.</summary>
    public static void ShareManyRows(KernelCode code, LinearKernel kernel)
    {
        Variable first = code.Let(
            "firstRow",
            new MethodCall(
                DataType.Int,
                ShareMethod,
                null,
                [new Reference(code[KernelParameters.Rows]), new Reference(code.Worker), new Reference(code.Workers)]
            )
        );
        Skip(code[KernelParameters.Input], kernel.InputStride);
        Skip(code[KernelParameters.Output], kernel.OutputStride);

        void Skip(Variable pointer, int stride) => code.Set(pointer, pointer.At(first.AsNInt * stride));
    }

    /// <summary>Declares the worker's first panel and the end of its panels, which follow each other.</summary>
    public static (Variable Panel, Variable End) SharePanels(KernelCode code, Variable panels) =>
        (code.Let("panel", panels * code.Worker / code.Workers), code.Let("endPanel", panels * (code.Worker + 1) / code.Workers));

    /// <summary>Lowers the method that shares out many rows, once per target.</summary>
    public static KernelMethod Lower(Tuning tuning)
    {
        var code = new CodeBuilder();
        Variable rows = Reference("rows"),
            worker = Reference("worker"),
            workers = Reference("workers");
        code.If(workers.Is(1).OrElse(rows < tuning.RowsPerShare * workers), () => code.Return(0));
        Variable first = code.Let("first", rows * worker / workers);
        code.Set(rows, (rows * (worker + 1) / workers) - first);
        code.Set(worker, 0);
        code.Set(workers, 1);
        code.Return(first);
        return code.Method(
            ShareMethod,
            DataType.Int,
            Compilation.Inlined,
            "With many rows a worker takes a share of them and all panels; with few, all rows and a share of the panels. Returns the first row."
        );

        Variable Reference(string name) => code.Parameter(name, DataType.Int, isReference: true);
    }
}
