using System.Globalization;

namespace Specializer.Generator.Kernels;

/// <summary>Spells numbers as parts of identifiers.</summary>
internal static class Names
{
    private const float UsualEpsilon = 1e-5f;

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number with its point and its sign as letters: 0.5 is 0p5, 1E-05 is 1Em05.</summary>
    public static string Number(float number) =>
        number.ToString("R", CultureInfo.InvariantCulture).Replace('.', 'p').Replace('-', 'm').Replace("+", "");

    /// <summary>The ε of a norm, unless it is the usual one.</summary>
    public static string Epsilon(float epsilon) => epsilon == UsualEpsilon ? "" : "Epsilon" + Number(epsilon);
}
