using System;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using RotaryPairing = Specializer.Generator.Architecture.RotaryPairing;

/// <summary>The attributes of the parts that not every model has: what they declare, and what is refused.</summary>
[Feature("diagnostics")]
public sealed class AxesTests
{
    [Fact]
    public void What_Gemma_is_made_of()
    {
        TransformerArchitecture architecture = Parse(
            Declaration(
                "Arrangement = LayerArrangement.Sandwich, EmbeddingScale = 8, EmbeddingNorm = true, LogitsBias = true, LogitsSoftCap = 30",
                "QueryKeyNorm = true, SoftCap = 50, KeyBias = true",
                "[RotaryPositions(Base = 1e6, Scaling = FrequencyScaling.Linear, Factor = 8)] [SlidingWindow(4, Pattern = \"SSF\", RotaryBase = 100)]",
                "NormKind.RootMeanSquare, UnitOffset = true"
            )
        );
        Assert.Equal(LayerArrangement.Sandwich, architecture.Arrangement);
        Assert.Equal(new EmbeddingArchitecture(50, 8, null, Norm: true), architecture.Embeddings);
        Assert.Equal(new LogitsArchitecture(Tied: false, Bias: true, SoftCap: 30), architecture.Logits);
        Assert.Equal(
            new AttentionArchitecture(4, 4, 16, 0.25f, false, true, false, false, 50, QueryKeyNorm: true),
            (AttentionArchitecture)architecture.Attention.ForShapes()
        );
        Assert.Equal(
            [
                ("Sliding", 4, new RotaryPositions(100, 16, RotaryPairing.HalfSplit, new NoScaling())),
                ("Full", 0, new RotaryPositions(1e6, 16, RotaryPairing.HalfSplit, new LinearScaling(8))),
            ],
            architecture.LayerKinds.Select(static kind => (kind.Name, kind.Attention.Window, (RotaryPositions)kind.Attention.Positions))
        );
        Assert.Equal([0, 0, 1], architecture.LayerPattern);
        Assert.True(architecture.Norm.UnitOffset);
        Assert.Equal("model.layers.{layer}.pre_feedforward_layernorm", architecture.Checkpoint.Names.FeedForwardNorm);
        Assert.Equal("model.layers.{layer}.self_attn.q_norm", architecture.Checkpoint.Names.QueryNorm);
    }

    [Fact]
    public void A_factor_of_the_residual_stream_belongs_to_every_layer()
    {
        Assert.All(
            Parse(Declaration("ResidualScale = 0.5f", parts: "[RotaryPositions] [SlidingWindow(4, Pattern = \"SF\")]")).LayerKinds,
            static kind => Assert.Equal(0.5f, kind.ResidualScale)
        );
        Assert.Equal(1, Parse(Declaration()).LayerKinds.Single().ResidualScale);
    }

    [Fact]
    public void Norms_of_outputs_have_the_names_of_OLMo_2()
    {
        CheckpointNames names = Parse(Declaration("Arrangement = LayerArrangement.OutputNorm")).Checkpoint.Names;
        Assert.Equal("model.layers.{layer}.post_attention_layernorm", names.AttentionOutputNorm);
        Assert.Equal("model.layers.{layer}.post_feedforward_layernorm", names.FeedForwardOutputNorm);
        Assert.Empty(names.AttentionNorm + names.FeedForwardNorm);
    }

    /// <summary>FeedForwardNorm is the first layer of some checkpoints and cannot be declared.</summary>
    [Fact]
    public void Every_arrangement_is_its_namesake() =>
        Assert.All(
            Enum.GetNames<LayerArrangement>().Except([nameof(LayerArrangement.FeedForwardNorm)]),
            static name => Assert.Equal(name, Parse(Declaration("Arrangement = LayerArrangement." + name)).Arrangement.ToString())
        );

