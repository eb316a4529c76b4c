using System.Collections.Generic;

namespace Specializer.Generator.Kernels.Ir;

/// <summary>How the JIT compiler treats a method.</summary>
internal enum Compilation
{
    Default,

    /// <summary>Inlined into its callers.</summary>
    Inlined,

    /// <summary>Compiled with all optimizations before its first call.</summary>
    Optimized,
}

/// <summary>A parameter of a method.</summary>
/// <param name="Variable">Its name and type.</param>
/// <param name="IsReference">Whether it is passed by reference.</param>
internal readonly record struct Parameter(Variable Variable, bool IsReference = false);

/// <summary>A method of the kernels.</summary>
/// <param name="name">Its name.</param>
/// <param name="returns">The type of its result.</param>
/// <param name="parameters">Its parameters.</param>
/// <param name="body">Its statements.</param>
internal sealed class KernelMethod(string name, DataType returns, IReadOnlyList<Parameter> parameters, IReadOnlyList<Stmt> body)
{
    public string Name { get; } = name;

    public DataType Returns { get; } = returns;

    public IReadOnlyList<Parameter> Parameters { get; } = parameters;

    public IReadOnlyList<Stmt> Body { get; } = body;

    /// <summary>Gets the remark before the method.</summary>
    public string? Comment { get; init; }

    /// <summary>Gets whether a session calls the method.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Gets how the JIT compiler treats the method.</summary>
    public Compilation Compilation { get; init; }

    /// <summary>Gets whether the method is printed as an expression, the value that it returns.</summary>
    public bool IsExpression { get; init; }

    /// <summary>Gets whether the method is shared by layers and compiled for each by itself, with the layer's constants.</summary>
    public bool IsSharedByLayers { get; init; }
}
