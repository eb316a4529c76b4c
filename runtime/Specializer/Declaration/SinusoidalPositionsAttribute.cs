using System;

namespace Specializer;

/// <summary>
/// Declares sinusoidal positions that are added to the token embeddings: sines and cosines of
/// position / 10000^(2i / DModel) (Vaswani et al. 2017, section 3.5). DModel must be even.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SinusoidalPositionsAttribute : Attribute
{
    /// <summary>
    /// Whether sines and cosines take turns, as printed in the paper. Default: no, first all sines and then all cosines,
    /// as in Marian.
    /// </summary>
    public bool Interleaved { get; set; }
}
