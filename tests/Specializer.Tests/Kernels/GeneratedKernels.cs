using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.CompilerServices;
using Specializer.TestKit;
using Specializer.Tests.Models;

namespace Specializer.Tests.Kernels;

/// <summary>All kernels of a model on one instruction set, found by the facts that are generated with them, so that none goes untested.</summary>
internal sealed unsafe class GeneratedKernels
{
    private readonly DeclaredModel _model;
    private readonly InstructionSet _instructionSet;

    /// <summary>Finds the kernels of a model for an instruction set.</summary>
    public GeneratedKernels(DeclaredModel model, InstructionSet instructionSet)
    {
        _model = model;
        _instructionSet = instructionSet;
    }

    /// <summary>The linear kernels.</summary>
    public IEnumerable<LinearKernel> Linear => Facts(_model).Where(static kernel => kernel.Kind == KernelKind.Linear).Select(Bind);

    /// <summary>The norm.</summary>
    public RowsFunction Norm => Single<RowsFunction>(KernelKind.Norm);

    /// <summary>The look-up of embeddings.</summary>
    public EmbedFunction Embed => Single<EmbedFunction>(KernelKind.Embed);

    /// <summary>The search for the highest logit.</summary>
    public HighestFunction Highest => Single<HighestFunction>(KernelKind.ArgMax);

    /// <summary>Attention over the cache.</summary>
    public AttendFunction Attend => Single<AttendFunction>(KernelKind.Attend);

    /// <summary>Rotation and appending to the cache.</summary>
    public AppendFunction Append
    {
        get
        {
            if (_model.Architecture.Rotary is not null)
            {
                return Single<AppendFunction>(KernelKind.Append);
            }

            PlainAppendFunction append = Single<PlainAppendFunction>(KernelKind.Append);
            return (projected, _, queries, keys, values, position, rows, worker, workers) =>
                append(projected, queries, keys, values, position, rows, worker, workers);
        }
    }

    /// <summary>Returns the facts about all kernels of a model.</summary>
    public static IReadOnlyList<KernelInfo> Facts(DeclaredModel model) => GeneratedKernelTable.Facts(model.Class);

    private LinearKernel Bind(KernelInfo kernel)
    {
        if (kernel.Bias)
        {
            return new LinearKernel(kernel, Function<LinearFunction>(kernel));
        }

        RowsFunction unbiased = Function<RowsFunction>(kernel);
        return new LinearKernel(
            kernel,
            (input, weights, _, output, rows, worker, workers) => unbiased(input, weights, output, rows, worker, workers)
        );
    }

    private TFunction Single<TFunction>(KernelKind kind)
        where TFunction : Delegate => Function<TFunction>(Facts(_model).Single(kernel => kernel.Kind == kind));

    private TFunction Function<TFunction>(KernelInfo kernel)
        where TFunction : Delegate => GeneratedKernelTable.Method(_model.Class, _instructionSet, kernel).CreateDelegate<TFunction>();
}
