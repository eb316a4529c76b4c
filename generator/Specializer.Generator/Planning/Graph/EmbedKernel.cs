using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Copies the embedding of each token of the chunk to its row.</summary>
/// <param name="Width">The width of a row.</param>
/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Stride">The number of floats from one row to the next, of tables and of the output.</param>
/// <param name="Tied">Whether it reads the columns of the packed output matrix instead of a separate table.</param>
/// <param name="Scale">The factor of the embeddings.</param>
/// <param name="PositionOffset">The row of the position table that is added at position 0; null if there is none.</param>
internal sealed record EmbedKernel(int Width, int VocabularySize, int Stride, bool Tied, float Scale, int? PositionOffset) : Kernel
{
    /// <summary>
    /// The padding token, which has its own row of the position table and is not counted (RoBERTa); null if there is none.
    /// </summary>
    public int? PaddingToken { get; init; }

    /// <summary>Whether it is the kernel of an encoder whose decoder has another one.</summary>
    public bool OfSource { get; init; }

    /// <summary>Whether an embedding of the token type is added.</summary>
    public bool TokenTypes { get; init; }

    /// <summary>The storage type of the packed output matrix of tied embeddings.</summary>
    public WeightStorage Storage { get; init; }

    public override Kernel ForCode() =>
        this with
        {
            OfSource = false,
            VocabularySize = Tied ? VocabularySize : 0,
            Storage = Tied ? Storage : WeightStorage.Float32,
        };

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
