namespace Specializer.Generator.Architecture;

/// <summary>Where and how a family's checkpoints keep the tensors of a decoder.</summary>
/// <param name="Names">Their names.</param>
/// <param name="QueryKeyValue">How the three projections are kept.</param>
/// <param name="GateUpConcatenated">Whether one tensor holds the rows of the gate and then those of the up projection.</param>
/// <param name="InputsFirst">Whether matrices of the layers are [inputs, outputs] (GPT-2) instead of [outputs, inputs].</param>
/// <param name="Ignored">
/// Tensors that a checkpoint may hold and that nothing reads, mostly buffers that are computed; "{layer}" stands for a number, "*." before
/// a name for any parts, and "*" behind it for any rest.
/// </param>
internal sealed record CheckpointLayout(
    CheckpointNames Names,
    QueryKeyValueLayout QueryKeyValue,
    bool GateUpConcatenated,
    bool InputsFirst,
    EquatableArray<string> Ignored
)
{
    /// <summary>The buffer of rotary frequencies, of one layer or of all.</summary>
    public const string RotaryFrequencies = "*.rotary_emb.inv_freq";

    /// <summary>What the names of tensors end in.</summary>
    public TensorSuffixes Suffixes { get; init; } = TensorSuffixes.Usual;

    /// <summary>How names vary from one checkpoint to another.</summary>
    public CheckpointNaming Naming { get; init; } = CheckpointNaming.Plain;

    /// <summary>Hugging Face's LlamaForCausalLM and the many families that follow it.</summary>
    public static CheckpointLayout Llama { get; } =
        new(
            CheckpointNames.Llama,
            QueryKeyValueLayout.Separate,
            GateUpConcatenated: false,
            InputsFirst: false,
            // Old checkpoints store the rotary frequencies, which are computed here.
            new EquatableArray<string>([RotaryFrequencies])
        );
}

/// <summary>What is added to the name of a part for the name of its tensor.</summary>
internal sealed record TensorSuffixes(string Weight, string Bias, string NormWeight, string NormBias)
{
    /// <summary>PyTorch's.</summary>
    public static TensorSuffixes Usual { get; } = new(".weight", ".bias", ".weight", ".bias");
}

/// <summary>How a checkpoint keeps the query, key and value projections.</summary>
internal enum QueryKeyValueLayout
{
    /// <summary>Three tensors.</summary>
    Separate,

    /// <summary>One tensor: the rows of all queries, then all keys, then all values.</summary>
    Concatenated,

    /// <summary>One tensor: for each key/value head the rows of its query heads, of its key and of its value.</summary>
    PerKeyValueHead,
}

/// <summary>
/// The names of a decoder's tensors without ".weight" and ".bias"; "{layer}" stands for the layer's number. Empty where
/// the family has no such tensor.
/// </summary>
internal sealed record CheckpointNames(
    string TokenEmbedding,
    string AttentionNorm,
    string Query,
    string Key,
    string Value,
    string AttentionOutput,
    string FeedForwardNorm,
    string Gate,
    string Up,
    string Down,
    string FinalNorm,
    string Logits
)
{
    /// <summary>Hugging Face's names for LlamaForCausalLM and the families that follow it.</summary>
    public static CheckpointNames Llama { get; } =
        new(
            TokenEmbedding: "model.embed_tokens",
            AttentionNorm: "model.layers.{layer}.input_layernorm",
            Query: "model.layers.{layer}.self_attn.q_proj",
            Key: "model.layers.{layer}.self_attn.k_proj",
            Value: "model.layers.{layer}.self_attn.v_proj",
            AttentionOutput: "model.layers.{layer}.self_attn.o_proj",
            FeedForwardNorm: "model.layers.{layer}.post_attention_layernorm",
            Gate: "model.layers.{layer}.mlp.gate_proj",
            Up: "model.layers.{layer}.mlp.up_proj",
            Down: "model.layers.{layer}.mlp.down_proj",
            FinalNorm: "model.norm",
            Logits: "lm_head"
        )
        {
            QueryKeyValue = "model.layers.{layer}.self_attn.qkv_proj",
            GateUp = "model.layers.{layer}.mlp.gate_up_proj",
        };

    /// <summary>A table of learned positions that is added to the embeddings.</summary>
    public string PositionEmbedding { get; init; } = "";

    /// <summary>The table of token types that is added to the embeddings.</summary>
    public string TokenTypeEmbedding { get; init; } = "";

    /// <summary>The linear layer from narrower embeddings to hidden states.</summary>
    public string EmbeddingProjection { get; init; } = "";

    /// <summary>The convolution over frames of sound.</summary>
    public string FirstConvolution { get; init; } = "";

    /// <summary>The convolution that makes positions of frames.</summary>
    public string SecondConvolution { get; init; } = "";

    /// <summary>The projection of patches to hidden states.</summary>
    public string PatchProjection { get; init; } = "";

    /// <summary>The whole name of the state before the patches.</summary>
    public string FirstState { get; init; } = "";

    /// <summary>The head's activated linear layer.</summary>
    public string HeadDense { get; init; } = "";

    /// <summary>The head's norm.</summary>
    public string HeadNorm { get; init; } = "";

    /// <summary>The whole name of the output's bias where it is no bias of <see cref="Logits"/>.</summary>
    public string LogitsBias { get; init; } = "";

    /// <summary>The norm of the embeddings.</summary>
    public string EmbeddingNorm { get; init; } = "";

    /// <summary>The three projections in one tensor.</summary>
    public string QueryKeyValue { get; init; } = "";

    /// <summary>The gate and up projections in one tensor.</summary>
    public string GateUp { get; init; } = "";

    /// <summary>The norm of every query head.</summary>
    public string QueryNorm { get; init; } = "";

    /// <summary>The norm of every key head.</summary>
    public string KeyNorm { get; init; } = "";

    /// <summary>The whole name of the table of relative positions, [buckets, heads].</summary>
    public string RelativeBias { get; init; } = "";

    /// <summary>The norm before or behind the attention to the encoder's output.</summary>
    public string CrossAttentionNorm { get; init; } = "";

    /// <summary>The norm behind the attention to the encoder's output, where norms stand before and behind blocks.</summary>
    public string CrossAttentionOutputNorm { get; init; } = "";

    /// <summary>The query projection of the attention to the encoder's output.</summary>
    public string CrossQuery { get; init; } = "";

    /// <summary>The key projection of the encoder's output.</summary>
    public string CrossKey { get; init; } = "";

    /// <summary>The value projection of the encoder's output.</summary>
    public string CrossValue { get; init; } = "";

    /// <summary>The key and then the value projection of the encoder's output, where one tensor holds both; empty where two do.</summary>
    public string CrossKeyValue { get; init; } = "";

    /// <summary>The output projection of the attention to the encoder's output.</summary>
    public string CrossOutput { get; init; } = "";

    /// <summary>The query projection of global tokens.</summary>
    public string GlobalQuery { get; init; } = "";

    /// <summary>The key projection that global tokens see others by.</summary>
    public string GlobalKey { get; init; } = "";

    /// <summary>The value projection that global tokens see others by.</summary>
    public string GlobalValue { get; init; } = "";

    /// <summary>The norm behind the attention.</summary>
    public string AttentionOutputNorm { get; init; } = "";

    /// <summary>The norm behind the feed-forward block.</summary>
    public string FeedForwardOutputNorm { get; init; } = "";
}
