namespace Specializer.Generator.Parsing.Families;

/// <summary>How a family spells its rotary positions, and what absent fields mean.</summary>
internal sealed record RotaryDefaults
{
    /// <summary>θ where no field gives it.</summary>
    public double Base { get; init; } = 10_000;

    /// <summary>The fields beside the scaling that give θ, the current spelling first.</summary>
    public string[] BaseFields { get; init; } = ["rope_theta"];

    /// <summary>The share of a head that is rotated where no field gives it.</summary>
    public double Share { get; init; } = 1;

    /// <summary>The fields beside the scaling that give the share; none for families that rotate whole heads.</summary>
    public string[] ShareFields { get; init; } = [];

    /// <summary>Whether pairs are (2i, 2i + 1).</summary>
    public bool Interleaved { get; init; }

    /// <summary>The kind of layers whose parameters are read where <c>rope_parameters</c> has an object for each kind; null for all layers.</summary>
    public string? LayerType { get; init; }

    /// <summary>Whether <c>rope_scaling</c>, which has no kinds of layers, is meant for these layers.</summary>
    public bool IsScaled { get; init; } = true;

    /// <summary>The longest context where <c>max_position_embeddings</c> is absent.</summary>
    public int LongestContext { get; init; } = 2048;

    /// <summary>The context of the first training where no field gives it; null for the longest.</summary>
    public int? OriginalContext { get; init; }

    /// <summary>Whether <c>su</c> and <c>yarn</c> stand for <c>longrope</c>, as in the first files of Phi-3.</summary>
    public bool YarnIsLongRope { get; init; }

    /// <summary>
    /// Whether the axes of an image's positions may be given (M-RoPE, Qwen2-VL): all three count alike for text, so that text is
    /// rotated as without them.
    /// </summary>
    public bool HasImageAxes { get; init; }
}
