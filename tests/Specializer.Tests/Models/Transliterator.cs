namespace Specializer.Tests.Models;

/// <summary>
/// models/transliteration: a trained encoder-decoder from Arabic to Latin letters, of no family that a config.json names,
/// with the tensor names of CTranslate2.
/// </summary>
[Transformer(
    Stack.EncoderDecoder,
    Layers = 6,
    DModel = 32,
    VocabularySize = 43,
    SourceVocabularySize = 51,
    ContextLength = 32,
    SourceLength = 24,
    EmbeddingScale = 5.656854249f,
    LogitsBias = true
)]
[Attention(Heads = 8, QueryKeyValueBias = true, OutputBias = true)]
[SinusoidalPositions(First = 1, Endpoint = true)]
[FeedForward(128, Activation.Relu, Bias = true)]
[Norm(NormKind.Layer)]
[TensorNames(
    TokenEmbedding = "{stack}/embeddings",
    AttentionNorm = "{stack}/layer_{layer}/self_attention/layer_norm",
    QueryKeyValueStorage = QueryKeyValueStorage.Concatenated,
    QueryKeyValue = "{stack}/layer_{layer}/self_attention/linear_0",
    AttentionOutput = "{stack}/layer_{layer}/self_attention/linear_1",
    CrossAttentionNorm = "decoder/layer_{layer}/attention/layer_norm",
    CrossQuery = "decoder/layer_{layer}/attention/linear_0",
    CrossKeyValue = "decoder/layer_{layer}/attention/linear_1",
    CrossOutput = "decoder/layer_{layer}/attention/linear_2",
    FeedForwardNorm = "{stack}/layer_{layer}/ffn/layer_norm",
    Up = "{stack}/layer_{layer}/ffn/linear_0",
    Down = "{stack}/layer_{layer}/ffn/linear_1",
    FinalNorm = "{stack}/layer_norm",
    Logits = "decoder/projection",
    WeightSuffix = "/weight",
    BiasSuffix = "/bias",
    NormWeightSuffix = "/gamma",
    NormBiasSuffix = "/beta"
)]
public sealed partial class Transliterator;