    [Fact]
    public void Learned_positions()
    {
        Assert.Equal(new LearnedPositions(2, 18), Parse(Declaration(parts: "[LearnedPositions(Offset = 2)]")).Embeddings.Positions);
        Assert.Equal(new LearnedPositions(0, 30), Parse(Declaration(parts: "[LearnedPositions(Rows = 30)]")).Embeddings.Positions);
    }

    [Fact]
    public void Sinusoidal_positions_and_ALiBi()
    {
        Assert.Equal(
            new SinusoidalPositions(Interleaved: true),
            Parse(Declaration(parts: "[SinusoidalPositions(Interleaved = true)]")).Embeddings.Positions
        );
        Assert.Equal(
            new AlibiPositions(4),
            Parse(Declaration(parts: "[AlibiPositions(MaximumBias = 4)]")).LayerKinds.Single().Attention.Positions
        );
        Assert.Equal(
            8,
            ((AlibiPositions)Parse(Declaration(parts: "[AlibiPositions]")).LayerKinds.Single().Attention.Positions).MaximumBias
        );
    }

    [Fact]
    public void Rotary_scalings()
    {
        RotaryPositions Of(string arguments) =>
            (RotaryPositions)Parse(Declaration(parts: $"[RotaryPositions({arguments})]")).LayerKinds.Single().Attention.Positions;
        Assert.Equal(
            new Llama3Scaling(8, 1, 4, 64),
            Of("Scaling = FrequencyScaling.Llama3, Factor = 8, OriginalContextLength = 64").Scaling
        );
        Assert.Equal(
            new YarnScaling(4, 64, 32, 1, (0.1 * Math.Log(4)) + 1),
            Of("Scaling = FrequencyScaling.Yarn, Factor = 4, OriginalContextLength = 64").Scaling
        );

        // Peng et al. 2023, section 3.1: the lowest frequency is divided by the factor, the highest is kept.
        RotaryPositions ntk = Of("Scaling = FrequencyScaling.Ntk, Factor = 4");
        Assert.Equal(Math.Pow(10_000, -14.0 / 16) / 4, Math.Pow(ntk.Base, -14.0 / 16), 12);
        Assert.Equal(new NoScaling(), ntk.Scaling);
    }

    [Fact]
    public void Norms_without_bias_and_without_the_last()
    {
        TransformerArchitecture architecture = Parse(Declaration(norm: "NormKind.Layer, NoBias = true, NoFinalNorm = true"));
        Assert.False(architecture.Norm.Bias);
        Assert.Equal("", architecture.Checkpoint.Names.FinalNorm);
    }

    [Fact]
    public void Names_and_layouts()
    {
        CheckpointLayout checkpoint = Parse(
            Declaration(
                activation: "SwiGlu",
                parts: "[TensorNames(QueryKeyValue = \"h.{layer}.qkv\", QueryKeyValueStorage = QueryKeyValueStorage.PerKeyValueHead, GateUp = \"h.{layer}.wi\", InputsFirst = true)]"
            )
        ).Checkpoint;
        Assert.Equal("h.{layer}.qkv", checkpoint.Names.QueryKeyValue);
        Assert.Equal(QueryKeyValueStorage.PerKeyValueHead, checkpoint.QueryKeyValue);
        Assert.Equal("h.{layer}.wi", checkpoint.Names.GateUp);
        Assert.True(checkpoint.GateUpConcatenated);
        Assert.True(checkpoint.InputsFirst);
    }

    [Fact]
    public void What_is_declared_compiles() =>
        GeneratorRun
            .Of(
                Declaration(
                    "Arrangement = LayerArrangement.Sandwich, EmbeddingScale = 8, EmbeddingNorm = true, LogitsBias = true, LogitsSoftCap = 30",
                    "QueryKeyNorm = true, SoftCap = 50, KeyBias = true",
                    "[AlibiPositions] [LearnedPositions(Offset = 2)] [SlidingWindow(4, Pattern = \"SF\")]",
                    "NormKind.RootMeanSquare, UnitOffset = true"
                )
            )
            .Emit();

