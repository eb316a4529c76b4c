#if GENERATOR
namespace Specializer.Generator.Architecture;

#else
namespace Specializer;

#endif

/// <summary>The activation between the two linear layers of a feed-forward block.</summary>
#if GENERATOR
internal
#else
public
#endif
enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · Φ(x) with the exact normal distribution, 0.5 x (1 + erf(x/√2)) (Hendrycks and Gimpel 2016); <c>gelu</c>.</summary>
    Gelu,

    /// <summary>0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel 2016); <c>gelu_new</c>, <c>gelu_pytorch_tanh</c>.</summary>
    GeluTanh,

    /// <summary>x · σ(1.702 x) (Hendrycks and Gimpel 2016); <c>quick_gelu</c>.</summary>
    GeluQuick,

    /// <summary>x · σ(x) (Elfwing et al. 2018; Swish with β = 1); <c>silu</c>, <c>swish</c>.</summary>
    Silu,

    /// <summary>max(x, 0)² (So et al. 2021, Primer).</summary>
    SquaredRelu,

    /// <summary>Gated: max(gate, 0) · up (Shazeer 2020).</summary>
    ReGlu,

    /// <summary>Gated: GELU(gate) · up with the exact GELU (Shazeer 2020).</summary>
    GeGlu,

    /// <summary>Gated: GELU(gate) · up with the tanh approximation (Gemma, T5 v1.1).</summary>
    GeGluTanh,

    /// <summary>Gated: SiLU(gate) · up (Shazeer 2020; LLaMA).</summary>
    SwiGlu,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>x · tanh(ln(1 + eˣ)) (Misra 2019).</summary>
    Mish,
}
