namespace Specializer.Generator.Architecture;

/// <summary>The positions in the attention.</summary>
internal abstract record AttentionPositions
{
    /// <summary>Returns the positions without the properties on which the code of kernels does not depend.</summary>
    public virtual AttentionPositions ForCode() => this;
}

/// <summary>No positions.</summary>
internal sealed record NoPositions : AttentionPositions;

/// <param name="Base">θ of the frequencies θ^(−2i / RotaryDim).</param>
/// <param name="RotaryDim">The number of leading elements of a head that are rotated; even.</param>
/// <param name="Pairing">The elements that are rotated together: (i, i + RotaryDim / 2) or (2i, 2i + 1).</param>
/// <param name="Scaling">The scaling of the frequencies for longer contexts.</param>
internal sealed record RotaryPositions(double Base, int RotaryDim, RotaryPairing Pairing, FrequencyScalingArchitecture Scaling)
    : AttentionPositions
{
    /// <summary>The grid of patches whose rows and columns are the positions; null for positions in one dimension.</summary>
    public RotaryGrid? Grid { get; init; }

    public override AttentionPositions ForCode() => this with { Base = 0, Scaling = new NoScaling(), Grid = null };
}

/// <summary>
/// Positions in two dimensions (DINOv3). The center of a patch has coordinates from -1 to 1, and the angles are 2π times a
/// coordinate times θ^(−4i / RotaryDim). The first half of the angles depends on the row, the second half on the column.
/// </summary>
/// <param name="Leading">The number of states before the patches, which are not rotated.</param>
/// <param name="Side">The number of patches in each direction.</param>
internal sealed record RotaryGrid(int Leading, int Side);

/// <summary>The scaling of rotary frequencies for longer contexts.</summary>
internal abstract record FrequencyScalingArchitecture;

/// <summary>No scaling.</summary>
internal sealed record NoScaling : FrequencyScalingArchitecture;

/// <summary>Position interpolation: every frequency is divided by the factor (Chen et al. 2023).</summary>
internal sealed record LinearScaling(double Factor) : FrequencyScalingArchitecture;

/// <summary>LLaMA 3.1: low frequencies are divided by the factor, high ones are unchanged, with a ramp between them.</summary>
internal sealed record Llama3Scaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContextLength)
    : FrequencyScalingArchitecture;

/// <summary>YaRN: interpolation by wavelength with a sharpened softmax (Peng et al. 2023).</summary>
internal sealed record YarnScaling(double Factor, int OriginalContextLength, double BetaFast, double BetaSlow, double AttentionFactor)
    : FrequencyScalingArchitecture
{
    /// <summary>Whether the ends of the ramp are rounded to whole pairs.</summary>
    public bool Truncate { get; init; } = true;
}

/// <summary>
/// A base that grows with the sequence (dynamic NTK). Up to the longest context of the file it equals the plain base. Beyond it,
/// cached keys would have to be rotated again at every position, which is not supported.
/// </summary>
internal sealed record DynamicScaling(double Factor, int OriginalContextLength) : FrequencyScalingArchitecture;

/// <summary>LongRoPE: a factor for each frequency (Ding et al. 2024).</summary>
/// <param name="Factors">
/// The factors of sequences longer than <see cref="OriginalContextLength"/>, or of all sequences if there are no others.
/// </param>
/// <param name="AttentionFactor">The factor of cosines and sines for any length.</param>
internal sealed record LongScaling(EquatableArray<double> Factors, double AttentionFactor) : FrequencyScalingArchitecture
{
    /// <summary>
    /// The factors of sequences of up to <see cref="OriginalContextLength"/> positions; empty if <see cref="Factors"/> apply to
    /// all.
    /// </summary>
    public EquatableArray<double> ShortFactors { get; init; } = EquatableArray<double>.Empty;

    /// <summary>The original context length.</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>
    /// Whether the factors of all positions change when a sequence becomes longer than <see cref="OriginalContextLength"/>.
    /// </summary>
    public bool Switches => ShortFactors.Count > 0 && !ShortFactors.Equals(Factors);

    /// <summary>Returns the scaling with the factors of short sequences for all lengths.</summary>
    public LongScaling Short => this with { Factors = ShortFactors, ShortFactors = EquatableArray<double>.Empty };

    /// <summary>
    /// Returns the scaling for sessions of a length: only the short factors, if they never exceed the original length.
    /// </summary>
    public LongScaling For(int contextLength) =>
        contextLength <= OriginalContextLength && ShortFactors.Count == Factors.Count ? Short : this;
}

/// <summary>Linear biases on scores with a slope for each head (Press et al. 2022, ALiBi).</summary>
/// <param name="MaximumBias">The largest exponent: head k of p (a power of two) has the slope 2^(−MaximumBias · k / p).</param>
internal sealed record AlibiPositions(double MaximumBias) : AttentionPositions
{
    public override AttentionPositions ForCode() => this with { MaximumBias = 0 };
}

/// <summary>
/// Relative positions: a learned bias on scores for each head and bucket of distances; one table for all layers (Raffel et al. 2020, T5).
/// </summary>
/// <param name="Buckets">The number of rows of the table.</param>
/// <param name="MaximumDistance">The distance from which on all keys are in the last bucket.</param>
/// <param name="Bidirectional">Whether half of the buckets are for keys after the query; otherwise their distance is 0.</param>
internal sealed record RelativePositions(int Buckets, int MaximumDistance, bool Bidirectional) : AttentionPositions
{
    public override AttentionPositions ForCode() => this with { Buckets = 0, MaximumDistance = 0 };
}
