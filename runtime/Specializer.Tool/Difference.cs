using System;

namespace Specializer.Tool;

/// <summary>How far two results lie apart.</summary>
/// <param name="Largest">The largest difference of two values; not a number if any value is none.</param>
/// <param name="Scale">The largest absolute value of the first.</param>
internal readonly record struct Difference(float Largest, float Scale)
{
    /// <summary>
    /// What two float32 implementations may differ by, of the largest value: some ten layers of sums in another order
    /// differ by 1e-6 to 1e-5; a wrong formula by more than 1e-2.
    /// </summary>
    public const float Allowed = 1e-3f;

    /// <summary>Whether the difference is one of rounding.</summary>
    public bool IsRounding => Largest <= Allowed * MathF.Max(Scale, 1e-6f);

    public static Difference Between(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        if (expected.Length != found.Length)
        {
            return new Difference(float.NaN, float.NaN);
        }

        float largest = 0,
            scale = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            float difference = MathF.Abs(expected[i] - found[i]);
            largest = float.IsNaN(difference) || float.IsNaN(largest) ? float.NaN : MathF.Max(largest, difference);
            scale = MathF.Max(scale, MathF.Abs(expected[i]));
        }

        return new Difference(largest, scale);
    }
}
