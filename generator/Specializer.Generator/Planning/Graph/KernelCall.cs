using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Specifies the rows of a call.</summary>
internal enum CallScope
{
    /// <summary>All rows of the chunk.</summary>
    Chunk,

    /// <summary>The rows of one sequence at a time.</summary>
    EachSequence,

    /// <summary>The rows of one of the inputs that an encoder processes together.</summary>
    EachInput,

    /// <summary>The rows of the chunk's global tokens.</summary>
    GlobalTokens,

    /// <summary>The rows of embeddings that a prefix begins with.</summary>
    GivenRows,
}

/// <summary>Specifies the barrier after a call.</summary>
internal enum Barrier
{
    /// <summary>All workers synchronize before the next call.</summary>
    Always,

    /// <summary>Workers synchronize if there are several rows. With one row, a worker reads only its own results.</summary>
    SeveralRows,

    /// <summary>Workers do not synchronize.</summary>
    None,
}

/// <summary>A call of a kernel: the value of each of its parameters, in the order of its signature.</summary>
/// <param name="Kernel">The method.</param>
/// <param name="Scope">The rows.</param>
/// <param name="Barrier">The barrier after the call.</param>
/// <param name="Arguments">The values of the parameters.</param>
internal sealed record KernelCall(KernelRef Kernel, CallScope Scope, Barrier Barrier, EquatableArray<Argument> Arguments)
{
    /// <summary>
    /// Binds the parameters of a kernel. Parameters that distribute rows are bound to the session's values by default.
    /// </summary>
    public static KernelCall Of(
        KernelRef kernel,
        CallScope scope,
        Barrier barrier,
        params (KernelParameter Parameter, Argument Value)[] bindings
    ) => new(kernel, scope, barrier, Bind(kernel, bindings));

    /// <summary>Creates a call over all rows of the chunk, after which all workers synchronize.</summary>
    public static KernelCall Of(KernelRef kernel, params (KernelParameter Parameter, Argument Value)[] bindings) =>
        Of(kernel, CallScope.Chunk, Barrier.Always, bindings);

    /// <summary>Returns the call with other values of some parameters.</summary>
    public KernelCall With(params (KernelParameter Parameter, Argument Value)[] bindings) =>
        this with
        {
            Arguments = Bind(
                Kernel,
                [
                    .. bindings,
                    .. Kernel
                        .Signature.Parameters.Zip(Arguments, static (parameter, value) => (parameter, value))
                        .Where(pair => bindings.All(binding => binding.Parameter != pair.parameter)),
                ]
            ),
        };

    private static EquatableArray<Argument> Bind(KernelRef kernel, IReadOnlyList<(KernelParameter Parameter, Argument Value)> bindings)
    {
        EquatableArray<KernelParameter> parameters = kernel.Signature.Parameters;
        foreach ((KernelParameter parameter, _) in bindings)
        {
            if (!parameters.Contains(parameter))
            {
                throw new InvalidOperationException($"{kernel.Kernel} has no parameter '{parameter.Name}'.");
            }
        }

        return new EquatableArray<Argument>(
            parameters.Select(parameter =>
                bindings.FirstOrDefault(binding => binding.Parameter == parameter).Value
                ?? Default(parameter)
                ?? throw new InvalidOperationException($"{kernel.Kernel}: the parameter '{parameter.Name}' has no value.")
            )
        );
    }

    private static Argument? Default(KernelParameter parameter) =>
        parameter == KernelParameters.Position ? new SessionArgument(SessionValue.Position)
        : parameter == KernelParameters.Rows ? new SessionArgument(SessionValue.Rows)
        : parameter == KernelParameters.Worker ? new SessionArgument(SessionValue.Worker)
        : parameter == KernelParameters.Workers ? new SessionArgument(SessionValue.Workers)
        : null;
}
