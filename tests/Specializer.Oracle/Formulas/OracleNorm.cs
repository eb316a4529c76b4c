namespace Specializer.Oracle;

/// <summary>The norms of <see cref="Norms"/>.</summary>
public enum OracleNorm
{
    /// <summary><see cref="Norms.RootMeanSquare"/>: a scale per feature, no shift.</summary>
    RootMeanSquare,

    /// <summary><see cref="Norms.Layer"/>: a scale and a shift per feature.</summary>
    Layer,
}
