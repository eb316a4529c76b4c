namespace Specializer.Oracle;

/// <summary>The input of a stack beside its tokens.</summary>
/// <param name="Types">The types of the tokens, or none.</param>
/// <param name="Globals">Which tokens are global, or none.</param>
/// <param name="Prefix">The first positions of a decoder, which see each other both ways.</param>
/// <param name="Rows">The rows of embeddings that the first positions of a decoder have in the place of their tokens' embeddings.</param>
/// <param name="Source">The output of an encoder, which a decoder attends to.</param>
/// <param name="Signal">The pixels of an image, [channels][height][width], or the features of sound, [bands][frames], in the place of tokens.</param>
public sealed record OracleInput(
    int[]? Types = null,
    bool[]? Globals = null,
    int Prefix = 0,
    double[][]? Rows = null,
    double[][]? Source = null,
    float[]? Signal = null
);
