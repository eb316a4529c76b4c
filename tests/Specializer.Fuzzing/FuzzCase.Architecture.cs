using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using AttentionForm = Specializer.Generator.Architecture.AttentionForm;
using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;
using Stack = Specializer.Generator.Architecture.Stack;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <content>The architecture of a case.</content>
internal sealed partial record FuzzCase
{
    public TransformerArchitecture ToArchitecture()
    {
        TransformerArchitecture stack = ToStack(
            IsEncoder && !Causal ? AttentionMask.Full
                : Prefix > 0 ? AttentionMask.Prefix
                : AttentionMask.Causal,
            Stack == Stack.EncoderDecoder ? "decoder." : ""
        );
        return Stack switch
        {
            Stack.Encoder => stack with
            {
                GlobalTokens = GlobalTokens,
                Layers = Layers * SetsPerGroup,
                LayersPerSet = SharedLayers ? Layers : 1,
                SetsPerGroup = SetsPerGroup,
                ContextLength = Patches?.Positions ?? ContextLength,
                Embeddings = stack.Embeddings with
                {
                    TokenTypes = TokenTypes,
                    Width = EmbeddingWidth,
                    Patches = Patches,
                    Positions =
                        Patches is null ? stack.Embeddings.Positions
                        : NoPatchPositions ? null
                        : new LearnedPositions(0, Patches.Positions),
                },
                Logits = new LogitsArchitecture(false, false, 0),
                Head = !HasHead
                    ? null
                    : new HeadArchitecture(
                        Pooling,
                        HeadDense == 0 ? null : new DenseArchitecture(HeadDense, HeadActivation),
                        HeadNorm,
                        Normalize,
                        HeadOutputs == 0 ? null : new OutputArchitecture(HeadOutputs, TiedHead, HeadBias)
                    )
                    {
                        Projections = Projections,
                        Probe = ProbeHeads == 0 ? null : new ProbeArchitecture(ProbeHeads, FeedForwardWidth, Activation),
                        Skipped = PoolsPatches ? Leading : 0,
                        EndToken =
                            EndToken == 0 ? null
                            : EndToken < 0 ? HeadArchitecture.LargestToken
                            : EndToken - 1,
                    },
            },
            Stack.EncoderDecoder => stack with
            {
                CrossAttention = stack.Attention.ForCross() with
                {
                    QueryKeyNorm = false,
                    Form = AttentionForm.Softmax,
                    ScaleByInverseLayer = false,
                    ProjectionNorm = ProjectionNorm.None,
                    NormsRotated = false,
                    ProjectionClip = 0,
                    Scale = Linear ? (float)(1 / Math.Sqrt(HeadDim)) : stack.Attention.Scale,
                },
                Encoder = ToStack(AttentionMask.Full, "encoder.") with
                {
                    Stack = Stack.Encoder,
                    Layers = EncoderLayers,
                    ContextLength = SourceLength,
                    Embeddings =
                        MelBands == 0
                            ? stack.Embeddings with
                            {
                                VocabularySize = SourceVocabularySize,
                                Positions = PositionTable(SourceLength),
                            }
                            : new EmbeddingArchitecture(
                                0,
                                1,
                                Table == TableKind.Learned ? new LearnedPositions(0, SourceLength + TableRowsBeyond) : null,
                                Norm: false
                            )
                            {
                                Speech = new SpeechArchitecture(MelBands, Activation),
                            },
                    Logits = new LogitsArchitecture(SharedEmbeddings && Tied, false, 0),
                },
            },
            _ => stack,
        };
    }

    private PatchArchitecture? Patches =>
        PatchSize == 0
            ? null
            : new PatchArchitecture(PatchSize * PatchesAcross, PatchSize, Channels)
            {
                FirstState = !NoFirstState,
                LaterStates = LaterStates,
                LaterHavePositions = LaterHavePositions,
                Bias = !NoPatchBias,
            };

    private EquatableArray<ProjectionArchitecture> Projections =>
        new([
            .. Projection == 0 ? Array.Empty<ProjectionArchitecture>() : [new("1_Dense/linear", Projection, HeadActivation, HeadBias)],
            .. SecondProjection == 0 ? Array.Empty<ProjectionArchitecture>() : [new("2_Dense/linear", SecondProjection, null, Bias: false)],
        ]);

