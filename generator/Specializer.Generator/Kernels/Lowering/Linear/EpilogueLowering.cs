using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Kernels.Targets;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>Lowers the computation of results from the sums of a tile, while these are still in the first-level cache.</summary>
internal sealed class EpilogueLowering(LinearKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
{
    private readonly CodeBuilder _code = new();
    private readonly Vectors _vectors = target.Vectors;

    /// <summary>Returns the method for a kernel, or null if a tile's sums are the results.</summary>
    public static KernelMethod? Lower(LinearKernel kernel, InstructionSetDescription target, RequiredFunctions functions)
    {
        LinearEpilogue epilogue = kernel.Epilogue;
        return !kernel.KeepsSums && epilogue.Activation is null && epilogue.SoftCap <= 0 && epilogue.Clip <= 0 && epilogue.Scale == 1
            ? null
            : new EpilogueLowering(kernel, target, functions).Lower();
    }

    private KernelMethod Lower()
    {
        bool isGated = kernel.Epilogue.Gated;
        Variable? sums = kernel.KeepsSums ? _code.Pointer("sums") : null;
        Variable output = _code.Pointer("output"),
            rows = _code.Int("rows"),
            vectors = _code.Int("vectors");
        Assign[] next =
        [
            new(rows, 1, BinaryOp.Subtract),
            .. sums is null ? System.Array.Empty<Assign>() : [new(sums, sums.At(vectors * _vectors.Lanes))],
            new(output, output.At(kernel.OutputStride)),
        ];
        Expr width = (isGated ? vectors / 2 : vectors) * _vectors.Lanes;
        _code.Loop(
            [],
            rows > 0,
            next,
            () =>
                _code.For(
                    "i",
                    0,
                    width,
                    _vectors.Lanes,
                    i =>
                        _code.Store(
                            sums is null ? Result(_vectors.Load(output.At(i)))
                                : isGated ? Result(_vectors.Load(sums.At(2 * i))) * _vectors.Load(sums.At((2 * i) + _vectors.Lanes))
                                : kernel.Epilogue.Scale == 1 ? _vectors.Load(output.At(i)) + Result(_vectors.Load(sums.At(i)))
                                : _vectors.MultiplyAdd(
                                    _vectors.Load(output.At(i)),
                                    _vectors.Load(sums.At(i)),
                                    _vectors.Broadcast(kernel.Epilogue.Scale)
                                ),
                            output.At(i)
                        )
                )
        );
        return _code.Method(
            kernel.Name + "Finish",
            comment: isGated ? "Vectors of gates and vectors of the values that they gate alternate."
                : sums is not null ? "Scaled sums are added to the output."
                : null
        );
    }

    /// <summary>The result for a sum.</summary>
    private Expr Result(Expr sum)
    {
        LinearEpilogue epilogue = kernel.Epilogue;
        if (epilogue.Activation is { } activation)
        {
            return functions.Activation(activation, sum);
        }

        if (epilogue.SoftCap > 0)
        {
            return functions.HyperbolicTangent(Scaled(sum) * (1 / (Expr)epilogue.SoftCap)) * epilogue.SoftCap;
        }

        // NaN stays NaN.
        return epilogue.Clip > 0
            ? _vectors.Minimum(_vectors.Maximum(sum, _vectors.Broadcast(-epilogue.Clip)), _vectors.Broadcast(epilogue.Clip))
            : Scaled(sum);
    }

    private Expr Scaled(Expr sum) => kernel.Epilogue.Scale == 1 ? sum : sum * kernel.Epilogue.Scale;
}
