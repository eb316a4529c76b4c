using System;

namespace Specializer;

/// <summary>
/// Declares the norms: one before the attention, one before the feed-forward block, and one after the last layer (the
/// pre-norm arrangement of Xiong et al. 2020).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NormAttribute : Attribute
{
    /// <summary>Declares the norms.</summary>
    /// <param name="kind">The formula.</param>
    public NormAttribute(NormKind kind) => Kind = kind;

    /// <summary>The formula.</summary>
    public NormKind Kind { get; }

    /// <summary>The ε of the formula; <c>rms_norm_eps</c>, <c>layer_norm_eps</c>. Default: 1e-5.</summary>
    public float Epsilon { get; set; } = 1e-5f;

    /// <summary>Whether the norms add no bias; RMSNorm never does. Default: LayerNorm adds one.</summary>
    public bool NoBias { get; set; }

    /// <summary>Whether the checkpoint holds the weights less one, so that 1 + w is multiplied (Gemma). Default: no.</summary>
    public bool UnitOffset { get; set; }

    /// <summary>Whether there is no norm behind the last layer. Default: there is one.</summary>
    public bool NoFinalNorm { get; set; }
}
