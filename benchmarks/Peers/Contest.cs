using System;
using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>A computation that several engines run with the same weights and the same number of threads.</summary>
/// <param name="What">The computation, such as "prefill 128".</param>
/// <param name="Model">The model, or the shape of a kernel.</param>
/// <param name="Threads">The number of threads of each engine.</param>
/// <param name="Amount">The number of units of one run.</param>
/// <param name="Unit">The unit of the rate: "tokens" or "GFLOP".</param>
/// <param name="Contestants">The engines. The first one is Specializer; the others are compared with it.</param>
internal sealed record Contest(string What, string Model, int Threads, double Amount, string Unit, IReadOnlyList<Contestant> Contestants)
{
    /// <summary>The time for which each engine repeats the computation in one round.</summary>
    public double SecondsPerTurn { get; init; } = 0.06;
}

/// <summary>One engine in a contest.</summary>
/// <param name="Engine">The name, with the type of its weights.</param>
/// <param name="Run">Runs the computation once.</param>
/// <param name="Result">Returns the results of the last run.</param>
/// <param name="Tolerance">
/// The tolerance of its results, relative to the largest result of Specializer. It is larger if weights, keys or values have a
/// narrower type.
/// </param>
internal sealed record Contestant(string Engine, Action Run, Func<float[]> Result, double Tolerance = 1e-3)
{
    /// <summary>Releases the resources after the contest.</summary>
    public Action? Release { get; init; }
}

/// <summary>The result of one engine in a contest.</summary>
/// <param name="Contest">The contest.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Rate">The median rate per second.</param>
/// <param name="Ours">The speed of Specializer relative to the engine, round by round.</param>
/// <param name="Difference">The largest difference of its results, relative to the largest result of Specializer.</param>
/// <param name="Agrees">Whether the difference is within the tolerance.</param>
internal sealed record ContestRow(Contest Contest, string Engine, double Rate, Spread Ours, double Difference, bool Agrees);
