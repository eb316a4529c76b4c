namespace Specializer.Generator.Architecture;

/// <summary>The parts of an activation: its function, and whether the function is applied to a gate.</summary>
internal static class ActivationParts
{
    /// <summary>Returns the function of an activation, which is an activation without a gate.</summary>
    public static Activation Function(this Activation activation) =>
        activation switch
        {
            Activation.ReGlu => Activation.Relu,
            Activation.GeGlu => Activation.Gelu,
            Activation.GeGluTanh => Activation.GeluTanh,
            Activation.SwiGlu => Activation.Silu,
            _ => activation,
        };

    /// <summary>Returns whether the function is applied to a gate, which multiplies the up projection.</summary>
    public static bool IsGated(this Activation activation) => activation.Function() != activation;
}
