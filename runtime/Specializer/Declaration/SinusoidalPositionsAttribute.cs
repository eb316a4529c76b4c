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

    /// <summary>The number that the first position has. Default: 0; OpenNMT counts from 1.</summary>
    public int First { get; set; }

    /// <summary>
    /// Whether the frequencies end at 1 / 10000 exactly: position · 10000^(−i / (DModel / 2 − 1)) (tensor2tensor, fairseq,
    /// OpenNMT). Default: no, one step before it, as printed in the paper.
    /// </summary>
    public bool Endpoint { get; set; }
}
