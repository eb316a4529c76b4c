using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;

/// <summary>
/// Options of one stack, mask or form of attention that another one does not have: a diagnostic names the two options.
/// </summary>
[Feature("diagnostics")]
public sealed class StackClashTests
{
    private const string EncoderDecoder = """
        using Specializer;

        [Transformer(Stack.EncoderDecoder, Layers = 2, EncoderLayers = 3, DModel = 32, VocabularySize = 50, SourceVocabularySize = 60, ContextLength = 16, SourceLength = 24)]
        [Attention(Heads = 4, QueryKeyValueBias = true)]
        [SinusoidalPositions]
        [FeedForward(40, Activation.Relu)]
        [Norm(NormKind.Layer)]
        internal sealed partial class Model;
        """;

    [Theory]
    [InlineData(
        "Mask = AttentionMask.Full",
        "Mask = AttentionMask.Prefix",
        "Stack.Encoder and AttentionMask.Prefix are mutually exclusive"
    )]
    [InlineData("[RotaryPositions]", "[AlibiPositions]", "Stack.Encoder and [AlibiPositions] are mutually exclusive")]
    [InlineData("[RotaryPositions]", "", "")]
    [InlineData("[RotaryPositions]", "[SlidingWindow(4)]", "")]
    [InlineData("[RotaryPositions]", "[SlidingWindow(4, SourceWindow = 2)]", "Stack.Encoder and SourceWindow are mutually exclusive")]
    [InlineData(
        "HeadDim = 20",
        "HeadDim = 20, GlobalTokens = true",
        "GlobalTokens and a model without [SlidingWindow] are mutually exclusive"
    )]
    [InlineData("ContextLength = 48", "ContextLength = 48, Arrangement = LayerArrangement.ParallelOneNorm", "")]
    [InlineData(
        ", Mask = AttentionMask.Full",
        "",
        "Stack.Encoder and AttentionMask.Causal are mutually exclusive: an encoder has no default mask"
    )]
    [InlineData("ContextLength = 48", "ContextLength = 48, Arrangement = LayerArrangement.PostNorm", "")]
    [InlineData("ContextLength = 48", "ContextLength = 48, TokenTypes = 2", "")]
    [InlineData("ContextLength = 48", "ContextLength = 48, SourceLength = 2", "Stack.Encoder and SourceLength are mutually exclusive")]
    [InlineData(
        "HeadDim = 20",
        "HeadDim = 20, Form = AttentionForm.Linear",
        "AttentionForm.Linear and [RotaryPositions] are mutually exclusive"
    )]
    [InlineData("[RotaryPositions]", "[SlidingWindow(5)]", "The window is 5, but must be even in an encoder")]
    public Task Of_an_encoder(string good, string bad, string message) => Expect(Declarations.Encoder.Replace(good, bad), message);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("[RotaryPositions]", "[AlibiPositions]", "")]
    [InlineData("[RotaryPositions]", "[SlidingWindow(5, Pattern = \"SF\")]", "")]
    [InlineData("[Norm(NormKind.Layer)]", "[Norm(NormKind.RootMeanSquare, UnitOffset = true)]", "")]
    [InlineData("ContextLength = 48", "ContextLength = 48, EmbeddingScale = 3, Arrangement = LayerArrangement.ParallelTwoNorms", "")]
    [InlineData("PoolingKind.Mean", "PoolingKind.WeightedMean, Normalize = true", "")]
    [InlineData(
        "ContextLength = 48",
        "ContextLength = 48, TiedEmbeddings = true",
        "Stack.Encoder and TiedEmbeddings are mutually exclusive"
    )]
    [InlineData("HeadDim = 20", "HeadDim = 20, GlobalTokens = true", "AttentionMask.Causal and GlobalTokens are mutually exclusive")]
    [InlineData(
        "HeadDim = 20, Mask = AttentionMask.Causal, QueryKeyValueBias = true)]\n[RotaryPositions]",
        "HeadDim = 20, Mask = AttentionMask.Causal, Form = AttentionForm.Linear)]",
        "Stack.Encoder with AttentionMask.Causal and AttentionForm.Linear are mutually exclusive"
    )]
    public Task Of_a_decoders_body(string good, string bad, string message)
    {
        string body = Declarations.Encoder.Replace("AttentionMask.Full", "AttentionMask.Causal", System.StringComparison.Ordinal);
        return Expect(good.Length == 0 ? body : body.Replace(good, bad), message);
    }

    [Theory]
    [InlineData("Mask = AttentionMask.Causal", "Mask = AttentionMask.Prefix", "")]
    [InlineData("Mask = AttentionMask.Causal", "GlobalTokens = true", "Stack.Decoder and GlobalTokens are mutually exclusive")]
    [InlineData("TiedEmbeddings = true", "TokenTypes = 2", "Stack.Decoder and TokenTypes are mutually exclusive")]
    [InlineData("TiedEmbeddings = true", "EncoderLayers = 2", "Stack.Decoder and EncoderLayers are mutually exclusive")]
    [InlineData("TiedEmbeddings = true", "EmbeddedPrefix = true", "EmbeddedPrefix and a model without a prefix are mutually exclusive")]
    [InlineData("[RotaryPositions(Base = 10_000)]", "[AlibiPositions]", "")]
    [InlineData(
        "Mask = AttentionMask.Causal)]",
        "Mask = AttentionMask.Prefix)] [SlidingWindow(8)]",
        "AttentionMask.Prefix and [SlidingWindow] are mutually exclusive"
    )]
    [InlineData(
        "Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]",
        "Mask = AttentionMask.Prefix)] [AlibiPositions]",
        "AttentionMask.Prefix and [AlibiPositions] are mutually exclusive"
    )]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Form = AttentionForm.Linear)]", "")]
    [InlineData(
        "Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]",
        "Form = AttentionForm.Linear, SoftCap = 2)]",
        "AttentionForm.Linear and SoftCap are mutually exclusive"
    )]
    [InlineData(
        "Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]",
        "Form = AttentionForm.Linear, Scale = 2)]",
        "AttentionForm.Linear and Scale are mutually exclusive"
    )]
    [InlineData(
        "Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]",
        "Form = AttentionForm.Linear, Mask = AttentionMask.Prefix)]",
        "AttentionForm.Linear and AttentionMask.Prefix are mutually exclusive"
    )]
    [InlineData(
        "Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]",
        "Form = AttentionForm.Linear)] [SlidingWindow(4)]",
        "AttentionForm.Linear and [SlidingWindow] are mutually exclusive"
    )]
    public Task Of_a_decoder(string good, string bad, string message) => Expect(Declarations.Pronunciation.Replace(good, bad), message);

    [Theory]
    [InlineData("", "", "")]
    [InlineData(
        "QueryKeyValueBias = true",
        "Mask = AttentionMask.Full",
        "Stack.EncoderDecoder and AttentionMask.Full are mutually exclusive"
    )]
    [InlineData("QueryKeyValueBias = true", "Form = AttentionForm.Linear", "")]
    [InlineData(
        "QueryKeyValueBias = true)]",
        "Form = AttentionForm.Linear)] [SlidingWindow(4)]",
        "AttentionForm.Linear and [SlidingWindow] are mutually exclusive"
    )]
    [InlineData("QueryKeyValueBias = true", "GlobalTokens = true", "Stack.EncoderDecoder and GlobalTokens are mutually exclusive")]
    [InlineData("SourceLength = 24", "TokenTypes = 2", "Stack.EncoderDecoder and TokenTypes are mutually exclusive")]
    [InlineData("SourceLength = 24", "Arrangement = LayerArrangement.Sandwich", "")]
    [InlineData(
        "SourceLength = 24",
        "Arrangement = LayerArrangement.ParallelTwoNorms",
        "Stack.EncoderDecoder and parallel blocks are mutually exclusive"
    )]
    [InlineData("SourceLength = 24", "Arrangement = LayerArrangement.PostNorm", "")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(4)]", "")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(4, SourceWindow = 6, Pattern = \"SF\")]", "")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(0, SourceWindow = 6)]", "")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(0)]", "The window is 0, but must be 1 to")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(4, SourceWindow = 5)]", "SourceWindow is 5, but must be even in an encoder")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(4, SourceWindow = 26)]", "26")]
    [InlineData(
        "[SinusoidalPositions]",
        "[TensorNames(CrossAttentionOutputNorm = \"{layer}.norm\")]",
        "CrossAttentionOutputNorm and an arrangement without norms before and after the blocks are mutually exclusive"
    )]
    [InlineData("[SinusoidalPositions]", "[Pooling(PoolingKind.Mean)]", "Stack.EncoderDecoder and [Pooling] are mutually exclusive")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(Query = \"{stack}.{layer}.q\", TokenEmbedding = \"{stack}.embed\")]", "")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(Query = \"{layer}.q\")]", "must contain \"{stack}\"")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(TokenEmbedding = \"embed\")]", "must contain \"{stack}\"")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(CrossQuery = \"{stack}.{layer}.q\")]", "must not contain \"{stack}\"")]
    [InlineData(
        "[SinusoidalPositions]",
        "[TensorNames(CrossQuery = \"{layer}.q\", CrossKeyValue = \"{layer}.kv\", CrossKey = \"{layer}.k\")]",
        "CrossKey and CrossKeyValue are mutually exclusive"
    )]
    [InlineData("[Norm(NormKind.Layer)]", "[Norm(NormKind.Layer, NoFinalNorm = true)]", "")]
    public Task Of_an_encoder_decoder(string good, string bad, string message) =>
        Expect(good.Length == 0 ? EncoderDecoder : EncoderDecoder.Replace(good, bad), message);

    [Fact]
    public void An_encoder_decoder_is_two_stacks_of_one_shape_with_names_of_their_own()
    {
        TransformerArchitecture decoder = Architecture(EncoderDecoder);
        TransformerArchitecture encoder = decoder.Encoder!;
        Assert.Equal(
            (2, 3, 16, 24, 50, 60),
            (
                decoder.Layers,
                encoder.Layers,
                decoder.ContextLength,
                encoder.ContextLength,
                decoder.Embeddings.VocabularySize,
                encoder.Embeddings.VocabularySize
            )
        );
        Assert.Equal("model.decoder.layers.{layer}.self_attn.q_proj", decoder.Checkpoint.Names.Query);
        Assert.Equal("model.encoder.layers.{layer}.self_attn.q_proj", encoder.Checkpoint.Names.Query);
        Assert.Equal("model.encoder.embed_tokens", encoder.Checkpoint.Names.TokenEmbedding);
        Assert.Equal("model.decoder.layers.{layer}.encoder_attn.q_proj", decoder.Checkpoint.Names.CrossQuery);
        Assert.Equal(AttentionMask.Full, encoder.LayerKinds.Single().Attention.Mask);
    }

    [Fact]
    public void The_stacks_of_an_encoder_decoder_have_windows_of_their_own()
    {
        TransformerArchitecture decoder = Architecture(
            EncoderDecoder.Replace(
                "[SinusoidalPositions]",
                "[RotaryPositions] [SlidingWindow(4, SourceWindow = 6, Pattern = \"SF\", RotaryBase = 100)]",
                System.StringComparison.Ordinal
            )
        );
        Assert.Equal(
            [("Sliding", 4, 0, AttentionMask.Causal), ("Full", 0, 0, AttentionMask.Causal)],
            decoder.LayerKinds.Select(static kind => (kind.Name, kind.Attention.Window, kind.Attention.Band, kind.Attention.Mask))
        );
        Assert.Equal(
            [("Sliding", 0, 3, AttentionMask.Full), ("Full", 0, 0, AttentionMask.Full)],
            decoder.Encoder!.LayerKinds.Select(static kind => (kind.Name, kind.Attention.Window, kind.Attention.Band, kind.Attention.Mask))
        );
        Assert.Equal([100d, 10_000], decoder.Encoder.LayerKinds.Select(static kind => ((RotaryPositions)kind.Attention.Positions).Base));

        decoder = Architecture(
            EncoderDecoder.Replace("[SinusoidalPositions]", "[SlidingWindow(0, SourceWindow = 6)]", System.StringComparison.Ordinal)
        );
        Assert.Equal((0, 3), (decoder.LayerKinds.Single().Attention.Window, decoder.Encoder!.LayerKinds.Single().Attention.Band));
    }

    [Fact]
    public void An_encoder_decoder_of_linear_attention_attends_to_its_source_by_softmax()
    {
        TransformerArchitecture decoder = Architecture(
            EncoderDecoder.Replace("QueryKeyValueBias = true", "Form = AttentionForm.Linear", System.StringComparison.Ordinal)
        );
        Assert.Equal((true, 1f, true), (decoder.Attention.IsLinear, decoder.Attention.Scale, decoder.Encoder!.Attention.IsLinear));
        Assert.Equal((false, (float)(1 / System.Math.Sqrt(8))), (decoder.CrossAttention!.IsLinear, decoder.CrossAttention.Scale));
    }

    private static TransformerArchitecture Architecture(string declaration) =>
        ((PlannedModel)GeneratorRun.Of(declaration).Step(TrackingNames.Plans).Single().Value).Plan.Architecture;

    private static async Task Expect(string declaration, string message)
    {
        string[] found =
        [
            .. (await Analysis.Of(declaration)).Select(static diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture)),
        ];
        if (message.Length == 0)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.Contains(message, Assert.Single(found), System.StringComparison.Ordinal);
        }
    }
}
