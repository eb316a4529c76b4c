using System;

namespace Specializer.Benchmarks;

/// <summary>A generated kernel with the work it does.</summary>
/// <param name="Name">What it is: "linear", "gated-linear", "logits", "attention", "norm", "append", "embed", "gather", "pool" or "highest".</param>
/// <param name="Shape">Its shape, as in "768x2304" for 768 inputs and 2304 outputs, with what is fused into it.</param>
/// <param name="Operations">Floating-point operations for a number of rows, a multiply-add counted as two; 0 where it only moves.</param>
/// <param name="Bytes">Bytes that it reads and, where it only moves them, writes: weights, the cache, or rows.</param>
/// <param name="Run">Runs it on a number of rows as one of several workers.</param>
internal sealed record MeasuredKernel(
    string Name,
    string Shape,
    Func<int, double> Operations,
    Func<int, long> Bytes,
    Action<int, int, int> Run
)
{
    /// <summary>Runs the generic engine's kernel for the same shape; none if it has none.</summary>
    public Action<int, int, int>? RunGeneric { get; init; }

    /// <summary>The most rows that a session ever gives it.</summary>
    public int MostRows { get; init; } = KernelMemory.Rows;

    /// <summary>Whether it moves and turns rows more than it computes, so that reading is its limit.</summary>
    public bool Moves => Name is "norm" or "append" or "embed" or "gather" or "pool" or "highest";
}
