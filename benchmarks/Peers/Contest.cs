using System;
using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>One computation that several engines carry out, each with the same weights and as many threads.</summary>
/// <param name="What">What is computed: "prefill 128".</param>
/// <param name="Model">The model, or the shape of a kernel.</param>
/// <param name="Threads">The threads of each engine.</param>
/// <param name="Amount">How much of the unit one run does.</param>
/// <param name="Unit">What is counted per second: "tokens", "GFLOP".</param>
/// <param name="Contestants">Who takes part; the first is ours, to whom the others are compared.</param>
internal sealed record Contest(string What, string Model, int Threads, double Amount, string Unit, IReadOnlyList<Contestant> Contestants)
{
    /// <summary>For how long each repeats it in one turn.</summary>
    public double SecondsPerTurn { get; init; } = 0.06;
}

/// <summary>One engine in a contest.</summary>
/// <param name="Engine">Its name, with the type of its weights.</param>
/// <param name="Run">Does the computation once.</param>
/// <param name="Result">What the last run computed.</param>
/// <param name="Tolerance">
/// How far its results may be from ours, of the largest of ours: more where it keeps weights, keys or values in a narrower type.
/// </param>
internal sealed record Contestant(string Engine, Action Run, Func<float[]> Result, double Tolerance = 1e-3)
{
    /// <summary>Releases what it holds, once the contest is over.</summary>
    public Action? Release { get; init; }
}

/// <summary>What one engine reached in a contest.</summary>
/// <param name="Contest">The contest.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Rate">The median of what it did per second.</param>
/// <param name="Ours">How many times as fast ours is, turn by turn.</param>
/// <param name="Difference">The largest difference between its results and ours, of the largest of ours.</param>
/// <param name="Agrees">Whether that is within what the engine's types allow.</param>
internal sealed record ContestRow(Contest Contest, string Engine, double Rate, Spread Ours, double Difference, bool Agrees);
