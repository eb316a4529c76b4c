using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>What a linear kernel does with a sum before it stores it, in this order.</summary>
/// <param name="Bias">Adds a bias.</param>
/// <param name="Activation">Applies an activation, to the gate if <paramref name="Gated"/>.</param>
/// <param name="Gated">Multiplies the activated gate with the up projection.</param>
/// <param name="AddToOutput">Adds to what the output holds (the residual stream) instead of replacing it.</param>
/// <param name="SoftCap">c of c · tanh(output / c), the last thing; 0 for none.</param>
/// <param name="Scale">What the sum and its bias are multiplied with, before anything else; 1 for nothing.</param>
/// <param name="Clip">c where the sum and its bias are clipped to [−c, c], which excludes everything else; 0 for none.</param>
internal sealed record LinearEpilogue(
    bool Bias,
    ActivationFunction? Activation,
    bool Gated,
    bool AddToOutput,
    float SoftCap = 0,
    float Scale = 1,
    float Clip = 0
);
