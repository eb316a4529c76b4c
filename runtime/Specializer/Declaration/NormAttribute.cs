using System;

namespace Specializer;

/// <summary>
/// Declares the norms: one before the attention, one before the feed-forward block, and one after the last layer. The pre-norm
/// arrangement is that of Xiong et al. 2020.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NormAttribute : Attribute
{
    /// <summary>Declares the norms.</summary>
    /// <param name="kind">The kind of norm.</param>
    public NormAttribute(NormKind kind) => Kind = kind;

    /// <summary>The kind of norm.</summary>
    public NormKind Kind { get; }

    /// <summary>The ε of the formula; <c>rms_norm_eps</c>, <c>layer_norm_eps</c>. The default is 1e-5.</summary>
    public float Epsilon { get; set; } = 1e-5f;

    /// <summary>Whether the norms have no bias. RMSNorm never has one; LayerNorm has one by default.</summary>
    public bool NoBias { get; set; }

    /// <summary>
    /// Whether the checkpoint stores the weights minus one, so that the factor is 1 + w (Gemma). The default is false.
    /// </summary>
    public bool UnitOffset { get; set; }

    /// <summary>Whether no norm follows the last layer. The default is false.</summary>
    public bool NoFinalNorm { get; set; }
}
