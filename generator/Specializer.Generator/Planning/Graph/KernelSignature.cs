using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Specifies a method of a kernel.</summary>
internal enum KernelPart
{
    /// <summary>The computation itself.</summary>
    Compute,

    /// <summary>Attention: rotates queries and keys, and appends keys and values to the cache.</summary>
    Append,

    /// <summary>Attention to another sequence: scales queries.</summary>
    PrepareQueries,
}

/// <summary>The signature of one method of a kernel.</summary>
/// <param name="Part">The method.</param>
/// <param name="Parameters">Its parameters in order.</param>
internal sealed record KernelSignature(KernelPart Part, EquatableArray<KernelParameter> Parameters)
{
    /// <summary>The type of the result; null for none.</summary>
    public ParameterType? Result { get; init; }

    /// <summary>Creates a signature whose last parameters divide the rows among the workers.</summary>
    /// <param name="part">The method.</param>
    /// <param name="parameters">The parameters before the number of rows.</param>
    public static KernelSignature OverRows(KernelPart part, params IEnumerable<KernelParameter> parameters) =>
        OnWorkers(part, [.. parameters, KernelParameters.Rows]);

    /// <summary>Creates a signature whose last parameters are the worker and the number of workers.</summary>
    /// <param name="part">The method.</param>
    /// <param name="parameters">The parameters before those.</param>
    public static KernelSignature OnWorkers(KernelPart part, params IEnumerable<KernelParameter> parameters) =>
        new(part, new EquatableArray<KernelParameter>([.. parameters, KernelParameters.Worker, KernelParameters.Workers]));
}
