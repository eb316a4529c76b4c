using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Xunit;

namespace Specializer.Generator.Tests.Diagnostics;

using AttentionMask = Specializer.Generator.Architecture.AttentionMask;

/// <summary>What one stack, mask or form of attention has and another cannot have: a diagnostic that names the two options.</summary>
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
    [InlineData("Mask = AttentionMask.Full", "Mask = AttentionMask.Prefix", "Stack.Encoder and AttentionMask.Prefix exclude each other")]
    [InlineData("[RotaryPositions]", "[AlibiPositions]", "Stack.Encoder and [AlibiPositions] exclude each other")]
    [InlineData("[RotaryPositions]", "", "")]
    [InlineData("[RotaryPositions]", "[SlidingWindow(4)]", "")]
    [InlineData("HeadDim = 20", "HeadDim = 20, GlobalTokens = true", "GlobalTokens and a model without [SlidingWindow] exclude each other")]
    [InlineData("ContextLength = 48", "ContextLength = 48, Arrangement = LayerArrangement.ParallelOneNorm", "Stack.Encoder and blocks in parallel exclude each other")]
    [InlineData("ContextLength = 48", "ContextLength = 48, Arrangement = LayerArrangement.PostNorm", "")]
    [InlineData("ContextLength = 48", "ContextLength = 48, TokenTypes = 2", "")]
    [InlineData("ContextLength = 48", "ContextLength = 48, SourceLength = 2", "Stack.Encoder and SourceLength exclude each other")]
    [InlineData("HeadDim = 20", "HeadDim = 20, Form = AttentionForm.Linear", "AttentionForm.Linear and [RotaryPositions] exclude each other")]
    public Task OfAnEncoder(string good, string bad, string message) => Expect(Declarations.Encoder.Replace(good, bad), message);

    [Theory]
    [InlineData("Mask = AttentionMask.Causal", "Mask = AttentionMask.Prefix", "")]
    [InlineData("Mask = AttentionMask.Causal", "GlobalTokens = true", "Stack.Decoder and GlobalTokens exclude each other")]
    [InlineData("TiedEmbeddings = true", "TokenTypes = 2", "Stack.Decoder and TokenTypes exclude each other")]
    [InlineData("TiedEmbeddings = true", "EncoderLayers = 2", "Stack.Decoder and EncoderLayers exclude each other")]
    [InlineData("[RotaryPositions(Base = 10_000)]", "[AlibiPositions]", "")]
    [InlineData("Mask = AttentionMask.Causal)]", "Mask = AttentionMask.Prefix)] [SlidingWindow(8)]", "AttentionMask.Prefix and [SlidingWindow] exclude each other")]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Mask = AttentionMask.Prefix)] [AlibiPositions]", "AttentionMask.Prefix and [AlibiPositions] exclude each other")]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Form = AttentionForm.Linear)]", "")]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Form = AttentionForm.Linear, SoftCap = 2)]", "AttentionForm.Linear and SoftCap exclude each other")]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Form = AttentionForm.Linear, Scale = 2)]", "AttentionForm.Linear and Scale exclude each other")]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Form = AttentionForm.Linear, Mask = AttentionMask.Prefix)]", "AttentionForm.Linear and AttentionMask.Prefix exclude each other")]
    [InlineData("Mask = AttentionMask.Causal)]\n[RotaryPositions(Base = 10_000)]", "Form = AttentionForm.Linear)] [SlidingWindow(4)]", "AttentionForm.Linear and [SlidingWindow] exclude each other")]
    public Task OfADecoder(string good, string bad, string message) => Expect(Declarations.Pronunciation.Replace(good, bad), message);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("QueryKeyValueBias = true", "Mask = AttentionMask.Full", "Stack.EncoderDecoder and AttentionMask.Full exclude each other")]
    [InlineData("QueryKeyValueBias = true", "Form = AttentionForm.Linear", "Stack.EncoderDecoder and AttentionForm.Linear exclude each other")]
    [InlineData("QueryKeyValueBias = true", "GlobalTokens = true", "Stack.EncoderDecoder and GlobalTokens exclude each other")]
    [InlineData("SourceLength = 24", "TokenTypes = 2", "Stack.EncoderDecoder and TokenTypes exclude each other")]
    [InlineData("SourceLength = 24", "Arrangement = LayerArrangement.Sandwich", "Stack.EncoderDecoder and LayerArrangement.Sandwich exclude each other")]
    [InlineData("SourceLength = 24", "Arrangement = LayerArrangement.PostNorm", "")]
    [InlineData("[SinusoidalPositions]", "[SlidingWindow(4)]", "Stack.EncoderDecoder and [SlidingWindow] exclude each other")]
    [InlineData("[SinusoidalPositions]", "[Pooling(PoolingKind.Mean)]", "Stack.EncoderDecoder and [Pooling] exclude each other")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(Query = \"{stack}.{layer}.q\", TokenEmbedding = \"{stack}.embed\")]", "")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(Query = \"{layer}.q\")]", "must hold \"{stack}\"")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(TokenEmbedding = \"embed\")]", "must hold \"{stack}\"")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(CrossQuery = \"{stack}.{layer}.q\")]", "must not hold \"{stack}\"")]
    [InlineData("[SinusoidalPositions]", "[TensorNames(CrossQuery = \"{layer}.q\", CrossKeyValue = \"{layer}.kv\", CrossKey = \"{layer}.k\")]", "CrossKey and CrossKeyValue exclude each other")]
    [InlineData("[Norm(NormKind.Layer)]", "[Norm(NormKind.Layer, NoFinalNorm = true)]", "")]
    public Task OfAnEncoderDecoder(string good, string bad, string message) => Expect(good.Length == 0 ? EncoderDecoder : EncoderDecoder.Replace(good, bad), message);

    [Fact]
    public void AnEncoderDecoderIsTwoStacksOfOneShapeWithNamesOfTheirOwn()
    {
        TransformerArchitecture decoder = ((PlannedModel)GeneratorRun.Of(EncoderDecoder).Step(TrackingNames.Plans).Single().Value).Plan.Architecture;
        TransformerArchitecture encoder = decoder.Encoder!;
        Assert.Equal((2, 3, 16, 24, 50, 60), (decoder.Layers, encoder.Layers, decoder.ContextLength, encoder.ContextLength, decoder.Embeddings.VocabularySize, encoder.Embeddings.VocabularySize));
        Assert.Equal("model.decoder.layers.{layer}.self_attn.q_proj", decoder.Checkpoint.Names.Query);
        Assert.Equal("model.encoder.layers.{layer}.self_attn.q_proj", encoder.Checkpoint.Names.Query);
        Assert.Equal("model.encoder.embed_tokens", encoder.Checkpoint.Names.TokenEmbedding);
        Assert.Equal("model.decoder.layers.{layer}.encoder_attn.q_proj", decoder.Checkpoint.Names.CrossQuery);
        Assert.Equal(AttentionMask.Full, encoder.LayerKinds.Single().Mask);
    }

    private static async Task Expect(string declaration, string message)
    {
        string[] found = [.. (await Analysis.Of(declaration)).Select(static diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture))];
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