    private TransformerArchitecture ToStack(AttentionMask mask, string side)
    {
        // The window is the decoder's, the band the encoder's.
        bool seesAll = mask == AttentionMask.Full;
        AttentionArchitecture attention = new(
            Heads,
            KeyValueHeads,
            HeadDim,
            Scale == 0 ? (Linear ? 1 : (float)(1 / Math.Sqrt(HeadDim))) : Scale,
            QueryBias,
            KeyBias,
            ValueBias,
            OutputBias,
            SoftCap,
            QueryKeyNorm
        )
        {
            Form = Linear ? AttentionForm.Linear : AttentionForm.Softmax,
            ScaleByInverseLayer = ScaleByInverseLayer,
            ProjectionNorm = ProjectionNorm,
            NormsRotated = NormsRotated,
            ProjectionClip = ProjectionClip,
            Mask = mask,
        };
        FeedForwardArchitecture feedForward = new(FeedForwardWidth, Activation, Gated, FeedForwardBias) { OnlyDownBias = OnlyDownBias };
        LayerKind Kind(string name, AttentionArchitecture mixer) =>
            new(name, mixer, feedForward, Arrangement) { ResidualScale = ResidualScale, LayerScale = LayerScale };
        LayerKind first = Kind(
            TwoKinds ? "First" : "",
            attention with
            {
                Window = seesAll ? 0 : Window,
                Band = seesAll ? Band : 0,
                Positions = AttentionPositions(Positions, RotaryBase, RotaryDim, ScalingArchitecture(RotaryDim), mask),
            }
        );
        LayerKind second = Kind(
            "Second",
            attention with
            {
                Window = seesAll ? 0 : SecondWindow,
                Positions = AttentionPositions(SecondPositions, SecondRotaryBase, SecondRotaryDimension, new NoScaling(), mask),
            }
        );
        var stack = new TransformerArchitecture(
            Layers,
            Width,
            ContextLength,
            ChunkLength,
            new EmbeddingArchitecture(VocabularySize, EmbeddingScale, PositionTable(ContextLength), EmbeddingNorm),
            new EquatableArray<LayerKind>(TwoKinds ? [first, second] : [first]),
            new EquatableArray<int>(TwoKinds ? Enumerable.Range(0, PatternLength).Select(layer => (Pattern >> layer) & 1) : [0]),
            new NormArchitecture(Norm, Epsilon, NormBias, UnitOffset) { HasWeight = !NormWithoutWeight },
            new LogitsArchitecture(Tied, LogitsBias, LogitsSoftCap) { Scale = LogitsScale },
            new CheckpointLayout(Names(side), Layout, GateUpConcatenated, InputsFirst, EquatableArray<string>.Empty)
            {
                FlatImageTensors = FlatImageTensors,
            }
        )
        {
            Stack = Stack,
            WeightStorage = Storage,
        };
        if (NoSecondAttentionNorm)
        {
            LayerKind unnormed = stack.LayerKinds[1] with { Arrangement = LayerArrangement.FeedForwardNorm };
            stack = stack with { LayerKinds = new([stack.LayerKinds[0], unnormed]) };
        }

        return OwnShapes ? stack with { LayerKinds = new([stack.LayerKinds[0], WithOwnShapes(stack.LayerKinds[1])]) } : stack;
    }

    private static LayerKind WithOwnShapes(LayerKind kind)
    {
        AttentionArchitecture attention = kind.Attention;
        int headDimension = attention.HeadDim + 8;
        return kind with
        {
            Mixer = attention with
            {
                Heads = 3 * attention.KeyValueHeads,
                HeadDim = headDimension,
                Scale = (float)(1 / Math.Sqrt(headDimension)),
                OutputBias = !attention.OutputBias,
            },
            FeedForward = kind.FeedForward with { Width = kind.FeedForward.Width + 24, Bias = !kind.FeedForward.Bias },
        };
    }

    private AttentionPositions AttentionPositions(
        PositionKind kind,
        double rotaryBase,
        int dimension,
        FrequencyScalingArchitecture scaling,
        AttentionMask mask
    ) =>
        kind switch
        {
            PositionKind.Rotary => new RotaryPositions(
                rotaryBase,
                dimension,
                RotaryInterleaved ? RotaryPairing.Interleaved : RotaryPairing.HalfSplit,
                scaling
            )
            {
                Grid = RotaryGrid ? new RotaryGrid(Leading, PatchesAcross) : null,
            },
            PositionKind.Alibi => new AlibiPositions(MaximumBias),
            PositionKind.Relative => new RelativePositions(8, 20, Bidirectional: mask == AttentionMask.Full),
            _ => new NoPositions(),
        };

    private PositionTable? PositionTable(int length) =>
        Table switch
        {
            TableKind.Learned => new LearnedPositions(TableOffset, TableOffset + length + TableRowsBeyond),
            TableKind.LearnedBehindPadding => new LearnedPositions(TableOffset, TableOffset + length + TableRowsBeyond)
            {
                PaddingToken = TableOffset - 1,
            },
            TableKind.SinusoidalInterleaved => new SinusoidalPositions(Interleaved: true),
            TableKind.SinusoidalHalves => new SinusoidalPositions(Interleaved: false),
            TableKind.SinusoidalEndpoint => new SinusoidalPositions(Interleaved: false) { First = TableOffset, Endpoint = true },
            _ => null,
        };

    private FrequencyScalingArchitecture ScalingArchitecture(int dimension) =>
        Scaling switch
        {
            ScalingKind.Linear => new LinearScaling(ScalingFactor),
            ScalingKind.Llama3 => new Llama3Scaling(ScalingFactor, 1, 4, OriginalContextLength),
            ScalingKind.Yarn => new YarnScaling(ScalingFactor, OriginalContextLength, 32, 1, (0.1 * Math.Log(ScalingFactor)) + 1),
            ScalingKind.Long when ShortFactors => (
                LongFactors(dimension) with
                {
                    ShortFactors = new EquatableArray<double>(
                        Enumerable.Range(0, dimension / 2).Select(static pair => 1.25 - (pair / 64d))
                    ),
                    OriginalContextLength = OriginalContextLength,
                }
            ).For(ContextLength),
            ScalingKind.Long => LongFactors(dimension),
            _ => new NoScaling(),
        };

    private LongScaling LongFactors(int dimension) =>
        new(
            new EquatableArray<double>(Enumerable.Range(0, dimension / 2).Select(pair => 1 + (pair * ScalingFactor / dimension))),
            1 + (ScalingFactor / 16)
        );
}
