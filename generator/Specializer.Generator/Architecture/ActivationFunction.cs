namespace Specializer.Generator.Architecture;

/// <summary>Specifies the function of an <see cref="Activation"/>; whether it is applied to a gate is separate.</summary>
internal enum ActivationFunction
{
    Relu,
    Gelu,
    GeluTanh,
    GeluQuick,
    Silu,
    SquaredRelu,

    /// <summary>For heads only.</summary>
    Tanh,
}

/// <summary>The parts of a declared activation.</summary>
internal static class ActivationParts
{
    /// <summary>Returns the function of an activation.</summary>
    public static ActivationFunction Function(this Activation activation) =>
        activation switch
        {
            Activation.Relu or Activation.ReGlu => ActivationFunction.Relu,
            Activation.Gelu or Activation.GeGlu => ActivationFunction.Gelu,
            Activation.GeluTanh or Activation.GeGluTanh => ActivationFunction.GeluTanh,
            Activation.GeluQuick => ActivationFunction.GeluQuick,
            Activation.Silu or Activation.SwiGlu => ActivationFunction.Silu,
            Activation.SquaredRelu => ActivationFunction.SquaredRelu,

            // A declaration with another number has an error, so its architecture is not used.
            _ => ActivationFunction.Relu,
        };

    /// <summary>Returns whether the function is applied to a gate, which multiplies the up projection.</summary>
    public static bool IsGated(this Activation activation) =>
        activation is Activation.ReGlu or Activation.GeGlu or Activation.GeGluTanh or Activation.SwiGlu;
}
