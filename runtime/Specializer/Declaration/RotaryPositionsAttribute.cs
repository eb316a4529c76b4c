using System;

namespace Specializer;

/// <summary>
/// Declares rotary positions (Su et al. 2021, RoFormer): pair i of every query and key head is turned by
/// position · Base^(−2i / RotaryDim) radians.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RotaryPositionsAttribute : Attribute
{
    /// <summary>The base of the frequencies, θ; <c>rope_theta</c>. Default: 10,000.</summary>
    public double Base { get; set; } = 10_000;

    /// <summary>
    /// Beside a config.json whose layers with a window have a base of their own (Gemma 3), that base; <c>rope_local_base_freq</c>.
    /// 0, the default, leaves the file's. <see cref="Base"/> and <see cref="Scaling"/> are for the other layers then.
    /// </summary>
    public double WindowBase { get; set; }

    /// <summary>Which elements are turned together. Default: the two halves, as in Hugging Face checkpoints.</summary>
    public RotaryPairing Pairing { get; set; }

    /// <summary>
    /// How many of a head's first elements are turned; the others are left as they are. Even, at most the head's
    /// width. 0, the default, turns all.
    /// </summary>
    public int RotaryDim { get; set; }

    /// <summary>How the frequencies are changed for longer contexts; <c>rope_scaling</c>. Default: not at all.</summary>
    public FrequencyScaling Scaling { get; set; }

    /// <summary>How many times longer the context becomes; <c>factor</c>. At least 1. Default: 1.</summary>
    public double Factor { get; set; } = 1;

    /// <summary>
    /// The context of the first training, in positions; <c>original_max_position_embeddings</c>. Required for
    /// <see cref="FrequencyScaling.Llama3"/> and <see cref="FrequencyScaling.Yarn"/>.
    /// </summary>
    public int OriginalContextLength { get; set; }

    /// <summary>The turns over the original context up to which LLaMA 3.1 interpolates a pair; <c>low_freq_factor</c>. Default: 1.</summary>
    public double LowFrequencyFactor { get; set; } = 1;

    /// <summary>The turns over the original context from which on LLaMA 3.1 keeps a pair; <c>high_freq_factor</c>. Default: 4.</summary>
    public double HighFrequencyFactor { get; set; } = 4;

    /// <summary>The turns over the original context from which on YaRN keeps a pair; <c>beta_fast</c>. Default: 32.</summary>
    public double BetaFast { get; set; } = 32;

    /// <summary>The turns over the original context up to which YaRN interpolates a pair; <c>beta_slow</c>. Default: 1.</summary>
    public double BetaSlow { get; set; } = 1;

    /// <summary>
    /// What YaRN multiplies cosines and sines with; <c>attention_factor</c>. 0, the default, takes
    /// 0.1 ln(<see cref="Factor"/>) + 1 (Peng et al. 2023, equation 22).
    /// </summary>
    public double AttentionFactor { get; set; }
}
