using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The operations of a linear kernel on a sum before it stores it, in this order.</summary>
/// <param name="Bias">Whether a bias is added.</param>
/// <param name="Activation">The activation of the sum or, if <paramref name="Gated"/>, of the gate.</param>
/// <param name="Gated">Whether the activated gate is multiplied with the up projection.</param>
/// <param name="AddToOutput">Whether the result is added to the output (the residual stream) instead of replacing it.</param>
/// <param name="SoftCap">The soft cap c of c · tanh(output / c), the last operation; 0 for none.</param>
/// <param name="Scale">The factor of the sum and its bias, before all other operations; 1 for none.</param>
/// <param name="Clip">
/// The limit c if the sum and its bias are clipped to [−c, c], which excludes all other operations; 0 for none.
/// </param>
internal sealed record LinearEpilogue(
    bool Bias,
    Activation? Activation,
    bool Gated,
    bool AddToOutput,
    float SoftCap = 0,
    float Scale = 1,
    float Clip = 0
);
