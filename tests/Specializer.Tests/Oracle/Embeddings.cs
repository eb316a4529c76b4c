namespace Specializer.Tests.Oracle;

/// <summary>The way from tokens into the model.</summary>
public static class Embeddings
{
    /// <summary>Row <paramref name="token"/> of the embedding table.</summary>
    /// <param name="table">[vocabularySize, width], row-major.</param>
    /// <param name="width">The width of the model.</param>
    /// <param name="token">The token.</param>
    /// <returns>[width]</returns>
    public static double[] LookUp(double[] table, int width, int token) => table[(token * width)..((token + 1) * width)];
}
