using System;

namespace Specializer;

/// <summary>
/// Declares a transformer on a partial class: the generator completes the class with code that runs exactly that
/// transformer. The other attributes of this namespace declare its parts.
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
    /// <param name="stack">Which stacks it has.</param>
    public TransformerAttribute(Stack stack) => Stack = stack;

    /// <summary>
    /// Declares the transformer that a model's own Hugging Face config.json describes. Nothing else need be declared. What
    /// a program chooses may stand beside it and takes the place of the file's value: <see cref="ContextLength"/>,
    /// <see cref="ChunkLength"/>, <see cref="VocabularySize"/>, <see cref="TiedEmbeddings"/>, the scaling of rotary
    /// positions, the norms' epsilon, an encoder's pooling (all of them on the page of SPZ0014).
    /// </summary>
    /// <param name="configuration">
    /// The path of the file, or enough of its end to be found: it must be among the project's additional files
    /// (<c>&lt;AdditionalFiles Include="models/smollm/config.json" /&gt;</c>).
    /// </param>
    public TransformerAttribute(string configuration) => Configuration = configuration;

    /// <summary>The config.json that declares the transformer, if one does.</summary>
    public string? Configuration { get; }

    /// <summary>Which stacks of layers it has.</summary>
    public Stack Stack { get; }

    /// <summary>The number of layers (blocks) of the stack; <c>num_hidden_layers</c> in a Hugging Face config. Required.</summary>
    public int Layers { get; set; }

    /// <summary>The width of the hidden states, d_model; <c>hidden_size</c> in a Hugging Face config. Required.</summary>
    public int DModel { get; set; }

    /// <summary>The number of token ids, from 0; <c>vocab_size</c> in a Hugging Face config. Required.</summary>
    public int VocabularySize { get; set; }

    /// <summary>
    /// The largest number of positions of a session, prompt and continuation together; at most what the model was
    /// trained for (<c>max_position_embeddings</c>). A session's memory grows with it. Required.
    /// </summary>
    public int ContextLength { get; set; }

    /// <summary>
    /// Whether the logits are computed with the token embeddings (Press and Wolf 2017), so that the checkpoint has no
    /// output matrix of its own; <c>tie_word_embeddings</c>. Default: no.
    /// </summary>
    public bool TiedEmbeddings { get; set; }

    /// <summary>Where the norms and residual sums of a layer stand. Default: before each block.</summary>
    public LayerArrangement Arrangement { get; set; }

    /// <summary>
    /// What token embeddings are multiplied with: √DModel in the 2017 Transformer and in Gemma. 0, the default, for nothing.
    /// </summary>
    public float EmbeddingScale { get; set; }

    /// <summary>Whether the embeddings, with what is added to them, are normalised (BLOOM). Default: no.</summary>
    public bool EmbeddingNorm { get; set; }

    /// <summary>Whether the logits add a bias (GPT-J, Phi). Default: no.</summary>
    public bool LogitsBias { get; set; }

    /// <summary>c of c · tanh(logit / c), by which logits are capped; <c>final_logit_softcapping</c> (Gemma 2). 0, the default, for none.</summary>
    public float LogitsSoftCap { get; set; }

    /// <summary>The number of layers of the encoder of an encoder-decoder. 0, the default, gives it as many as the decoder has.</summary>
    public int EncoderLayers { get; set; }

    /// <summary>
    /// The number of token ids of a source, for encoder-decoders only. 0, the default, is <see cref="VocabularySize"/>.
    /// </summary>
    public int SourceVocabularySize { get; set; }

    /// <summary>The number of token types whose embeddings are added, for encoders only; <c>type_vocab_size</c>. Default: 0, none.</summary>
    public int TokenTypes { get; set; }

    /// <summary>
    /// The largest number of positions of a source, for encoder-decoders only. 0, the default, is what the config.json
    /// says, or the context length. A session's memory grows with it.
    /// </summary>
    public int SourceLength { get; set; }

    /// <summary>
    /// The number of positions that one step of a prefill processes. 0, the default, lets the planner choose what the
    /// second-level cache holds. It changes speed and memory, never results.
    /// </summary>
    public int ChunkLength { get; set; }

    /// <summary>
    /// The type in which the weights of linear layers, the output's among them, are held in memory. Default: 32-bit
    /// floats. With 16 bits a model takes half the memory, and decoding, which waits for weights, is up to twice as fast.
    /// </summary>
    public WeightStorage WeightStorage { get; set; }
}