    [Theory]
    [InlineData(
        "[RotaryPositions] [AlibiPositions]",
        "SPZ0015",
        "[AlibiPositions] and [RotaryPositions] are mutually exclusive: choose one positional scheme; remove one"
    )]
    [InlineData(
        "[LearnedPositions] [SinusoidalPositions]",
        "SPZ0015",
        "[SinusoidalPositions] and [LearnedPositions] are mutually exclusive: only one position table is added to the embeddings; remove one"
    )]
    [InlineData("[LearnedPositions(Offset = 2, Rows = 17)]", "SPZ0004", "Rows is 17, but must be at least ContextLength + Offset = 18")]
    [InlineData("[AlibiPositions(MaximumBias = 0)]", "SPZ0004", "MaximumBias is 0, but must be a positive number")]
    [InlineData("[RotaryPositions(Factor = 2)]", "SPZ0004", "Factor is 2, but must be left out when Scaling is not set")]
    [InlineData("[RotaryPositions(Scaling = FrequencyScaling.Linear, Factor = 0.5)]", "SPZ0004", "Factor is 0.5, but must be at least 1")]
    [InlineData("[RotaryPositions(Scaling = (FrequencyScaling)5)]", "SPZ0004", "Scaling is 5, but must be a value of FrequencyScaling")]
    [InlineData(
        "[RotaryPositions(Scaling = FrequencyScaling.Ntk, RotaryDim = 2)]",
        "SPZ0004",
        "The rotary dimension is 2, but must be at least 4 for FrequencyScaling.Ntk"
    )]
    [InlineData(
        "[RotaryPositions(Scaling = FrequencyScaling.Yarn, Factor = 2)]",
        "SPZ0004",
        "OriginalContextLength is not given, but must be 1 to 4194304"
    )]
    [InlineData(
        "[RotaryPositions(Scaling = FrequencyScaling.Yarn, OriginalContextLength = 8, BetaFast = 1)]",
        "SPZ0004",
        "BetaFast is 1, but must be more than BetaSlow = 1"
    )]
    [InlineData(
        "[RotaryPositions(Scaling = FrequencyScaling.Llama3, OriginalContextLength = 8, HighFrequencyFactor = 1)]",
        "SPZ0004",
        "HighFrequencyFactor is 1, but must be more than LowFrequencyFactor = 1"
    )]
    [InlineData("[SlidingWindow(0)]", "SPZ0004", "The window is 0, but must be 1 to 4194304")]
    [InlineData(
        "[SlidingWindow(4, Pattern = \"FX\")]",
        "SPZ0004",
        "Pattern is \"FX\", but must be a sequence of S (sliding window) and F (full attention) with at least one S"
    )]
    [InlineData(
        "[SlidingWindow(4, RotaryBase = 100)]",
        "SPZ0015",
        "RotaryBase and a model without [RotaryPositions] are mutually exclusive: remove it, or declare rotary positions"
    )]
    [InlineData("[TensorNames(Up = \"up\")]", "SPZ0016", "Up = \"up\" must contain \"{layer}\" once, in the place of the layer number")]
    [InlineData(
        "[TensorNames(Logits = \"{layer}\")]",
        "SPZ0016",
        "Logits = \"{layer}\" must not contain \"{layer}\", because the model has only one such tensor"
    )]
    [InlineData("[TensorNames(Logits = \"\")]", "SPZ0016", "Logits = \"\" is empty: write the tensor's name without \".weight\"")]
    [InlineData(
        "[TensorNames(Logits = \"out.weight\")]",
        "SPZ0016",
        "Logits = \"out.weight\" ends in a suffix that is added automatically: remove \".weight\" and \".bias\""
    )]
    [InlineData(
        "[TensorNames(Logits = \"a\\\\b\")]",
        "SPZ0016",
        "Logits = \"a\\b\" contains a quotation mark, a backslash or a control character"
    )]
    [InlineData(
        "[TensorNames(TokenEmbedding = \"wte\", Logits = \"wte\")]",
        "SPZ0016",
        "Logits = \"wte\" is TokenEmbedding's name too: every tensor needs a name of its own"
    )]
    [InlineData(
        "[TensorNames(QueryKeyValue = \"{layer}\")]",
        "SPZ0015",
        "QueryKeyValue and QueryKeyValueStorage.Separate are mutually exclusive: set QueryKeyValueStorage to the layout of the fused tensor"
    )]
    [InlineData(
        "[TensorNames(Gate = \"{layer}\")]",
        "SPZ0015",
        "Gate and an activation without a gate are mutually exclusive: remove it, or declare a gated activation"
    )]
    public async Task Refused(string parts, string id, string message)
    {
        var diagnostic = Assert.Single(await Analysis.Of(Declaration(parts: parts)));
        Assert.Equal((id, message), (diagnostic.Id, diagnostic.GetMessage()));
        Assert.False(GeneratorRun.Of(Declaration(parts: parts)).GeneratesAModel);
    }

