using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

using Activation = Specializer.Generator.Architecture.Activation;
using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using NormKind = Specializer.Generator.Architecture.NormKind;
using PoolingKind = Specializer.Generator.Architecture.PoolingKind;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using Stack = Specializer.Generator.Architecture.Stack;
using WeightStorage = Specializer.Generator.Architecture.WeightStorage;

/// <summary>
/// Values of axes that no golden checkpoint has, each in a separate small model, compared with the oracle on every instruction
/// set of this process. docs/coverage.rows names them.
/// </summary>
[Feature("odd-widths", "width 48*", "width 72*", "width 100*")]
[Feature("attention-biases", "a bias of queries*", "a bias of keys*", "a bias of values*", "a bias of outputs*")]
[Feature("inverse-layer-scale", "scores divided*", "clipped projections*")]
[Feature("sliding-window-encoder-decoder", "a sliding window*")]
[Feature("linear-attention-encoder-decoder", "linear attention*")]
[Feature("rotary-scaling", "rotary, linear*", "rotary, NTK*", "rotary, YaRN*", "rotary, a factor*")]
[Feature("long-rope", "rotary, short and long factors*")]
[Feature("alibi-heads", "ALiBi of 3 heads*", "ALiBi of 12 heads*")]
[Feature("relative-bias-both", "T5 relative bias, bidirectional*", "T5 relative bias, causal*")]
[Feature(
    "residual-stream-norm",
    "norms of the residual stream itself, in a decoder*",
    "norms of the residual stream itself, in an encoder"
)]
[Feature("residual-scale", "a factor of the residual stream*")]
[Feature("output-norm", "norms of the outputs*")]
[Feature("no-attention-norm", "no norm before the attention*")]
[Feature("projection-norm", "a norm of all*", "a LayerNorm of every*")]
[Feature("rotated-norm", "a norm of query heads after*")]
[Feature("alibi-both-ways", "slopes both ways*")]
[Feature("down-bias", "a bias of the down*")]
[Feature("norm-without-weight", "norms without a weight*")]
[Feature("no-final-norm", "no norm behind*")]
[Feature("logits-soft-cap", "a bias and a soft cap*")]
[Feature("last-token-pooling", "pooling of the last*")]
[Feature("weighted-and-maximum-pooling", "pooling of the mean weighted*", "pooling of the maximum*")]
[Feature("projections", "two projections*", "a projection of every*", "states of every*")]
[Feature("weight-storage", "weights held in bfloat16*", "weights held in half*")]
[Feature("batches", "sessions decoded*", "T5 relative bias, causal*")]
[Feature("alibi", "ALiBi of *")]
public sealed class AxisTests
{
    private static readonly FuzzCase s_rotary = new()
    {
        Positions = PositionKind.Rotary,
        RotaryDim = 16,
        ContextLength = 40,
    };

    private static readonly FuzzCase s_encoder = new()
    {
        Stack = Stack.Encoder,
        Layers = 2,
        Heads = 2,
        HeadDim = 12,
        ContextLength = 31,
    };

    private static readonly FuzzCase s_both = new()
    {
        Stack = Stack.EncoderDecoder,
        Heads = 2,
        KeyValueHeads = 2,
        HeadDim = 8,
        SourceLength = 21,
        ContextLength = 18,
        Sequences = 3,
    };

