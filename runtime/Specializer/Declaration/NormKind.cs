#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>Specifies the formula of the norms.</summary>
#if GENERATOR
internal
#else
public
#endif
enum NormKind
{
    /// <summary>x / √(mean(x²) + ε) · w (Zhang and Sennrich 2019, RMSNorm).</summary>
    RootMeanSquare,

    /// <summary>(x − mean) / √(variance + ε) · w + b (Ba et al. 2016, LayerNorm).</summary>
    Layer,
}
