namespace Specializer.Generator.Architecture;

/// <summary>The names and the layout of the tensors in a family's checkpoints.</summary>
/// <param name="Names">The names.</param>
/// <param name="QueryKeyValue">The layout of the three projections.</param>
/// <param name="GateUpConcatenated">Whether one tensor contains the rows of the gate followed by those of the up projection.</param>
/// <param name="InputsFirst">Whether matrices of the layers are [inputs, outputs] (GPT-2) instead of [outputs, inputs].</param>
/// <param name="Ignored">
/// The tensors that a checkpoint may contain and that are not read, usually computed buffers. "{layer}" matches a number, "*." at
/// the start any leading parts, and "*" at the end any suffix.
/// </param>
internal sealed record CheckpointLayout(
    CheckpointNames Names,
    QueryKeyValueStorage QueryKeyValue,
    bool GateUpConcatenated,
    bool InputsFirst,
    EquatableArray<string> Ignored
)
{
    /// <summary>The buffer of rotary frequencies, of one layer or of all layers.</summary>
    public const string RotaryFrequencies = "*.rotary_emb.inv_freq";

    /// <summary>The suffixes of tensor names.</summary>
    public TensorSuffixes Suffixes { get; init; } = TensorSuffixes.Usual;

    /// <summary>
    /// Whether the class state is a vector and the positions of patches are the weight of an embedding (CLIP). Otherwise both have
    /// a leading dimension of 1 and names without a suffix (ViT).
    /// </summary>
    public bool FlatImageTensors { get; init; }

    /// <summary>The variations of names between checkpoints.</summary>
    public CheckpointNaming Naming { get; init; } = CheckpointNaming.Plain;

    /// <summary>The layout of Hugging Face's LlamaForCausalLM and the families derived from it.</summary>
    public static CheckpointLayout Llama { get; } =
        new(
            CheckpointNames.Llama,
            QueryKeyValueStorage.Separate,
            GateUpConcatenated: false,
            InputsFirst: false,
            // Old checkpoints contain the rotary frequencies, which are computed at load time.
            new EquatableArray<string>([RotaryFrequencies])
        );
}

/// <summary>The suffixes that are added to the name of a part.</summary>
internal sealed record TensorSuffixes(string Weight, string Bias, string NormWeight, string NormBias)
{
    /// <summary>The suffixes of PyTorch.</summary>
    public static TensorSuffixes Usual { get; } = new(".weight", ".bias", ".weight", ".bias");
}

/// <summary>
/// The names of a decoder's tensors without ".weight" and ".bias", with "{layer}" in the place of the layer number. A name is
/// empty if the family has no such tensor.
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
    /// <summary>The names of Hugging Face's LlamaForCausalLM and the families derived from it.</summary>
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

    /// <summary>The linear layer that projects narrower embeddings to hidden states.</summary>
    public string EmbeddingProjection { get; init; } = "";

    /// <summary>The convolution over audio frames.</summary>
    public string FirstConvolution { get; init; } = "";

    /// <summary>The convolution that reduces frames to positions.</summary>
    public string SecondConvolution { get; init; } = "";

    /// <summary>The projection of patches to hidden states.</summary>
    public string PatchProjection { get; init; } = "";

    /// <summary>The whole name of the class state before the patches.</summary>
    public string FirstState { get; init; } = "";

    /// <summary>The whole name of the states between the class state and the patches.</summary>
    public string LaterStates { get; init; } = "";

    /// <summary>The whole name of the factors of the attention's output.</summary>
    public string AttentionScale { get; init; } = "";

    /// <summary>The whole name of the factors of the feed-forward block's output.</summary>
    public string FeedForwardScale { get; init; } = "";

    /// <summary>The head's activated linear layer.</summary>
    public string HeadDense { get; init; } = "";

    /// <summary>The whole name of the learned state that attends to all states.</summary>
    public string Probe { get; init; } = "";

    /// <summary>The attention of the learned state, without the parts of its tensors' names.</summary>
    public string ProbeAttention { get; init; } = "";

    /// <summary>The norm before the feed-forward block of the learned state.</summary>
    public string ProbeNorm { get; init; } = "";

    /// <summary>The up projection of the learned state.</summary>
    public string ProbeUp { get; init; } = "";

    /// <summary>The down projection of the learned state.</summary>
    public string ProbeDown { get; init; } = "";

    /// <summary>The head's norm.</summary>
    public string HeadNorm { get; init; } = "";

    /// <summary>The whole name of the output's bias if it is not a bias of <see cref="Logits"/>.</summary>
    public string LogitsBias { get; init; } = "";

    /// <summary>The norm of the embeddings.</summary>
    public string EmbeddingNorm { get; init; } = "";

    /// <summary>The fused query, key and value projections.</summary>
    public string QueryKeyValue { get; init; } = "";

    /// <summary>The fused gate and up projections.</summary>
    public string GateUp { get; init; } = "";

    /// <summary>The norm of every query head.</summary>
    public string QueryNorm { get; init; } = "";

    /// <summary>The norm of every key head.</summary>
    public string KeyNorm { get; init; } = "";

    /// <summary>The whole name of the table of relative positions, [buckets, heads].</summary>
    public string RelativeBias { get; init; } = "";

    /// <summary>The norm before or after the cross-attention.</summary>
    public string CrossAttentionNorm { get; init; } = "";

    /// <summary>The norm after the cross-attention if blocks have norms before and after them.</summary>
    public string CrossAttentionOutputNorm { get; init; } = "";

    /// <summary>The query projection of the cross-attention.</summary>
    public string CrossQuery { get; init; } = "";

    /// <summary>The key projection of the cross-attention.</summary>
    public string CrossKey { get; init; } = "";

    /// <summary>The value projection of the cross-attention.</summary>
    public string CrossValue { get; init; } = "";

    /// <summary>The fused key and value projections of the cross-attention, in this order; empty if there are two tensors.</summary>
    public string CrossKeyValue { get; init; } = "";

    /// <summary>The output projection of the cross-attention.</summary>
    public string CrossOutput { get; init; } = "";

    /// <summary>The query projection of global tokens.</summary>
    public string GlobalQuery { get; init; } = "";

    /// <summary>The key projection for global queries.</summary>
    public string GlobalKey { get; init; } = "";

    /// <summary>The value projection for global queries.</summary>
    public string GlobalValue { get; init; } = "";

    /// <summary>The norm after the attention.</summary>
    public string AttentionOutputNorm { get; init; } = "";

    /// <summary>The norm after the feed-forward block.</summary>
    public string FeedForwardOutputNorm { get; init; } = "";
}
