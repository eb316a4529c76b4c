using System;

namespace Specializer.Benchmarks;

/// <summary>A generated kernel with its operations and bytes.</summary>
/// <param name="Name">
/// The kind: "linear", "gated-linear", "logits", "attention", "norm", "append", "embed", "gather", "pool" or "highest".
/// </param>
/// <param name="Shape">The shape, such as "768x2304" for 768 inputs and 2304 outputs, with its fused operations.</param>
/// <param name="Operations">
/// Floating-point operations for a number of rows, a multiply-add counted as two; 0 if it only moves data.
/// </param>
/// <param name="Bytes">The bytes of weights, cache or rows that it reads and, if it only moves data, writes.</param>
/// <param name="Run">Runs it on a number of rows as one of several workers.</param>
internal sealed record MeasuredKernel(
    string Name,
    string Shape,
    Func<int, double> Operations,
    Func<int, long> Bytes,
    Action<int, int, int> Run
)
{
    /// <summary>Runs the generic engine's kernel for the same shape; null if there is none.</summary>
    public Action<int, int, int>? RunGeneric { get; init; }

    /// <summary>The maximum number of rows that a session passes.</summary>
    public int MostRows { get; init; } = KernelMemory.Rows;

    /// <summary>Whether it mainly moves and rotates rows, so that reading is its limit.</summary>
    public bool Moves => Name is "norm" or "append" or "embed" or "gather" or "pool" or "highest";
}
