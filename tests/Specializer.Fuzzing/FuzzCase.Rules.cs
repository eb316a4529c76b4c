using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using Stack = Specializer.Generator.Architecture.Stack;

/// <content>The rules that a case must follow; the parser checks those of a declaration.</content>
internal sealed partial record FuzzCase
{
    /// <summary>Whether it is a model at all; what is declared by a user is checked by the parser.</summary>
    public bool IsValid =>
        Heads % KeyValueHeads == 0
        && StackFits
        && SourceFits
        && RotaryFits(Positions, RotaryDim)
        && (!ShortFactors || (Scaling == ScalingKind.Long && Stack != Stack.EncoderDecoder))
        && (!TwoKinds || RotaryFits(SecondPositions, SecondRotaryDimension))
        && (!OwnShapes || (TwoKinds && Stack == Stack.Decoder))
        && (Layout == QueryKeyValueStorage.Separate || (QueryBias == KeyBias && KeyBias == ValueBias))
        && (Table is TableKind.None or TableKind.Learned or TableKind.LearnedBehindPadding || (Width % 2 == 0 && EmbeddingWidth % 2 == 0))
        && (Norm == NormKind.Layer || !NormBias)
        && (Gated || !GateUpConcatenated)
        && (!QueryKeyNorm || Norm == NormKind.RootMeanSquare)
        && (!ScaleByInverseLayer || (!Linear && !GlobalTokens))
        && (ResidualScale == 1 || Arrangement is not (LayerArrangement.Sandwich or LayerArrangement.OutputNorm))
        && (ProjectionNorm == ProjectionNorm.None || (!QueryKeyNorm && !UnitOffset && !GlobalTokens))
        && (!OnlyDownBias || (!FeedForwardBias && !OwnShapes))
        && (!NormsRotated || (QueryKeyNorm && !Linear))
        && (!NormWithoutWeight || (!UnitOffset && !NormBias && !QueryKeyNorm))
        && (
            !NoSecondAttentionNorm
            || (
                TwoKinds
                && !OwnShapes
                && !SharedLayers
                && SetsPerGroup == 1
                && !GlobalTokens
                && Stack != Stack.EncoderDecoder
                && Arrangement == LayerArrangement.PreNorm
            )
        )
        && (
            Arrangement is not (LayerArrangement.OutputNorm or LayerArrangement.FeedForwardNorm)
            || (Stack != Stack.EncoderDecoder && !GlobalTokens)
        )
        && (SetsPerGroup == 1 || IsEncoder)
        && ImageFits
        && (
            !LayerScale
            || (Arrangement == LayerArrangement.PreNorm && ResidualScale == 1 && !NoSecondAttentionNorm && Stack != Stack.EncoderDecoder)
        )
        && (EndToken == 0 || (IsEncoder && PatchSize == 0 && Pooling == PoolingKind.Last));

    private bool ImageFits =>
        PatchSize > 0
            ? (
                !RotaryGrid
                || (Positions == PositionKind.Rotary && RotaryDim % 4 == 0 && !TwoKinds && Scaling == ScalingKind.None && !Causal)
            )
                && (!PoolsPatches || (Pooling != PoolingKind.None && Leading > 0))
                && (!LaterHavePositions || (LaterStates > 0 && !NoPatchPositions))
                && (ProbeHeads == 0 || (Width % ProbeHeads == 0 && !PoolsPatches))
            : !NoFirstState
                && LaterStates == 0
                && !LaterHavePositions
                && !NoPatchBias
                && !NoPatchPositions
                && !FlatImageTensors
                && !RotaryGrid
                && !PoolsPatches
                && ProbeHeads == 0;

    private int Leading => (NoFirstState ? 0 : 1) + LaterStates;

    private bool IsEncoder => Stack == Stack.Encoder;

    private bool HasHead =>
        IsEncoder
        && (
            Pooling != PoolingKind.None
            || ProbeHeads > 0
            || HeadDense > 0
            || HeadOutputs > 0
            || Projection > 0
            || SecondProjection > 0
            || Normalize
        );

    /// <summary>Checks the values of a stack that the parser rejects, or that would declare nothing.</summary>
    private bool StackFits =>
        Stack switch
        {
            Stack.Encoder => Sequences == 1
                && SecondPositions != PositionKind.Relative
                && (Causal ? Positions != PositionKind.Relative && Band == 0 && !GlobalTokens && !Linear : Window == 0 && SecondWindow == 0)
                && Prefix == 0
                && (!GlobalTokens || Band > 0)
                && (!HeadNorm || HeadDense > 0)
                && (Positions != PositionKind.Relative || !TwoKinds)
                && (Table != TableKind.LearnedBehindPadding || TableOffset > 0),
            Stack.EncoderDecoder => !IsParallel
                && Positions != PositionKind.Alibi
                && SecondPositions is not (PositionKind.Alibi or PositionKind.Relative)
                && (Positions != PositionKind.Relative || !TwoKinds)
                && Prefix == 0
                && IsPlain
                && (!SharedEmbeddings || SourceVocabularySize == VocabularySize)
                && (!CrossKeyValue || KeyBias == ValueBias)
                && Table != TableKind.LearnedBehindPadding,
            _ => IsPlain
                && Positions != PositionKind.Relative
                && SecondPositions != PositionKind.Relative
                && Table != TableKind.LearnedBehindPadding
                && (
                    Prefix == 0
                    || (
                        Prefix <= ContextLength
                        && (ChunkLength == 0 ? Prefix <= 16 : Prefix <= ChunkLength)
                        && Window == 0
                        && SecondWindow == 0
                        && Positions != PositionKind.Alibi
                        && SecondPositions != PositionKind.Alibi
                    )
                ),
        }
        && (
            !Linear
            || (
                Positions == PositionKind.None
                && SecondPositions == PositionKind.None
                && Window == 0
                && SecondWindow == 0
                && SoftCap == 0
                && Scale == 0
                && Prefix == 0
                && Band == 0
                && !TwoKinds
            )
        );

    /// <summary>Images and sound have neither tokens nor what belongs to them.</summary>
    private bool SourceFits =>
        (PatchSize == 0 || (IsEncoder && Table == TableKind.None && TokenTypes == 0 && EmbeddingWidth == 0 && !GlobalTokens && !TiedHead))
        && (MelBands == 0 || (Stack == Stack.EncoderDecoder && !SharedEmbeddings))
        && (
            !TiedHead
            || (
                IsEncoder
                && HeadOutputs == VocabularySize
                && (
                    HeadDense > 0 ? HeadDense
                    : SecondProjection > 0 ? SecondProjection
                    : Projection > 0 ? Projection
                    : Width
                ) == (EmbeddingWidth == 0 ? Width : EmbeddingWidth)
            )
        )
        && (LogitsScale == 1 || !IsEncoder);

    private bool IsParallel => Arrangement is LayerArrangement.ParallelOneNorm or LayerArrangement.ParallelTwoNorms;

    /// <summary>Whether it has nothing that only encoders have.</summary>
    private bool IsPlain =>
        (Band == 0 || Stack == Stack.EncoderDecoder)
        && !GlobalTokens
        && TokenTypes == 0
        && EmbeddingWidth == 0
        && !SharedLayers
        && Pooling == PoolingKind.None
        && HeadDense == 0
        && HeadOutputs == 0
        && !Causal
        && Projection == 0
        && SecondProjection == 0;

    private bool RotaryFits(PositionKind kind, int dimension) =>
        kind != PositionKind.Rotary || (dimension % 2 == 0 && dimension >= 2 && dimension <= HeadDim);
}
