using System;

namespace Specializer;

/// <summary>
/// Declares rotary positions (Su et al. 2021, RoFormer): pair i of every query and key head is rotated by position · Base^(−2i /
/// RotaryDim) radians.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RotaryPositionsAttribute : Attribute
{
    /// <summary>The base of the frequencies, θ; <c>rope_theta</c>. The default is 10,000.</summary>
    public double Base { get; set; } = 10_000;

    /// <summary>
    /// The base of the layers with a window, for a config.json whose layers have different bases (Gemma 3);
    /// <c>rope_local_base_freq</c>. <see cref="Base"/> and <see cref="Scaling"/> then apply to the other layers. The default, 0,
    /// keeps the base of the file.
    /// </summary>
    public double WindowBase { get; set; }

    /// <summary>The elements that are rotated together. The default pairs the two halves, as in Hugging Face checkpoints.</summary>
    public RotaryPairing Pairing { get; set; }

    /// <summary>
    /// The number of leading elements of a head that are rotated. Must be even and at most the head dimension. The default, 0,
    /// rotates all elements.
    /// </summary>
    public int RotaryDim { get; set; }

    /// <summary>
    /// The scaling of the frequencies for longer contexts; <c>rope_scaling</c>. By default, the frequencies are not scaled.
    /// </summary>
    public FrequencyScaling Scaling { get; set; }

    /// <summary>The factor by which the context is extended; <c>factor</c>. Must be at least 1. The default is 1.</summary>
    public double Factor { get; set; } = 1;

    /// <summary>
    /// The original context length, in positions; <c>original_max_position_embeddings</c>. Required for
    /// <see cref="FrequencyScaling.Llama3"/> and <see cref="FrequencyScaling.Yarn"/>.
    /// </summary>
    public int OriginalContextLength { get; set; }

    /// <summary>
    /// The number of rotations over the original context up to which LLaMA 3.1 interpolates a pair; <c>low_freq_factor</c>. The
    /// default is 1.
    /// </summary>
    public double LowFrequencyFactor { get; set; } = 1;

    /// <summary>
    /// The number of rotations over the original context from which on LLaMA 3.1 keeps a pair unchanged; <c>high_freq_factor</c>.
    /// The default is 4.
    /// </summary>
    public double HighFrequencyFactor { get; set; } = 4;

    /// <summary>
    /// The number of rotations over the original context from which on YaRN keeps a pair unchanged; <c>beta_fast</c>. The default
    /// is 32.
    /// </summary>
    public double BetaFast { get; set; } = 32;

    /// <summary>
    /// The number of rotations over the original context up to which YaRN interpolates a pair; <c>beta_slow</c>. The default is
    /// 1.
    /// </summary>
    public double BetaSlow { get; set; } = 1;

    /// <summary>
    /// The factor of cosines and sines in YaRN; <c>attention_factor</c>. The default, 0, means 0.1 ln(<see cref="Factor"/>) + 1
    /// (Peng et al. 2023, equation 22).
    /// </summary>
    public double AttentionFactor { get; set; }
}
