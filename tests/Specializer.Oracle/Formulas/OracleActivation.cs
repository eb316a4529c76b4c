namespace Specializer.Oracle;

/// <summary>The activations of <see cref="Activations"/>.</summary>
public enum OracleActivation
{
    /// <summary><see cref="Activations.Relu"/></summary>
    Relu,

    /// <summary><see cref="Activations.SquaredRelu"/></summary>
    SquaredRelu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary><see cref="Activations.Gelu"/>, the exact form with the error function.</summary>
    Gelu,

    /// <summary><see cref="Activations.GeluTanh"/></summary>
    GeluTanh,

    /// <summary><see cref="Activations.GeluQuick"/></summary>
    GeluQuick,

    /// <summary><see cref="Activations.Silu"/></summary>
    Silu,

    /// <summary><see cref="Activations.Mish"/></summary>
    Mish,
}
