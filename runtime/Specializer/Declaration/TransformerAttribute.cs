using System;

namespace Specializer;

/// <summary>
/// Declares a transformer on a partial class. The generator adds the code that runs exactly that transformer. The other
/// attributes of this namespace declare its parts.
/// </summary>
/// <example>
/// <code>
/// [Transformer(Stack.Decoder, Layers = 4, DModel = 192, VocabularySize = 117, ContextLength = 64, TiedEmbeddings = true)]
/// [Attention(Heads = 6, KeyValueHeads = 2, HeadDim = 32)]
/// [RotaryPositions(Base = 10_000)]
/// [FeedForward(512, Activation.SwiGlu)]
/// [Norm(NormKind.RootMeanSquare, Epsilon = 1e-5f)]
/// public sealed partial class PronunciationModel;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TransformerAttribute : Attribute
{
    /// <summary>Declares a transformer with the given stacks.</summary>
    /// <param name="stack">The stacks of the transformer.</param>
    public TransformerAttribute(Stack stack) => Stack = stack;

    /// <summary>
    /// Declares the transformer that a Hugging Face config.json describes. No other attribute is required. A program can override
    /// <see cref="ContextLength"/>, <see cref="ChunkLength"/>, <see cref="VocabularySize"/>, <see cref="TiedEmbeddings"/>, the
    /// scaling of rotary positions, the epsilon of the norms and the pooling of an encoder. The page of SPZ0014 lists all
    /// overrides.
    /// </summary>
    /// <param name="configuration">
    /// The path of the file, or an unambiguous end of it. The file must be an additional file of the project
    /// (<c>&lt;AdditionalFiles Include="models/smollm/config.json" /&gt;</c>).
    /// </param>
    public TransformerAttribute(string configuration) => Configuration = configuration;

    /// <summary>The config.json that declares the transformer, or <see langword="null"/>.</summary>
    public string? Configuration { get; }

    /// <summary>
    /// The section of the config.json that declares the transformer, if the file has two encoders: <c>text_config</c> or
    /// <c>vision_config</c> (CLIP). The default, <see langword="null"/>, means the whole file.
    /// </summary>
    public string? Section { get; set; }

    /// <summary>The stacks of layers of the transformer.</summary>
    public Stack Stack { get; }

    /// <summary>The number of layers (blocks) of the stack; <c>num_hidden_layers</c> in a Hugging Face config. Required.</summary>
    public int Layers { get; set; }

    /// <summary>The width of the hidden states, d_model; <c>hidden_size</c> in a Hugging Face config. Required.</summary>
    public int DModel { get; set; }

    /// <summary>The number of token ids, which start at 0; <c>vocab_size</c> in a Hugging Face config. Required.</summary>
    public int VocabularySize { get; set; }

    /// <summary>
    /// The largest number of positions of a session, prompt and continuation together. It is at most the length that the model
    /// was trained for (<c>max_position_embeddings</c>). The memory of a session grows with it. Required.
    /// </summary>
    public int ContextLength { get; set; }

    /// <summary>
    /// Whether the output matrix of the logits is the token embeddings (Press and Wolf 2017), so that the checkpoint has no
    /// separate one; <c>tie_word_embeddings</c>. The default is false.
    /// </summary>
    public bool TiedEmbeddings { get; set; }

    /// <summary>The positions of the norms and residual connections in a layer. The default is pre-norm.</summary>
    public LayerArrangement Arrangement { get; set; }

    /// <summary>The factor of token embeddings: √DModel in the 2017 Transformer and in Gemma. The default, 0, means none.</summary>
    public float EmbeddingScale { get; set; }

    /// <summary>
    /// Whether the prefix of a sequence may begin with rows of embeddings, such as the states of an image encoder (Beyer et al.
    /// 2024, PaliGemma). The session of the model then implements <see cref="IPrefixSession{TInput}"/> of
    /// <see cref="EmbeddingInput"/>. For decoders with <see cref="AttentionMask.Prefix"/>. The default is false.
    /// </summary>
    public bool EmbeddedPrefix { get; set; }

    /// <summary>Whether the sum of all embeddings is normalized (BLOOM). The default is false.</summary>
    public bool EmbeddingNorm { get; set; }

    /// <summary>
    /// The factor of the output of a block before it is added to the residual stream (<c>residual_multiplier</c> of Granite;
    /// Yang et al. 2022). The default, 0, means none.
    /// </summary>
    public float ResidualScale { get; set; }

    /// <summary>Whether the logits add a bias (GPT-J, Phi). The default is false.</summary>
    public bool LogitsBias { get; set; }

    /// <summary>
    /// The soft cap c: logits become c · tanh(logit / c); <c>final_logit_softcapping</c> (Gemma 2). The default, 0, means none.
    /// </summary>
    public float LogitsSoftCap { get; set; }

    /// <summary>The number of encoder layers of an encoder-decoder. The default, 0, means the number of decoder layers.</summary>
    public int EncoderLayers { get; set; }

    /// <summary>
    /// The number of token ids of a source, for encoder-decoders only. The default, 0, means <see cref="VocabularySize"/>.
    /// </summary>
    public int SourceVocabularySize { get; set; }

    /// <summary>
    /// The number of token types whose embeddings are added, for encoders only; <c>type_vocab_size</c>. The default, 0, means
    /// none.
    /// </summary>
    public int TokenTypes { get; set; }

    /// <summary>
    /// The largest number of positions of a source, for encoder-decoders only. The memory of a session grows with it. The
    /// default, 0, means the value of the config.json or, without one, the context length.
    /// </summary>
    public int SourceLength { get; set; }

    /// <summary>
    /// The number of positions that one step of a prefill processes. It affects speed and memory, but never results. The default,
    /// 0, selects a length whose data fit into the L2 cache.
    /// </summary>
    public int ChunkLength { get; set; }

    /// <summary>
    /// The type in which the weights of linear layers, including the output matrix, are stored in memory. With 16 bits a model
    /// takes half the memory, with 8 bits about a quarter. Decoding, which is memory-bound, is then up to twice and nearly four times as
    /// fast. The default is 32-bit floats.
    /// </summary>
    public WeightStorage WeightStorage { get; set; }
}
