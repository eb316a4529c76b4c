namespace Specializer.Benchmarks;

/// <summary>A measured kernel or whole model with its limit.</summary>
/// <param name="Name">"linear", "gated-linear", "attention", "norm", "prefill" or "decode".</param>
/// <param name="Model">The model with this shape.</param>
/// <param name="Shape">The shape of the kernel; null for a whole model.</param>
/// <param name="Rows">The number of positions that are computed together.</param>
/// <param name="Gigaflops">10⁹ floating-point operations per second, a multiply-add counted as two.</param>
/// <param name="GigabytesPerSecond">Weights, cache or activations read, 10⁹ bytes per second; null if arithmetic is the limit.</param>
/// <param name="Percent">
/// The percentage of the limit: the multiply-add peak, or the read rate of the data's cache level, whichever takes longer.
/// </param>
/// <param name="Limit">The limit: "fma", "memory", "l3" or "l2".</param>
/// <param name="TokensPerSecond">The tokens per second of a whole model.</param>
internal sealed record RooflineRow(
    string Name,
    string Model,
    string? Shape,
    int Rows,
    double? Gigaflops,
    double? GigabytesPerSecond,
    double Percent,
    string Limit,
    double? TokensPerSecond
);
