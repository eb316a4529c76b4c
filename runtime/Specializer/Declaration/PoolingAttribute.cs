using System;

namespace Specializer;

/// <summary>
/// Declares that an encoder returns one vector for a sequence, computed from its last hidden states. With a config.json, it
/// replaces the head that the file declares. With the config.json of a decoder, it declares the body of the decoder: the states
/// of the whole sequence after the final norm, without logits.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PoolingAttribute : Attribute
{
    /// <summary>Declares the pooling.</summary>
    /// <param name="kind">The kind of pooling.</param>
    public PoolingAttribute(PoolingKind kind) => Kind = kind;

    /// <summary>The kind of pooling.</summary>
    public PoolingKind Kind { get; }

    /// <summary>
    /// Whether the vector is divided by its Euclidean length, so that the dot product of two vectors is their cosine similarity.
    /// The default is false.
    /// </summary>
    public bool Normalize { get; set; }
}
