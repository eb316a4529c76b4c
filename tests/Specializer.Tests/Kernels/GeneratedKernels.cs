using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Specializer.CompilerServices;
using Specializer.Tests.Models;

namespace Specializer.Tests.Kernels;

/// <summary>All kernels of a model on one instruction set, found by the facts that are generated with them, so that none goes untested.</summary>
internal sealed unsafe class GeneratedKernels
{
    private const string Namespace = "Specializer.Generated.";

    private readonly DeclaredModel _model;
    private readonly Type _kernels;

    /// <summary>Finds the kernels of a model for an instruction set.</summary>
    public GeneratedKernels(DeclaredModel model, InstructionSet instructionSet)
    {
        _model = model;
        _kernels = TypeOf(model.Class.Assembly, instructionSet + "Kernels");
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
    public static IReadOnlyList<KernelInfo> Facts(DeclaredModel model)
    {
        string name = model.Class.FullName!.Replace('.', '_').Replace('+', '_');
        PropertyInfo table =
            TypeOf(model.Class.Assembly, "KernelTable").GetProperty(name, BindingFlags.NonPublic | BindingFlags.Static)
            ?? throw new ArgumentException($"The table of kernels has no list {name}.", nameof(model));
        return (KernelInfo[])table.GetValue(null)!;
    }

    private static Type TypeOf(Assembly assembly, string name) => assembly.GetType(Namespace + name, throwOnError: true)!;

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
        where TFunction : Delegate =>
        (
            _kernels.GetMethod(kernel.Name, BindingFlags.Public | BindingFlags.Static)
            ?? throw new ArgumentException($"{_kernels} has no kernel {kernel.Name}.", nameof(kernel))
        ).CreateDelegate<TFunction>();
}
