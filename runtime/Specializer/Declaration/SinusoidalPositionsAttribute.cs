using System;

namespace Specializer;

/// <summary>
/// Declares sinusoidal positions that are added to the token embeddings: sines and cosines of position / 10000^(2i / DModel)
/// (Vaswani et al. 2017, section 3.5). DModel must be even.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SinusoidalPositionsAttribute : Attribute
{
    /// <summary>
    /// Whether sines and cosines alternate, as printed in the paper. The default is false: all sines precede all cosines, as in
    /// Marian.
    /// </summary>
    public bool Interleaved { get; set; }

    /// <summary>The number of the first position. The default is 0; OpenNMT starts at 1.</summary>
    public int First { get; set; }

    /// <summary>
    /// Whether the last frequency is exactly 1 / 10000: position · 10000^(−i / (DModel / 2 − 1)) (tensor2tensor, fairseq,
    /// OpenNMT). The default is false: the frequencies end one step earlier, as printed in the paper.
    /// </summary>
    public bool Endpoint { get; set; }
}
