using System;

namespace Specializer;

/// <summary>
/// Declares that an encoder gives one vector for a sequence, made of its last hidden states. Beside a config.json it
/// stands in the place of the head that the file declares; beside that of a decoder it declares the decoder's body, whose states
/// are computed for a whole sequence, after the final norm and without logits.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PoolingAttribute : Attribute
{
    /// <summary>Declares the pooling.</summary>
    /// <param name="kind">How the vector is made.</param>
    public PoolingAttribute(PoolingKind kind) => Kind = kind;

    /// <summary>How the vector is made.</summary>
    public PoolingKind Kind { get; }

    /// <summary>Whether the vector is divided by its Euclidean length, so that products of two are cosines. Default: no.</summary>
    public bool Normalize { get; set; }
}
