using System;

namespace Specializer.Oracle;

/// <summary>The names that Hugging Face gives to the tensors of LlamaForCausalLM; layers count from 0.</summary>
public static class OracleNames
{
    /// <summary>Ends the name of a matrix or of a norm's scale.</summary>
    public const string Weight = ".weight";

    /// <summary>Ends the name of a bias or of a norm's shift.</summary>
    public const string Bias = ".bias";

    /// <summary>The embedding table.</summary>
    public const string Embeddings = "model.embed_tokens.weight";

    /// <summary>The norm before the logits.</summary>
    public const string FinalNorm = "model.norm";

    /// <summary>The matrix of the logits where it is not the embedding table.</summary>
    public const string Logits = "lm_head";

    /// <summary>The norm before attention.</summary>
    public static string AttentionNorm(int layer) => InLayer(layer, "input_layernorm");

    /// <summary>The query projection.</summary>
    public static string Query(int layer) => InLayer(layer, "self_attn.q_proj");

    /// <summary>The key projection.</summary>
    public static string Key(int layer) => InLayer(layer, "self_attn.k_proj");

    /// <summary>The value projection.</summary>
    public static string Value(int layer) => InLayer(layer, "self_attn.v_proj");

    /// <summary>The projection after attention.</summary>
    public static string Output(int layer) => InLayer(layer, "self_attn.o_proj");

    /// <summary>The norm before the feed-forward layer.</summary>
    public static string FeedForwardNorm(int layer) => InLayer(layer, "post_attention_layernorm");

    /// <summary>The gate of the feed-forward layer, W in <see cref="FeedForward.Gated"/>.</summary>
    public static string Gate(int layer) => InLayer(layer, "mlp.gate_proj");

    /// <summary>The first matrix of a plain feed-forward layer, V in <see cref="FeedForward.Gated"/>.</summary>
    public static string Up(int layer) => InLayer(layer, "mlp.up_proj");

    /// <summary>The last matrix of the feed-forward layer.</summary>
    public static string Down(int layer) => InLayer(layer, "mlp.down_proj");

    private static string InLayer(int layer, string name) => FormattableString.Invariant($"model.layers.{layer}.{name}");
}
