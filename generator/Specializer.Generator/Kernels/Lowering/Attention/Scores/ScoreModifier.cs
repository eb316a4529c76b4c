using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.Generator.Emission.InstructionSets;
using Specializer.Generator.Kernels.Ir;
using Specializer.Generator.Planning;

namespace Specializer.Generator.Kernels.Lowering.Attention.Scores;

/// <summary>
/// A change of scores before the softmax, as a score_mod of FlexAttention. To add one is to add a class, and to name it in
/// <see cref="Of"/>.
/// </summary>
internal abstract class ScoreModifier
{
    /// <summary>Gets the parameter with a table of the heads, if there is one.</summary>
    public virtual KernelParameter? Table => null;

    /// <summary>Gets the number of floats in the table that belong to one key/value head.</summary>
    public virtual long TableFloatsPerHead => 0;

    /// <summary>Gets the name of the method that the modifier calls; null where it calls none.</summary>
    public virtual string? MethodName => null;

    /// <summary>The modifiers of a kernel, in their order.</summary>
    public static IEnumerable<ScoreModifier> Of(AttentionKernel kernel) => Of(kernel, Visibility.Of(kernel));

    /// <summary>The modifiers of a kernel, in their order.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="visibility">The mask of its queries.</param>
    public static IEnumerable<ScoreModifier> Of(AttentionKernel kernel, Visibility visibility)
    {
        if (kernel.Attention.SoftCap > 0)
        {
            yield return new SoftCap(kernel.Attention.SoftCap);
        }

        switch (kernel.Attention.Positions)
        {
            case AlibiPositions:
                yield return new LinearBias(kernel);
                break;
            case RelativePositions:
                yield return new RelativeBias(kernel);
                break;
        }

        if (visibility.Locality is { } locality)
        {
            yield return locality;
        }
    }

    /// <summary>Adds the statements that change the scores of one query.</summary>
    public abstract void Modify(ScoreRow row);

    /// <summary>The method that the modifier calls.</summary>
    /// <param name="target">The target.</param>
    /// <param name="functions">Takes the vector functions that the method calls.</param>
    public virtual KernelMethod? Method(InstructionSetDescription target, RequiredFunctions functions) => null;
}
