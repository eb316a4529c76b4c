using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using Stack = Specializer.Generator.Architecture.Stack;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>Draws architectures over the whole space of stacks, the same for the same seed.</summary>
internal static class RandomCase
{
    private static readonly int[] s_widths = [16, 48, 72, 100, 8, 13, 24, 33, 37, 64, 79, 96];
    private static readonly int[] s_innerWidths = [16, 48, 100, 172, 5, 31, 33, 64, 65, 111, 128];
    private static readonly int[] s_headDimensions = [8, 12, 20, 4, 6, 7, 10, 16, 18, 24, 31, 32, 33, 48];
    private static readonly int[] s_heads = [1, 2, 3, 4, 5, 6, 7, 8, 12];
    private static readonly int[] s_vocabularies = [16, 17, 31, 32, 33, 50, 64, 117, 131, 255, 300];
    private static readonly int[] s_contexts = [1, 2, 5, 16, 17, 31, 40, 48, 64, 100, 127, 128, 129, 150, 200, 300];
    private static readonly int[] s_chunks = [0, 1, 2, 3, 5, 8, 12, 13, 16, 32, 33, 64, 128, 200];
    private static readonly int[] s_windows = [1, 2, 3, 8, 16, 17, 31, 64, 100, 128, 129, 500];

    /// <summary>Those that fit into a tile of rows, and one more.</summary>
    private static readonly int[] s_sequences = [1, 2, 3, 5, 8, 12, 13];

    /// <summary>Those of feed-forward blocks; heads have others.</summary>
    private static readonly Activation[] s_activations =
    [
        Activation.Relu,
        Activation.Gelu,
        Activation.GeluTanh,
        Activation.GeluQuick,
        Activation.Silu,
        Activation.SquaredRelu,
    ];

    /// <summary>Those that were there first, so that a seed keeps its architecture.</summary>
    private static readonly LayerArrangement[] s_arrangements =
    [
        LayerArrangement.PreNorm,
        LayerArrangement.ParallelOneNorm,
        LayerArrangement.ParallelTwoNorms,
        LayerArrangement.Sandwich,
        LayerArrangement.PostNorm,
    ];

