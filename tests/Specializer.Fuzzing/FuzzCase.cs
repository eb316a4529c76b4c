using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using AttentionForm = Specializer.Generator.Architecture.AttentionForm;
using AttentionMask = Specializer.Generator.Architecture.AttentionMask;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;
using Stack = Specializer.Generator.Architecture.Stack;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// An architecture as flat values, each of which has a simplest one as its default. A failure can be shrunk value by value, and
/// printed as the remaining values.
/// </summary>
internal sealed record FuzzCase
{
    /// <summary>The seed of weights and tokens.</summary>
    public int Seed { get; init; } = 1;

    public Stack Stack { get; init; }

    /// <summary>The type in which the weights of linear layers are held; they are drawn so that it holds them exactly.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>How many sequences are decoded in one step, each as if alone; 1 for none together.</summary>
    public int Sequences { get; init; } = 1;

    public int Layers { get; init; } = 1;

    public int EncoderLayers { get; init; } = 1;

    public int SourceLength { get; init; } = 16;

    public int SourceVocabularySize { get; init; } = 16;

    /// <summary>Whether both stacks of an encoder-decoder have the same token embeddings.</summary>
    public bool SharedEmbeddings { get; init; }

    public bool CrossKeyValue { get; init; }

    public bool Linear { get; init; }

    /// <summary>The positions of a decoder's prefix; 0 for a causal mask.</summary>
    public int Prefix { get; init; }

    /// <summary>In an encoder, by itself or inside an encoder-decoder, the positions that one sees to each side; 0 for all.</summary>
    public int Band { get; init; }

    public bool GlobalTokens { get; init; }

    public int TokenTypes { get; init; }

    /// <summary>The width of an encoder's embeddings where it is another; 0 where it is not.</summary>
    public int EmbeddingWidth { get; init; }

    /// <summary>Whether an encoder's layers all have the same weights.</summary>
    public bool SharedLayers { get; init; }

    public PoolingKind Pooling { get; init; }

    public bool Normalize { get; init; }

    /// <summary>Whether an encoder is a decoder's body: positions see those before them only.</summary>
    public bool Causal { get; init; }

    /// <summary>The width of the head's first projection, with the head's activation and bias; 0 for none.</summary>
    public int Projection { get; init; }

    /// <summary>The width of the head's second projection, with neither; 0 for none.</summary>
    public int SecondProjection { get; init; }

    /// <summary>The width of the head's activated layer; 0 for none.</summary>
    public int HeadDense { get; init; }

    public Activation HeadActivation { get; init; }

    public bool HeadNorm { get; init; }

    /// <summary>The outputs of the head; 0 for none.</summary>
    public int HeadOutputs { get; init; }

    public bool HeadBias { get; init; }

    /// <summary>Whether the head's outputs have the token embeddings' weights.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Height and width of the patches of an encoder of images; 0 where there are tokens.</summary>
    public int PatchSize { get; init; }

    /// <summary>The patches of an image in each direction.</summary>
    public int PatchesAcross { get; init; } = 2;

    public int Channels { get; init; } = 1;

    /// <summary>Whether an image has no class state.</summary>
    public bool NoFirstState { get; init; }

    /// <summary>The states between the class state and the patches.</summary>
    public int LaterStates { get; init; }

    public bool LaterHavePositions { get; init; }

    public bool NoPatchBias { get; init; }

    /// <summary>Whether the positions of an image are not added to its states.</summary>
    public bool NoPatchPositions { get; init; }

    public bool FlatImageTensors { get; init; }

    /// <summary>Whether rotary positions of an image are those of its rows and columns.</summary>
    public bool RotaryGrid { get; init; }

    /// <summary>Whether a pooling omits the states before the patches.</summary>
    public bool PoolsPatches { get; init; }

    /// <summary>The heads of a learned state that attends to an image; 0 for none.</summary>
    public int ProbeHeads { get; init; }

    /// <summary>Whether learned factors multiply the outputs of blocks.</summary>
    public bool LayerScale { get; init; }

    /// <summary>The token whose state is the pooled one, one more, or -1 for the largest; 0 for the last token.</summary>
    public int EndToken { get; init; }

    /// <summary>The features of a frame of sound, where the source of an encoder-decoder is sound; 0 where it is tokens.</summary>
    public int MelBands { get; init; }

    public int Width { get; init; } = 16;

    public int ContextLength { get; init; } = 16;

    public int ChunkLength { get; init; }

    public int VocabularySize { get; init; } = 16;

    public float EmbeddingScale { get; init; } = 1;

    public TableKind Table { get; init; }

    public int TableOffset { get; init; }

    public int TableRowsBeyond { get; init; }

    public bool EmbeddingNorm { get; init; }

    public int Heads { get; init; } = 1;

    public int KeyValueHeads { get; init; } = 1;

    public int HeadDim { get; init; } = 16;

    /// <summary>0 for 1/√<see cref="HeadDim"/>.</summary>
    public float Scale { get; init; }

    public bool QueryBias { get; init; }

    public bool KeyBias { get; init; }

    public bool ValueBias { get; init; }

    public bool OutputBias { get; init; }

    public float SoftCap { get; init; }

    public bool QueryKeyNorm { get; init; }

    /// <summary>The norm of projected queries and keys with a weight for each of their elements.</summary>
    public ProjectionNorm ProjectionNorm { get; init; }

    /// <summary>Whether the norm of query and key heads follows the rotation.</summary>
    public bool NormsRotated { get; init; }

    /// <summary>Whether norms have no weight.</summary>
    public bool NormWithoutWeight { get; init; }

    /// <summary>Whether the second kind of layer has no norm before its attention.</summary>
    public bool NoSecondAttentionNorm { get; init; }

