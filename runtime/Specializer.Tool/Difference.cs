using System;

namespace Specializer.Tool;

/// <summary>The difference of two results.</summary>
/// <param name="Largest">The largest difference of two values; NaN if any value is NaN.</param>
/// <param name="Scale">The largest absolute value of the first result.</param>
internal readonly record struct Difference(float Largest, float Scale)
{
    /// <summary>
    /// The tolerance between two float32 implementations, relative to the largest value. About ten layers of sums in another
    /// order differ by 1e-6 to 1e-5; a wrong formula differs by more than 1e-2.
    /// </summary>
    public const float Allowed = 1e-3f;

    /// <summary>Whether rounding explains the difference.</summary>
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