    [Theory]
    [InlineData("Arrangement = (LayerArrangement)7", "", "", "SPZ0004")]
    [InlineData("Arrangement = (LayerArrangement)8", "", "", "SPZ0004")]
    [InlineData("EmbeddingScale = -1", "", "", "SPZ0004")]
    [InlineData("ResidualScale = -1", "", "", "SPZ0004")]
    [InlineData("ResidualScale = 2, Arrangement = LayerArrangement.OutputNorm", "", "", "SPZ0015")]
    [InlineData("LogitsSoftCap = float.NaN", "", "", "SPZ0004")]
    [InlineData("", "SoftCap = -1", "", "SPZ0004")]
    [InlineData("", "QueryKeyNorm = true", "NormKind.Layer", "SPZ0015")]
    public async Task Refused_elsewhere(string transformer, string attention, string norm, string id) =>
        Assert.Equal(
            id,
            Assert
                .Single(await Analysis.Of(Declaration(transformer, attention, norm: norm.Length == 0 ? "NormKind.RootMeanSquare" : norm)))
                .Id
        );

    [Theory]
    [InlineData("[SlidingWindow(64)]", false)]
    [InlineData("[SlidingWindow(64, Pattern = \"SF\")]", true)]
    [InlineData("", true)]
    public void Sessions_grow_linearly_with_the_context_or_not_at_all(string window, bool grows)
    {
        long Bytes(int context) =>
            SessionBytes(Declaration(parts: window).Replace("ContextLength = 16", $"ContextLength = {context}, ChunkLength = 32"));
        long[] growth = [Bytes(8192) - Bytes(4096), Bytes(12_288) - Bytes(8192)];
        Assert.Equal(growth[0], growth[1]);
        Assert.Equal(grows, growth[0] > 0);
    }

    private static string Declaration(
        string transformer = "",
        string attention = "",
        string parts = "",
        string norm = "NormKind.RootMeanSquare",
        string activation = "Gelu"
    ) =>
        $"""
            using Specializer;

            [Transformer(Stack.Decoder, Layers = 2, DModel = 64, VocabularySize = 50, ContextLength = 16{(
                transformer.Length == 0 ? "" : ", " + transformer
            )})]
            [Attention(Heads = 4{(attention.Length == 0 ? "" : ", " + attention)})]
            {parts}
            [FeedForward(128, Activation.{activation})]
            [Norm({norm})]
            partial class Model;
            """;

    private static TransformerArchitecture Parse(string declaration) => GeneratorRun.Of(declaration).Declared();

    private static long SessionBytes(string declaration) =>
        ((PlannedModel)GeneratorRun.Of(declaration).Step(TrackingNames.Plans).Single().Value).Plan.SessionBytes;
}