    /// <summary>Whether scores are divided by the number of the layer.</summary>
    public bool ScaleByInverseLayer { get; init; }

    /// <summary>The limit that projected queries, keys and values are clipped to; 0 for none.</summary>
    public float ProjectionClip { get; init; }

    /// <summary>Sets of weights that run in order before the first runs again.</summary>
    public int SetsPerGroup { get; init; } = 1;

    public PositionKind Positions { get; init; }

    public double RotaryBase { get; init; } = 10_000;

    public int RotaryDim { get; init; } = 2;

    public bool RotaryInterleaved { get; init; }

    public ScalingKind Scaling { get; init; }

    public double ScalingFactor { get; init; } = 4;

    public int OriginalContextLength { get; init; } = 8;

    /// <summary>Whether a scaling by a factor for each pair has other factors for sequences of up to <see cref="OriginalContextLength"/>.</summary>
    public bool ShortFactors { get; init; }

    public double MaximumBias { get; init; } = 8;

    public int Window { get; init; }

    /// <summary>Whether there is a second kind of layer.</summary>
    public bool TwoKinds { get; init; }

    /// <summary>Bit i is set where layer i modulo <see cref="PatternLength"/> is of the second kind.</summary>
    public int Pattern { get; init; } = 2;

    public int PatternLength { get; init; } = 2;

    public int SecondWindow { get; init; }

    public PositionKind SecondPositions { get; init; }

    public double SecondRotaryBase { get; init; } = 100;

    public int SecondRotaryDimension { get; init; } = 2;

    /// <summary>Whether the second kind of layer has heads and a feed-forward block of other sizes.</summary>
    public bool OwnShapes { get; init; }

    public int FeedForwardWidth { get; init; } = 16;

    public Activation Activation { get; init; }

    public bool Gated { get; init; }

    public bool FeedForwardBias { get; init; }

    /// <summary>Whether only the down projection has a bias.</summary>
    public bool OnlyDownBias { get; init; }

    public NormKind Norm { get; init; }

    public float Epsilon { get; init; } = 1e-5f;

    public bool NormBias { get; init; }

    public bool UnitOffset { get; init; }

    public bool NoFinalNorm { get; init; }

    public LayerArrangement Arrangement { get; init; }

    /// <summary>The factor of the output of a block before it is added to the residual stream.</summary>
    public float ResidualScale { get; init; } = 1;

    public bool Tied { get; init; }

    public bool LogitsBias { get; init; }

    public float LogitsSoftCap { get; init; }

    public float LogitsScale { get; init; } = 1;

    public QueryKeyValueStorage Layout { get; init; }

    public bool GateUpConcatenated { get; init; }

    public bool InputsFirst { get; init; }

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

    /// <summary>The values that are not the simplest, as C#.</summary>
    public override string ToString()
    {
        FuzzCase simplest = new();
        IEnumerable<string> values = Values
            .Where(property => !Equals(property.GetValue(this), property.GetValue(simplest)))
            .Select(property => property.Name + " = " + Spell(property.GetValue(this)!));
        return "new FuzzCase { " + string.Join(", ", values) + " }";
    }

    /// <summary>The properties that make up a case.</summary>
    internal static IReadOnlyList<PropertyInfo> Values { get; } =
    [.. typeof(FuzzCase).GetProperties().Where(static property => property.CanWrite)];

    private static string Spell(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            Enum member => member.GetType().Name + "." + member,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private bool RotaryFits(PositionKind kind, int dimension) =>
        kind != PositionKind.Rotary || (dimension % 2 == 0 && dimension >= 2 && dimension <= HeadDim);

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

    private CheckpointNames Names(string side)
    {
        string layer = side + "layers.{layer}." + (SetsPerGroup == 1 ? "" : "inner.{inner}.");
        bool post = Arrangement == LayerArrangement.PostNorm;
        return new CheckpointNames(
            SharedEmbeddings ? "embed" : side + "embed",
            layer + "norm1",
            layer + "q",
            layer + "k",
            layer + "v",
            layer + "o",
            layer + "norm2",
            layer + "gate",
            layer + "up",
            layer + "down",
            NoFinalNorm || post ? "" : side + "norm",
            "logits"
        )
        {
            PositionEmbedding = side + "positions",
            PatchProjection = side + "patches",
            FirstState = side + "first_state",
            LaterStates = side + "later_states",
            AttentionScale = layer + "scale1",
            FeedForwardScale = layer + "scale2",
            FirstConvolution = side + "conv1",
            SecondConvolution = side + "conv2",
            TokenTypeEmbedding = side + "types",
            EmbeddingNorm = side + "embed_norm",
            EmbeddingProjection = side + "embed_projection",
            RelativeBias = side + "relative",
            QueryKeyValue = layer + "qkv",
            GateUp = layer + "gate_up",
            QueryNorm = layer + "q_norm",
            KeyNorm = layer + "k_norm",
            AttentionOutputNorm = layer + "norm1_after",
            FeedForwardOutputNorm = layer + "norm2_after",
            CrossAttentionNorm = layer + "cross_norm",
            CrossAttentionOutputNorm = layer + "cross_norm_after",
            CrossQuery = layer + "cross_q",
            CrossKey = layer + "cross_k",
            CrossValue = layer + "cross_v",
            CrossKeyValue = CrossKeyValue ? layer + "cross_kv" : "",
            CrossOutput = layer + "cross_o",
            GlobalQuery = layer + "global_q",
            GlobalKey = layer + "global_k",
            GlobalValue = layer + "global_v",
            Probe = "probe",
            ProbeAttention = "probe_attention.",
            ProbeNorm = "probe_norm",
            ProbeUp = "probe_up",
            ProbeDown = "probe_down",
            HeadDense = "head_dense",
            HeadNorm = "head_norm",
        };
    }
}
