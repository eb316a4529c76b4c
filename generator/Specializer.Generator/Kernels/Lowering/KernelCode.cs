using System;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Builds the statements of a method that a session calls; its parameters are those of the kernel's signature.</summary>
internal sealed class KernelCode : SignatureCode
{
    private readonly KernelSignature _signature;
    private readonly string _name;

    /// <param name="kernel">The kernel.</param>
    /// <param name="part">Which of its methods.</param>
    public KernelCode(Kernel kernel, KernelPart part = KernelPart.Compute)
    {
        _signature = kernel.Signature(part);
        _name = KernelNames.Of(new(kernel, part));
        foreach (KernelParameter parameter in _signature.Parameters)
        {
            AddParameter(parameter);
        }
    }

    public Variable Worker => this[KernelParameters.Worker];

    public Variable Workers => this[KernelParameters.Workers];

    /// <summary>The method with the statements so far.</summary>
    public KernelMethod Method(string comment, Compilation compilation = Compilation.Default) =>
        Method(_name, _signature.Result is { } result ? TypeOf(result) : DataType.Void, compilation, comment, isPublic: true);

    /// <summary>Emits a loop over heads or other units, which are assigned to the workers alternately.</summary>
    public void EachOfWorker(string name, Expr count, Action<Variable> body) => For(name, DataType.Int, Worker, count, Workers, body);

    /// <summary>
    /// Emits a loop over the rows of the worker. Each worker has consecutive rows, the same ones in every kernel, so that it
    /// mostly reads its own results instead of another core's cache.
    /// </summary>
    public void EachRow(Action<Variable> body)
    {
        Variable rows = this[KernelParameters.Rows],
            row = new(DataType.Int, "row"),
            end = new(DataType.Int, "end");
        Loop(
            [new Let(row, rows * Worker / Workers), new Let(end, rows * (Worker + 1) / Workers)],
            row < end,
            [Step(row, 1)],
            () => body(row)
        );
    }
}