    private static readonly Dictionary<string, FuzzCase> s_values = new()
    {
        ["width 48, heads of 8, vocabulary of 117"] = new()
        {
            Width = 48,
            Heads = 5,
            KeyValueHeads = 1,
            HeadDim = 8,
            VocabularySize = 117,
            Layers = 2,
        },
        ["width 72, heads of 12, vocabulary of 31"] = new()
        {
            Width = 72,
            Heads = 6,
            KeyValueHeads = 2,
            HeadDim = 12,
            VocabularySize = 31,
            Layers = 2,
        },
        ["width 100, heads of 20, vocabulary of 255"] = new()
        {
            Width = 100,
            Heads = 3,
            KeyValueHeads = 3,
            HeadDim = 20,
            VocabularySize = 255,
            Layers = 2,
        },
        ["a bias of queries only"] = new() { QueryBias = true },
        ["a bias of keys only"] = new() { KeyBias = true },
        ["a bias of values only"] = new() { ValueBias = true },
        ["a bias of outputs only"] = new() { OutputBias = true },
        ["rotary, linear scaling"] = s_rotary with { Scaling = ScalingKind.Linear },

        // NTK scaling is equivalent to another base, as Specializer.Generator.Tests shows.
        ["rotary, NTK scaling"] = s_rotary with
        {
            RotaryBase = 10_000 * Math.Pow(4, 16d / 14),
        },
        ["rotary, YaRN scaling"] = s_rotary with { Scaling = ScalingKind.Yarn },
        ["rotary, a factor for each pair"] = s_rotary with { Scaling = ScalingKind.Long },
        ["rotary, short and long factors"] = s_rotary with
        {
            Scaling = ScalingKind.Long,
            ShortFactors = true,
            OriginalContextLength = 17,
            ChunkLength = 5,
            Layers = 2,
            Sequences = 5,
        },
        ["rotary, short and long factors within a window"] = s_rotary with
        {
            Scaling = ScalingKind.Long,
            ShortFactors = true,
            OriginalContextLength = 23,
            ChunkLength = 8,
            Layers = 3,
            TwoKinds = true,
            Window = 5,
            Sequences = 3,
        },
        ["rotary, short and long factors after a prefix"] = s_rotary with
        {
            Scaling = ScalingKind.Long,
            ShortFactors = true,
            OriginalContextLength = 13,
            ChunkLength = 9,
            Prefix = 7,
            Layers = 2,
            Sequences = 3,
        },
        ["rotary, short and long factors in a decoder's body"] = s_encoder with
        {
            Causal = true,
            Positions = PositionKind.Rotary,
            RotaryDim = 8,
            Scaling = ScalingKind.Long,
            ShortFactors = true,
            OriginalContextLength = 16,
            ChunkLength = 8,
            Pooling = PoolingKind.Last,
        },
        ["rotary, short and long factors in an encoder"] = s_encoder with
        {
            Positions = PositionKind.Rotary,
            RotaryDim = 8,
            Scaling = ScalingKind.Long,
            ShortFactors = true,
            OriginalContextLength = 16,
            ChunkLength = 8,
        },
        ["rotary, two bases by kind of layer"] = s_rotary with
        {
            Layers = 3,
            TwoKinds = true,
            Window = 5,
            SecondPositions = PositionKind.Rotary,
            SecondRotaryDimension = 16,
        },
        ["sinusoidal positions to an endpoint"] = new() { Table = TableKind.SinusoidalEndpoint, TableOffset = 2 },
        ["ALiBi of 3 heads"] = new()
        {
            Positions = PositionKind.Alibi,
            Heads = 3,
            KeyValueHeads = 3,
            HeadDim = 8,
            ContextLength = 33,
        },
        ["ALiBi of 12 heads"] = new()
        {
            Positions = PositionKind.Alibi,
            Heads = 12,
            KeyValueHeads = 12,
            HeadDim = 4,
            ContextLength = 33,
        },
        ["T5 relative bias, bidirectional"] = s_encoder with { Positions = PositionKind.Relative },
        ["T5 relative bias, causal"] = s_both with { Positions = PositionKind.Relative },
        ["a sliding window in an encoder-decoder"] = s_both with { Window = 4, Band = 3 },
        ["linear attention in an encoder-decoder"] = s_both with { Linear = true },
        ["sandwich norms in an encoder-decoder"] = s_both with { Arrangement = LayerArrangement.Sandwich },
        ["no norm behind the last layer"] = new() { NoFinalNorm = true },
        ["a bias and a soft cap of logits"] = new()
        {
            LogitsBias = true,
            LogitsSoftCap = 3,
            VocabularySize = 33,
        },
        ["a decoder's body, the last state"] = s_encoder with
        {
            Causal = true,
            Positions = PositionKind.Rotary,
            RotaryDim = 12,
            Heads = 4,
            KeyValueHeads = 2,
            Pooling = PoolingKind.Last,
            ChunkLength = 8,
        },
        ["a decoder's body with windows, the mean"] = s_encoder with
        {
            Causal = true,
            Layers = 3,
            TwoKinds = true,
            Window = 5,
            Positions = PositionKind.Rotary,
            SecondPositions = PositionKind.Alibi,
            Arrangement = LayerArrangement.Sandwich,
            UnitOffset = true,
            QueryKeyNorm = true,
            EmbeddingScale = 4,
            ContextLength = 300,
            ChunkLength = 32,
            Pooling = PoolingKind.Mean,
            Normalize = true,
        },
        ["a decoder's body, blocks in parallel after one norm"] = s_encoder with
        {
            Causal = true,
            Arrangement = LayerArrangement.ParallelOneNorm,
            Norm = NormKind.Layer,
            NormBias = true,
            ChunkLength = 8,
            ContextLength = 40,
        },
        ["an encoder, blocks in parallel after one norm"] = s_encoder with
        {
            Arrangement = LayerArrangement.ParallelOneNorm,
            Band = 4,
            GlobalTokens = true,
            ChunkLength = 8,
            ContextLength = 40,
        },
        ["a decoder's body, blocks in parallel after two norms"] = s_encoder with
        {
            Causal = true,
            Arrangement = LayerArrangement.ParallelTwoNorms,
            Layout = QueryKeyValueStorage.PerKeyValueHead,
            ChunkLength = 8,
        },
        ["pooling of the mean weighted by position"] = s_encoder with
        {
            Causal = true,
            Pooling = PoolingKind.WeightedMean,
            ContextLength = 40,
            Normalize = true,
        },
        ["pooling of the maximum"] = s_encoder with { Pooling = PoolingKind.Max, ContextLength = 40, Width = 20 },
        ["two projections of a pooled state, of length 1"] = s_encoder with
        {
            Pooling = PoolingKind.Mean,
            Projection = 40,
            HeadActivation = Activation.Tanh,
            HeadBias = true,
            SecondProjection = 9,
            Normalize = true,
        },
        ["a projection of every token, of length 1"] = s_encoder with
        {
            SecondProjection = 9,
            Normalize = true,
            ContextLength = 40,
            ChunkLength = 8,
        },
        ["states of every token of length 1"] = s_encoder with { Causal = true, Normalize = true, ContextLength = 40, ChunkLength = 8 },
        ["pooling of the last token"] = s_encoder with { Pooling = PoolingKind.Last },
        ["pooling of the mean, of length 1"] = s_encoder with { Pooling = PoolingKind.Mean, Normalize = true },
        ["weights held in bfloat16"] = s_rotary with { Storage = WeightStorage.BFloat16, Layers = 2, Tied = true, VocabularySize = 33 },
        ["weights held in half precision"] = s_rotary with
        {
            Storage = WeightStorage.Float16,
            Layers = 2,
            Tied = true,
            VocabularySize = 33,
        },
        ["weights held in 8 bits, tied, inputs that end within a block"] = s_rotary with
        {
            Storage = WeightStorage.Int8,
            Layers = 2,
            Tied = true,
            VocabularySize = 33,
        },
        ["weights held in 8 bits, tied, learned positions"] = new()
        {
            Storage = WeightStorage.Int8,
            Table = TableKind.Learned,
            Tied = true,
        },
        ["weights held in 8 bits, many rows, all panels"] = s_rotary with
        {
            Storage = WeightStorage.Int8,
            Width = 160,
            Heads = 5,
            KeyValueHeads = 5,
            HeadDim = 32,
            RotaryDim = 32,
            FeedForwardWidth = 288,
            Gated = true,
            VocabularySize = 190,
            ContextLength = 96,
            LogitsSoftCap = 15,
        },
        ["weights held in 8 bits in an encoder with a tied head"] = s_encoder with
        {
            Storage = WeightStorage.Int8,
            TiedHead = true,
            HeadOutputs = 33,
            VocabularySize = 33,
            FeedForwardWidth = 72,
        },
        ["weights held in 4 bits, tied, inputs that end within a block"] = s_rotary with
        {
            Storage = WeightStorage.Int4,
            Layers = 2,
            Tied = true,
            VocabularySize = 33,
        },
        ["weights held in 4 bits, many rows, all panels"] = s_rotary with
        {
            Storage = WeightStorage.Int4,
            Width = 160,
            Heads = 5,
            KeyValueHeads = 5,
            HeadDim = 32,
            RotaryDim = 32,
            FeedForwardWidth = 288,
            Gated = true,
            VocabularySize = 190,
            ContextLength = 96,
            LogitsSoftCap = 15,
        },
        ["weights held in 4 bits in an encoder with a tied head"] = s_encoder with
        {
            Storage = WeightStorage.Int4,
            TiedHead = true,
            HeadOutputs = 33,
            VocabularySize = 33,
            FeedForwardWidth = 72,
        },
        ["weights held in 4 bits with minima, tied, inputs that end within a block"] = s_rotary with
        {
            Storage = WeightStorage.UInt4,
            Layers = 2,
            Tied = true,
            VocabularySize = 33,
        },
        ["weights held in 4 bits with minima, many rows, all panels"] = s_rotary with
        {
            Storage = WeightStorage.UInt4,
            Width = 160,
            Heads = 5,
            KeyValueHeads = 5,
            HeadDim = 32,
            RotaryDim = 32,
            FeedForwardWidth = 288,
            Gated = true,
            VocabularySize = 190,
            ContextLength = 96,
            LogitsSoftCap = 15,
        },
        ["weights held in 4 bits with minima in an encoder with a tied head"] = s_encoder with
        {
            Storage = WeightStorage.UInt4,
            TiedHead = true,
            HeadOutputs = 33,
            VocabularySize = 33,
            FeedForwardWidth = 72,
        },
        ["an image of 9 patches of 3 pixels"] = s_encoder with
        {
            PatchSize = 3,
            PatchesAcross = 3,
            Channels = 3,
            Pooling = PoolingKind.First,
            HeadDense = 16,
            HeadActivation = Activation.Tanh,
        },
        ["the hyperbolic tangent between linear layers"] = s_rotary with { Activation = Activation.Tanh },
        ["Mish between linear layers"] = s_rotary with { Activation = Activation.Mish },
        ["sound of 5 bands"] = s_both with { MelBands = 5, Table = TableKind.Learned, Activation = Activation.Gelu },
        ["a head with the weights of the embeddings"] = s_encoder with
        {
            TiedHead = true,
            HeadDense = 16,
            HeadActivation = Activation.Gelu,
            HeadNorm = true,
            HeadOutputs = 33,
            VocabularySize = 33,
            HeadBias = true,
        },
        ["a scale of logits with a bias"] = new()
        {
            LogitsScale = 0.0625f,
            LogitsBias = true,
            VocabularySize = 33,
        },
        ["norms of the residual stream itself, in a decoder"] = s_rotary with { Arrangement = LayerArrangement.NormedResidual, Layers = 3 },
        ["norms of the residual stream itself, in an encoder"] = s_encoder with
        {
            Arrangement = LayerArrangement.NormedResidual,
            Band = 5,
            GlobalTokens = true,
        },
        ["norms of the residual stream itself, in an encoder-decoder"] = s_both with
        {
            Arrangement = LayerArrangement.NormedResidual,
            Layers = 2,
        },
        ["scores divided by the number of the layer"] = s_rotary with
        {
            ScaleByInverseLayer = true,
            Layers = 3,
            Heads = 4,
            KeyValueHeads = 2,
            Sequences = 3,
        },
        ["scores divided by the number of the layer, in both stacks"] = s_both with
        {
            ScaleByInverseLayer = true,
            Layers = 2,
            EncoderLayers = 3,
        },
        ["clipped projections"] = s_rotary with { ProjectionClip = 0.5f, Layers = 2, VocabularySize = 33 },
        ["clipped projections with biases, one in one panel"] = s_encoder with
        {
            ProjectionClip = 0.25f,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
        },
        ["a factor of the residual stream"] = s_rotary with { ResidualScale = 0.22f, Layers = 2, OutputBias = true, Width = 72 },
        ["a factor of the residual stream, norms after the blocks"] = s_encoder with
        {
            ResidualScale = 0.5f,
            Arrangement = LayerArrangement.PostNorm,
            FeedForwardWidth = 100,
        },
        ["a factor of the residual stream, in both stacks"] = s_both with { ResidualScale = 1.5f, FeedForwardBias = true },
        ["norms of the outputs of blocks only"] = s_rotary with { Arrangement = LayerArrangement.OutputNorm, Layers = 2, Width = 72 },
        ["norms of the outputs of blocks only, in an encoder"] = s_encoder with { Arrangement = LayerArrangement.OutputNorm },
        ["no norm before the attention of one kind of layer"] = s_encoder with
        {
            Layers = 3,
            TwoKinds = true,
            Band = 4,
            NoSecondAttentionNorm = true,
        },
        ["no norm before the attention of one kind of layer, in a decoder"] = s_rotary with
        {
            Layers = 3,
            TwoKinds = true,
            NoSecondAttentionNorm = true,
        },
        ["a norm of all query heads"] = s_rotary with
        {
            ProjectionNorm = ProjectionNorm.AllHeads,
            Heads = 4,
            KeyValueHeads = 2,
            Sequences = 3,
        },
        ["a norm of all query heads, in an encoder"] = s_encoder with { ProjectionNorm = ProjectionNorm.AllHeads, KeyValueHeads = 2 },
        ["a LayerNorm of every query head with its own weights"] = s_rotary with
        {
            ProjectionNorm = ProjectionNorm.EachHead,
            Norm = NormKind.Layer,
            Heads = 4,
            KeyValueHeads = 2,
            HeadDim = 20,
            RotaryInterleaved = true,
        },
        ["a norm of query heads after their rotation"] = s_rotary with
        {
            QueryKeyNorm = true,
            NormsRotated = true,
            Heads = 2,
            HeadDim = 20,
            Sequences = 3,
        },
        ["slopes both ways"] = s_encoder with { Positions = PositionKind.Alibi, Heads = 3, ContextLength = 150 },
        ["a bias of the down projection only"] = s_encoder with { OnlyDownBias = true, Gated = true, GateUpConcatenated = true },
        ["norms without a weight"] = s_rotary with { NormWithoutWeight = true, Norm = NormKind.Layer, Layers = 2 },
        ["two sets of weights in a group"] = s_encoder with { SetsPerGroup = 2, Layers = 3 },
        ["two sets of weights in one group that is repeated"] = s_encoder with { SetsPerGroup = 2, Layers = 3, SharedLayers = true },
        ["sessions decoded together"] = s_rotary with { Sequences = 13, Layers = 2 },
    };

    internal static NamedCases Cases { get; } = new("axes", s_values);

    public static TheoryData<string> Values => Cases.Names;

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_agrees_with_the_oracle(string name) => Cases.AssertAgrees(name);
}