    public static FuzzCase Draw(int seed)
    {
        Random random = new(seed);
        T Pick<T>(T[] values) => values[random.Next(values.Length)];
        bool Maybe(int of = 2) => random.Next(of) == 0;

        int heads = Pick(s_heads);
        int keyValueHeads =
            Maybe() ? heads
            : Maybe() ? 1
            : Pick([.. Enumerable.Range(1, heads).Where(divisor => heads % divisor == 0)]);
        int headDimension = Pick(s_headDimensions);
        NormKind norm = Pick([NormKind.RootMeanSquare, NormKind.Layer]);
        QueryKeyValueStorage layout = Maybe()
            ? QueryKeyValueStorage.Separate
            : Pick([QueryKeyValueStorage.Concatenated, QueryKeyValueStorage.PerKeyValueHead]);
        bool oneBias = Maybe();
        bool gated = Maybe();
        PositionKind Positions() => Pick([PositionKind.None, PositionKind.Rotary, PositionKind.Rotary, PositionKind.Alibi]);
        int Rotary() => Maybe() ? headDimension / 2 * 2 : 2 * (1 + random.Next(headDimension / 2));
        int Window() => Maybe() ? 0 : Pick(s_windows);
        int width = Maybe(4) && heads * headDimension <= 128 ? heads * headDimension : Pick(s_widths);

        Stack stack = Pick([Stack.Decoder, Stack.Decoder, Stack.Encoder, Stack.EncoderDecoder]);
        bool linear = Maybe(6);
        FuzzCase drawn = new()
        {
            Seed = seed,
            Stack = stack,
            Layers = 1 + random.Next(3),
            Width = width,
            // Long contexts cost the oracle most, so they are rarer.
            ContextLength = Maybe(3) ? Pick(s_contexts) : Pick(s_contexts[..10]),
            ChunkLength = Pick(s_chunks),
            VocabularySize = Maybe(4) ? (heads + (2 * keyValueHeads)) * headDimension : Pick(s_vocabularies),
            EmbeddingScale = Maybe(3) ? (float)Math.Sqrt(width) : 1,
            Table = Maybe(3) ? Pick(Enum.GetValues<TableKind>()) : TableKind.None,
            TableOffset = Maybe() ? 0 : 2,
            TableRowsBeyond = Maybe() ? 0 : 3,
            EmbeddingNorm = Maybe(4),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDimension,
            Scale = Maybe(4) ? Pick([0.25f, 0.1f, 0.0625f, 1 / 3f]) : 0,
            QueryBias = oneBias,
            KeyBias = layout == QueryKeyValueStorage.Separate ? Maybe() : oneBias,
            ValueBias = layout == QueryKeyValueStorage.Separate ? Maybe() : oneBias,
            OutputBias = Maybe(),
            SoftCap = Maybe(4) ? Pick([1f, 2f, 50f]) : 0,
            QueryKeyNorm = norm == NormKind.RootMeanSquare && Maybe(3),
            Positions = Positions(),
            RotaryBase = Pick([10_000d, 500_000, 100, 1_000_000]),
            RotaryDim = Rotary(),
            RotaryInterleaved = Maybe(),
            Scaling = Pick(Enum.GetValues<ScalingKind>()),
            ScalingFactor = Pick([1d, 2, 4, 8, 1.5]),
            OriginalContextLength = Pick([8, 16, 64, 4096]),
            MaximumBias = Maybe(4) ? 4 : 8,
            Window = Window(),
            TwoKinds = Maybe(3),
            PatternLength = 1 + random.Next(4),
            Pattern = random.Next(16),
            SecondWindow = Window(),
            SecondPositions = Positions(),
            SecondRotaryBase = Pick([10_000d, 100]),
            SecondRotaryDimension = Rotary(),
            FeedForwardWidth = Pick(s_innerWidths),
            Activation = Pick(s_activations),
            Gated = gated,
            FeedForwardBias = Maybe(),
            Norm = norm,
            Epsilon = Pick([1e-5f, 1e-6f, 1e-12f]),
            NormBias = norm == NormKind.Layer && Maybe(),
            UnitOffset = Maybe(3),
            NoFinalNorm = Maybe(8),
            Arrangement = Pick(s_arrangements),
            Tied = Maybe(),
            LogitsBias = Maybe(4),
            LogitsSoftCap = Maybe(4) ? Pick([1f, 30f]) : 0,
            Layout = layout,
            GateUpConcatenated = gated && Maybe(3),
            InputsFirst = Maybe(3),
        };
        drawn = stack switch
        {
            Stack.Encoder => drawn with
            {
                Window = 0,
                SecondWindow = 0,
                Positions = drawn.Positions == PositionKind.Alibi ? Pick([PositionKind.None, PositionKind.Relative]) : drawn.Positions,
                SecondPositions = drawn.SecondPositions == PositionKind.Alibi ? PositionKind.None : drawn.SecondPositions,
                TwoKinds = drawn.TwoKinds && drawn.Positions != PositionKind.Alibi,
                Band = Maybe() ? Pick([1, 2, 4, 8, 16, 64, 100]) : 0,
                GlobalTokens = Maybe(),
                TokenTypes = Maybe(3) ? 1 + random.Next(3) : 0,
                EmbeddingWidth = Maybe(5) ? Pick(s_widths) : 0,
                SharedLayers = Maybe(5),
                Pooling = Pick(Enum.GetValues<PoolingKind>()),
                Normalize = Maybe(3),
                HeadDense = Maybe() ? Pick(s_innerWidths) : 0,
                HeadActivation = Maybe(3) ? Activation.Tanh : Pick(s_activations),
                HeadNorm = Maybe(3),
                HeadOutputs = Maybe() ? Pick(s_vocabularies) : 0,
                HeadBias = Maybe(),
                Table = drawn.Table == TableKind.LearnedBehindPadding && drawn.TableOffset == 0 ? TableKind.Learned : drawn.Table,
            },
            Stack.EncoderDecoder => drawn with
            {
                TwoKinds = drawn.TwoKinds && drawn.Positions != PositionKind.Alibi,
                // Longer ones only where a sliding window's cache has something to pass over.
                ContextLength = drawn.Window > 0 || drawn.SecondWindow > 0 ? drawn.ContextLength : Math.Min(drawn.ContextLength, 40),
                Positions = drawn.Positions == PositionKind.Alibi ? PositionKind.Relative : drawn.Positions,
                SecondPositions = drawn.SecondPositions == PositionKind.Alibi ? PositionKind.None : drawn.SecondPositions,
                Band = Maybe(3) ? Pick([1, 2, 4, 8, 16, 64, 100]) : 0,
                EncoderLayers = 1 + random.Next(2),
                SourceLength = Pick(s_contexts[..12]),
                SourceVocabularySize = Maybe() ? drawn.VocabularySize : Pick(s_vocabularies),
                SharedEmbeddings = Maybe(),
                CrossKeyValue = Maybe(3),
            },
            _ => drawn with
            {
                Prefix = Maybe(5) ? 1 + random.Next(Math.Min(drawn.ContextLength, drawn.ChunkLength == 0 ? 16 : drawn.ChunkLength)) : 0,
            },
        };
        drawn = linear
            ? drawn with
            {
                Linear = true,
                Positions = PositionKind.None,
                SecondPositions = PositionKind.None,
                Window = 0,
                SecondWindow = 0,
                Band = 0,
                SoftCap = 0,
                Scale = 0,
                Prefix = 0,
                TwoKinds = false,
            }
            : drawn;

        // Invalid combinations are replaced by the next simpler ones: tables that require an even width, options that exclude
        // each other.
        FuzzCase[] simpler =
        [
            drawn,
            drawn with
            {
                Table = TableKind.None,
            },
            drawn with
            {
                Table = TableKind.None,
                SharedEmbeddings = false,
                CrossKeyValue = false,
            },
            drawn with
            {
                Table = TableKind.None,
                SharedEmbeddings = false,
                CrossKeyValue = false,
                Prefix = 0,
                GlobalTokens = stack == Stack.Encoder && drawn.Band > 0 && drawn.GlobalTokens,
                HeadNorm = drawn.HeadDense > 0 && drawn.HeadNorm,
                Normalize = drawn.Pooling != PoolingKind.None && drawn.Normalize,
                Arrangement =
                    stack == Stack.Decoder ? drawn.Arrangement
                    : Maybe(4) ? LayerArrangement.Sandwich
                    : Maybe() ? LayerArrangement.PreNorm
                    : LayerArrangement.PostNorm,
            },
        ];
        // The latest additions are drawn last, so that a seed keeps its architecture.
        drawn = simpler.First(static candidate => candidate.IsValid) with
        {
            Storage = Maybe() ? WeightStorage.Float32 : Pick([WeightStorage.BFloat16, WeightStorage.Float16]),
            Sequences = stack == Stack.Encoder ? 1 : Pick(s_sequences),
        };
        FuzzCase whole = stack switch
        {
            Stack.Encoder when Maybe(4) => drawn with
            {
                PatchSize = Pick([1, 2, 3, 4, 5, 7, 16]),
                PatchesAcross = 1 + random.Next(7),
                Channels = Pick([1, 3, 4]),
                Table = TableKind.None,
                EmbeddingNorm = false,
                TokenTypes = 0,
                EmbeddingWidth = 0,
                GlobalTokens = false,
            },
            Stack.Encoder when Maybe(4) => drawn with
            {
                TiedHead = true,
                HeadOutputs = drawn.VocabularySize,
                HeadDense =
                    drawn.EmbeddingWidth != 0 ? drawn.EmbeddingWidth
                    : drawn.HeadDense == 0 ? 0
                    : drawn.Width,
            },
            Stack.EncoderDecoder when Maybe(4) => drawn with
            {
                MelBands = Pick([1, 5, 16, 20, 80]),
                SharedEmbeddings = false,
                LogitsScale = LogitsScale(),
            },
            Stack.Encoder => drawn,
            _ => drawn with { LogitsScale = LogitsScale() },
        };

        whole = stack != Stack.Encoder ? whole : WithBodyAndProjections(whole);
        whole = whole with { ShortFactors = stack != Stack.EncoderDecoder && whole.Scaling == ScalingKind.Long && Maybe() };
        FuzzCase toggled = whole with
        {
            Arrangement = Maybe(6) ? LayerArrangement.NormedResidual : whole.Arrangement,
            ScaleByInverseLayer = Maybe(6),
            ProjectionClip = Maybe(6) ? Pick([0.25f, 0.5f, 1.5f]) : 0,
            SetsPerGroup = stack == Stack.Encoder && Maybe(6) ? 2 : 1,
        };
        FuzzCase latest = toggled.IsValid ? toggled : whole;
        FuzzCase scaled = latest with { ResidualScale = Maybe(6) ? Pick([0.5f, 0.22f, 1.4f]) : 1 };
        latest = scaled.IsValid ? scaled : latest;
        FuzzCase normed = latest with
        {
            Arrangement =
                Maybe(8) ? LayerArrangement.OutputNorm
                : Maybe(8) ? LayerArrangement.FeedForwardNorm
                : latest.Arrangement,
            NoSecondAttentionNorm = Maybe(4),
        };
        latest = normed.IsValid ? normed : latest;
        normed = latest with
        {
            QueryKeyNorm = latest.QueryKeyNorm && Maybe(),
            ProjectionNorm = Maybe(4) ? Pick([ProjectionNorm.AllHeads, ProjectionNorm.EachHead]) : ProjectionNorm.None,
        };
        latest = normed.IsValid ? normed : latest;
        normed = latest with { NormsRotated = latest.QueryKeyNorm && Maybe() };
        latest = normed.IsValid ? normed : latest;
        normed = latest with { NormWithoutWeight = Maybe(6) };
        latest = normed.IsValid ? normed : latest;
        normed = latest with { OnlyDownBias = Maybe(4) };
        latest = normed.IsValid ? normed : latest;

        // Slopes both ways, which only encoders have.
        normed = latest with
        {
            Positions = stack == Stack.Encoder && Maybe(8) ? PositionKind.Alibi : latest.Positions,
        };
        latest = normed.IsValid ? normed : latest;
        latest = WithImage(latest);
        normed = latest with { LayerScale = Maybe(4) };
        latest = normed.IsValid ? normed : latest;
        normed = latest with { EndToken = Maybe() ? -1 : 1 + random.Next(latest.VocabularySize) };
        latest = normed.IsValid && Maybe() ? normed : latest;
        return latest with { Storage = Maybe(3) ? Pick([WeightStorage.Int8, WeightStorage.Int4, WeightStorage.UInt4]) : latest.Storage };

        FuzzCase WithImage(FuzzCase encoder)
        {
            if (encoder.PatchSize == 0)
            {
                return encoder;
            }

            FuzzCase image = encoder with
            {
                NoFirstState = Maybe(4),
                LaterStates = Maybe() ? 0 : 1 + random.Next(4),
                NoPatchBias = Maybe(3),
                NoPatchPositions = Maybe(4),
                FlatImageTensors = Maybe(),
                EmbeddingNorm = Maybe(4),
            };
            image = image with
            {
                LaterHavePositions = image.LaterStates > 0 && !image.NoPatchPositions && Maybe(),
                PoolsPatches = Maybe() && image.Pooling != PoolingKind.None && (!image.NoFirstState || image.LaterStates > 0),
            };
            image = image.IsValid ? image : encoder;
            FuzzCase grid = image with { RotaryGrid = Maybe(), Scaling = ScalingKind.None };
            image = grid is { RotaryGrid: true, IsValid: true } ? grid : image;
            FuzzCase probed = image with { ProbeHeads = 1 + random.Next(4) };
            return probed.IsValid && Maybe(3) ? probed : image;
        }

        FuzzCase WithBodyAndProjections(FuzzCase encoder)
        {
            FuzzCase candidate = encoder with
            {
                Causal = Maybe(),
                Window = Window(),
                SecondWindow = Window(),
                Positions = Positions(),
                SecondPositions = Positions(),
                Arrangement = Pick(s_arrangements),
                Band = 0,
                GlobalTokens = false,
            };
            candidate = candidate.Causal && candidate.IsValid ? candidate : encoder;
            FuzzCase projected = candidate with
            {
                Projection = Maybe(3) ? Pick(s_innerWidths) : 0,
                SecondProjection = Maybe(4) ? Pick(s_widths) : 0,
            };
            return projected.IsValid ? projected : candidate;
        }

        float LogitsScale() => Maybe(5) ? Pick([0.0625f, 0.5f, 3f]) : 1;
    }
}
