using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The spelling of rotary positions in a family, and the defaults of absent fields.</summary>
internal sealed record RotaryDefaults
{
    /// <summary>The default of the base θ.</summary>
    public double Base { get; init; } = 10_000;

    /// <summary>The fields outside the scaling that contain the base, in order of preference.</summary>
    public string[] BaseFields { get; init; } = ["rope_theta"];

    /// <summary>The default fraction of a head that is rotated.</summary>
    public double Share { get; init; } = 1;

    /// <summary>The fields outside the scaling that contain the fraction; none for families that rotate whole heads.</summary>
    public string[] ShareFields { get; init; } = [];

    /// <summary>The elements that are rotated together.</summary>
    public RotaryPairing Pairing { get; init; }

    /// <summary>
    /// The layer kind whose parameters are read if <c>rope_parameters</c> has an object for each kind; null for all layers.
    /// </summary>
    public string? LayerType { get; init; }

    /// <summary>Whether <c>rope_scaling</c>, which does not distinguish layer kinds, applies to these layers.</summary>
    public bool IsScaled { get; init; } = true;

    /// <summary>The longest context if <c>max_position_embeddings</c> is absent.</summary>
    public int LongestContext { get; init; } = 2048;

    /// <summary>The default of the original context length; null for the longest context.</summary>
    public int? OriginalContext { get; init; }

    /// <summary>Whether <c>su</c> and <c>yarn</c> mean <c>longrope</c>, as in the first files of Phi-3.</summary>
    public bool YarnIsLongRope { get; init; }

    /// <summary>
    /// Whether dynamic scaling with an <c>alpha</c> means a constant base θ · alpha^(d / (d − 2)) for heads of d elements (HunYuan).
    /// </summary>
    public bool ReadsAlpha { get; init; }

    /// <summary>
    /// Whether the axes of image positions may be present (M-RoPE, Qwen2-VL). For text all three axes are equal, so text is
    /// rotated as without them.
    /// </summary>
    public bool HasImageAxes { get; init; }
}
