namespace Specializer.Tests.Models;

/// <summary>models/gpt-nano-sort: a trained minGPT, whose tensors have names of its own.</summary>
[Transformer(Stack.Decoder, Layers = 3, DModel = 48, VocabularySize = 3, ContextLength = 11)]
[Attention(Heads = 3, QueryKeyValueBias = true, OutputBias = true)]
[LearnedPositions]
[FeedForward(192, Activation.GeluTanh, Bias = true)]
[Norm(NormKind.Layer)]
[TensorNames(
    TokenEmbedding = "transformer.wte",
    PositionEmbedding = "transformer.wpe",
    AttentionNorm = "transformer.h.{layer}.ln_1",
    QueryKeyValue = "transformer.h.{layer}.attn.c_attn",
    QueryKeyValueStorage = QueryKeyValueStorage.Concatenated,
    AttentionOutput = "transformer.h.{layer}.attn.c_proj",
    FeedForwardNorm = "transformer.h.{layer}.ln_2",
    Up = "transformer.h.{layer}.mlp.c_fc",
    Down = "transformer.h.{layer}.mlp.c_proj",
    FinalNorm = "transformer.ln_f"
)]
public sealed partial class LetterSorter;
