namespace Specializer;

/// <summary>Specifies the formula of the norms.</summary>
public enum NormKind
{
    /// <summary>x / √(mean(x²) + ε) · w (Zhang and Sennrich 2019, RMSNorm).</summary>
    RootMeanSquare,

    /// <summary>(x − mean) / √(variance + ε) · w + b (Ba et al. 2016, LayerNorm).</summary>
    Layer,
}
