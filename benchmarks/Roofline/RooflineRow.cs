namespace Specializer.Benchmarks;

/// <summary>One measured kernel or whole model, beside the limit that it could reach.</summary>
/// <param name="Name">"linear", "gated-linear", "attention", "norm", "prefill" or "decode".</param>
/// <param name="Model">The model whose shape it is.</param>
/// <param name="Shape">The kernel's shape; none for a whole model.</param>
/// <param name="Rows">Positions that were computed together.</param>
/// <param name="Gigaflops">10⁹ floating-point operations per second, a multiply-add counted as two.</param>
/// <param name="GigabytesPerSecond">Weights, cache or activations read, 10⁹ bytes per second; none where arithmetic is the limit.</param>
/// <param name="Percent">Of the limit: of the multiply-adds' peak, or of the reading rate of the level where the data lies, whichever takes longer.</param>
/// <param name="Limit">What the limit is: "fma", "memory", "l3" or "l2".</param>
/// <param name="TokensPerSecond">For whole models.</param>
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
