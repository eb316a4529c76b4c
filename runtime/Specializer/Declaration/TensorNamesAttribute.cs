using System;

namespace Specializer;

/// <summary>
/// Declares the names and the layout of the tensors in a checkpoint. Names do not include ".weight" and ".bias". Names of tensors
/// that every layer has contain "{layer}" in the place of the layer number, which starts at 0. Defaults are Hugging Face's names
/// in LLaMA and the families derived from it.
/// </summary>
/// <remarks>
/// In an encoder-decoder the names of tensors that both stacks have contain "{stack}" in the place of "encoder" and "decoder":
/// "model.{stack}.layers.{layer}.self_attn.q_proj". Only the token embeddings can be shared by both stacks.
/// <para>
/// With a config.json, each given name replaces the name of the family; all other names remain those of the family.
/// </para>
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TensorNamesAttribute : Attribute
{
    /// <summary>The token embeddings, [VocabularySize, DModel]. Default: model.embed_tokens.</summary>
    public string? TokenEmbedding { get; set; }

    /// <summary>The table of learned positions, [rows, DModel]. Default: model.embed_positions.</summary>
    public string? PositionEmbedding { get; set; }

    /// <summary>The table of token types, [TokenTypes, DModel]. Default: model.embed_token_types.</summary>
    public string? TokenTypeEmbedding { get; set; }

    /// <summary>The norm of the embeddings, [DModel]. Default: model.layernorm_embedding.</summary>
    public string? EmbeddingNorm { get; set; }

    /// <summary>The norm before the attention, or before both blocks, [DModel]. Default: model.layers.{layer}.input_layernorm.</summary>
    public string? AttentionNorm { get; set; }

    /// <summary>The query projection, [Heads · HeadDim, DModel]. Default: model.layers.{layer}.self_attn.q_proj.</summary>
    public string? Query { get; set; }

    /// <summary>The key projection, [KeyValueHeads · HeadDim, DModel]. Default: model.layers.{layer}.self_attn.k_proj.</summary>
    public string? Key { get; set; }

    /// <summary>The value projection, [KeyValueHeads · HeadDim, DModel]. Default: model.layers.{layer}.self_attn.v_proj.</summary>
    public string? Value { get; set; }

    /// <summary>
    /// The fused query, key and value projections, if <see cref="QueryKeyValueStorage"/> declares them. Default:
    /// model.layers.{layer}.self_attn.qkv_proj.
    /// </summary>
    public string? QueryKeyValue { get; set; }

    /// <summary>The norm of the query heads, [HeadDim]. Default: model.layers.{layer}.self_attn.q_norm.</summary>
    public string? QueryNorm { get; set; }

    /// <summary>The norm of the key heads, [HeadDim]. Default: model.layers.{layer}.self_attn.k_norm.</summary>
    public string? KeyNorm { get; set; }

    /// <summary>The output projection, [DModel, Heads · HeadDim]. Default: model.layers.{layer}.self_attn.o_proj.</summary>
    public string? AttentionOutput { get; set; }

    /// <summary>The norm after the attention, [DModel]. Default: model.layers.{layer}.post_attention_layernorm (Gemma 2).</summary>
    public string? AttentionOutputNorm { get; set; }

    /// <summary>The norm of the cross-attention, [DModel]. Default: model.decoder.layers.{layer}.encoder_attn_layernorm.</summary>
    public string? CrossAttentionNorm { get; set; }

    /// <summary>
    /// The norm after the cross-attention in <see cref="LayerArrangement.Sandwich"/>, [DModel]. Default:
    /// model.decoder.layers.{layer}.post_encoder_attn_layernorm.
    /// </summary>
    public string? CrossAttentionOutputNorm { get; set; }

    /// <summary>The query projection of the cross-attention. Default: model.decoder.layers.{layer}.encoder_attn.q_proj.</summary>
    public string? CrossQuery { get; set; }

    /// <summary>The key projection of the cross-attention. Default: model.decoder.layers.{layer}.encoder_attn.k_proj.</summary>
    public string? CrossKey { get; set; }

    /// <summary>The value projection of the cross-attention. Default: model.decoder.layers.{layer}.encoder_attn.v_proj.</summary>
    public string? CrossValue { get; set; }

    /// <summary>The fused key and value projections of the cross-attention, in this order; replaces both.</summary>
    public string? CrossKeyValue { get; set; }

    /// <summary>The output projection of the cross-attention. Default: model.decoder.layers.{layer}.encoder_attn.o_proj.</summary>
    public string? CrossOutput { get; set; }

    /// <summary>The query projection of global tokens. Default: model.layers.{layer}.self_attn.q_global_proj.</summary>
    public string? GlobalQuery { get; set; }

    /// <summary>The key projection for global queries. Default: model.layers.{layer}.self_attn.k_global_proj.</summary>
    public string? GlobalKey { get; set; }

    /// <summary>The value projection for global queries. Default: model.layers.{layer}.self_attn.v_global_proj.</summary>
    public string? GlobalValue { get; set; }

    /// <summary>
    /// The norm before the feed-forward block, [DModel]. Default: model.layers.{layer}.post_attention_layernorm. If a norm
    /// follows the attention (Gemma 2): model.layers.{layer}.pre_feedforward_layernorm.
    /// </summary>
    public string? FeedForwardNorm { get; set; }

    /// <summary>The gate projection, [inner width, DModel]. Default: model.layers.{layer}.mlp.gate_proj.</summary>
    public string? Gate { get; set; }

    /// <summary>The up projection, [inner width, DModel]. Default: model.layers.{layer}.mlp.up_proj.</summary>
    public string? Up { get; set; }

    /// <summary>The fused gate and up projections, in this order, [2 · inner width, DModel]; replaces both.</summary>
    public string? GateUp { get; set; }

    /// <summary>The down projection, [DModel, inner width]. Default: model.layers.{layer}.mlp.down_proj.</summary>
    public string? Down { get; set; }

    /// <summary>
    /// The norm after the feed-forward block, [DModel]. Default: model.layers.{layer}.post_feedforward_layernorm (Gemma 2).
    /// </summary>
    public string? FeedForwardOutputNorm { get; set; }

    /// <summary>The norm after the last layer, [DModel]. Default: model.norm.</summary>
    public string? FinalNorm { get; set; }

    /// <summary>The output matrix, [VocabularySize, DModel], if embeddings are not tied. Default: lm_head.</summary>
    public string? Logits { get; set; }

    /// <summary>
    /// The whole names of tensors that a checkpoint may contain and the model does not read, with any type and shape:
    /// "adapter.scale". "{layer}", at most once, matches any number; "*" at the end matches any suffix: "vision_tower.*".
    /// Default: none.
    /// </summary>
    public string[]? Ignored { get; set; }

    /// <summary>The storage of the query, key and value projections. Default: three tensors.</summary>
    public QueryKeyValueStorage QueryKeyValueStorage { get; set; }

    /// <summary>
    /// Whether the matrices of the layers are [inputs, outputs], as in GPT-2's checkpoints. Default: false, [outputs, inputs].
    /// </summary>
    public bool InputsFirst { get; set; }

    /// <summary>The suffix of the names of matrices and tables. Default: .weight.</summary>
    public string? WeightSuffix { get; set; }

    /// <summary>The suffix of the names of biases. Default: .bias.</summary>
    public string? BiasSuffix { get; set; }

    /// <summary>The suffix of the names of norm weights. Default: .weight; TensorFlow uses /gamma.</summary>
    public string? NormWeightSuffix { get; set; }

    /// <summary>The suffix of the names of norm biases. Default: .bias; TensorFlow uses /beta.</summary>
    public string? NormBiasSuffix { get; set; }
}
