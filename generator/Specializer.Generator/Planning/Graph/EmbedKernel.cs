using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Copies the embedding of each token of the chunk to its row.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Stride">Floats from one row to the next, of tables and of the output.</param>
/// <param name="Tied">Reads the columns of the packed output matrix instead of a table of its own.</param>
/// <param name="Scale">What embeddings are multiplied with.</param>
/// <param name="PositionOffset">The row of the table of positions that is added at position 0; null where there is none.</param>
internal sealed record EmbedKernel(int Width, int VocabularySize, int Stride, bool Tied, float Scale, int? PositionOffset) : Kernel
{
    /// <summary>The token that has its own row of the table of positions and does not count (RoBERTa); null where there is none.</summary>
    public int? PaddingToken { get; init; }

    /// <summary>Tells the encoder's kernel from the decoder's where they differ.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether an embedding of the token's type is added.</summary>
    public bool TokenTypes { get; init; }

    /// <summary>The type in which the packed output matrix of tied embeddings is held.</summary>
    public WeightStorage Storage { get; init; }

    public override string Name => "Embed" + Prefix + Text(Width);

    public override EquatableArray<KernelSignature> Signatures =>
        One(
            KernelSignature.OverRows(
                KernelPart.Compute,
                [
                    Tokens,
                    Table,
                    .. PositionOffset is null ? [] : new[] { Positions, Position },
                    .. TokenTypes ? new[] { KernelParameters.TokenTypes, Types } : [],
                    Output,
                ]
            )
        );
}
