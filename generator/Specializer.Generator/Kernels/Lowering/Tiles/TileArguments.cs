using System.Collections.Generic;
using Specializer.Generator.Kernels.Ir;

namespace Specializer.Generator.Kernels.Lowering;

/// <summary>The parameters of a tile's method, or the arguments in a call of it. A family takes only those that its shape needs.</summary>
/// <param name="Input">The first input row.</param>
/// <param name="Weights">The weights.</param>
/// <param name="Output">The first output row.</param>
internal sealed record TileArguments(Expr Input, Expr Weights, Expr Output)
{
    /// <summary>Gets the floats from one output row to the next.</summary>
    public Expr? OutputStride { get; init; }

    /// <summary>Gets the bias, or the factors of the output, from which the sums start.</summary>
    public Expr? Start { get; init; }

    /// <summary>Gets the depth.</summary>
    public Expr? Depth { get; init; }

    /// <summary>Gets the address of the next line to prefetch for later tiles.</summary>
    public Expr? Ahead { get; init; }

    /// <summary>Adds the parameters of a family to a method.</summary>
    public static TileArguments Declare(CodeBuilder code, TileShape shape) =>
        // Initializers run in this order, which is that of the parameters.
        new(code.Pointer("input"), code.Pointer("weights"), code.Pointer("output"))
        {
            OutputStride = TakesOutputStride(shape) ? code.Parameter("outputStride", DataType.NInt) : null,
            Start = TakesStart(shape) ? code.Pointer(shape.Start == TileStart.Bias ? "bias" : "factors") : null,
            Depth = TakesDepth(shape) ? code.Parameter("depth", DataType.NInt) : null,
            Ahead = TakesAhead(shape) ? code.Pointer("ahead") : null,
        };

    /// <summary>Returns the arguments that a family takes, in the order of its parameters.</summary>
    public IEnumerable<Expr> For(TileShape shape)
    {
        yield return Input;
        yield return Weights;
        yield return Output;
        if (TakesOutputStride(shape))
        {
            yield return OutputStride!;
        }

        if (TakesStart(shape))
        {
            yield return Start!;
        }

        if (TakesDepth(shape))
        {
            yield return Depth!;
        }

        if (TakesAhead(shape))
        {
            yield return Ahead!;
        }
    }

    private static bool TakesOutputStride(TileShape shape) => shape.OutputStride is null;

    private static bool TakesStart(TileShape shape) => shape.Start != TileStart.Zero;

    private static bool TakesDepth(TileShape shape) => shape.KnownMultiple is null;

    private static bool TakesAhead(TileShape shape) => (shape.Prefetch & TilePrefetch.Ahead) != 0;
}
