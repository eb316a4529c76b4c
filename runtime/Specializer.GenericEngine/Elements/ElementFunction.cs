namespace Specializer.GenericEngine;

/// <summary>The functions that a linear layer can apply to its results, element by element.</summary>
internal enum ElementFunction
{
    /// <summary>x.</summary>
    Identity,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>max(x, 0)².</summary>
    SquaredRelu,

    /// <summary>x · Φ(x), Φ the standard normal distribution.</summary>
    Gelu,

    /// <summary>0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    GeluTanh,

    /// <summary>x · σ(1.702 x), σ the logistic function.</summary>
    GeluQuick,

    /// <summary>x · σ(x).</summary>
    Silu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ).</summary>
    Logistic,
}
