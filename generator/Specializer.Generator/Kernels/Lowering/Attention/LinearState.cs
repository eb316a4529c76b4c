using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention;

/// <summary>The state of one key/value head in linear attention.</summary>
internal sealed class LinearState
{
    private readonly AttentionKernel _kernel;
    private readonly Variable _state;
    private readonly Variable _sum;

    /// <summary>Declares the pointers at the state.</summary>
    /// <param name="code">The method.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="head">The key/value head.</param>
    public LinearState(KernelCode code, AttentionKernel kernel, Variable head)
    {
        _kernel = kernel;
        Head = head;
        _state = code.Let("state", code[KernelParameters.States].At(head * Constant.Of(kernel.KeysPerHead).AsNInt));
        _sum = code.Let("sum", code[KernelParameters.Sums].At(head * Constant.Of(kernel.ValuesPerHead).AsNInt));
    }

    /// <summary>Gets the key/value head.</summary>
    public Variable Head { get; }

    /// <summary>Clears the state.</summary>
    public void Clear(CodeBuilder code, AttentionKernel kernel)
    {
        code.Clear(_state, Constant.Of(kernel.KeysPerHead));
        code.Clear(_sum, Constant.Of(kernel.ValuesPerHead));
    }

    /// <summary>Adds a row's key and value.</summary>
    public void Add(CodeBuilder code, Expr key, Expr? norm, Expr value) =>
        code.Call(LinearStateLowering.AddName(_kernel), norm is null ? [_state, _sum, key, value] : [_state, _sum, key, norm, value]);

    /// <summary>Computes the result of one query.</summary>
    public void Read(CodeBuilder code, Expr query, Expr output) =>
        code.Call(LinearStateLowering.ReadName(_kernel), _state, _sum, query, output);
}
