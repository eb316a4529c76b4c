using System;

namespace Specializer;

/// <summary>
/// Declares the names under which a checkpoint keeps its tensors, without ".weight" and ".bias", and in which layout.
/// Names of tensors that every layer has hold "{layer}" for the layer's number, from 0. What is not given keeps the name
/// that Hugging Face gives it in LLaMA and the families that follow it.
/// </summary>
/// <remarks>
/// In an encoder-decoder the names of what both stacks have hold "{stack}", which stands for "encoder" and "decoder":
/// "model.{stack}.layers.{layer}.self_attn.q_proj". Only the token embeddings may be one tensor for both.
/// <para>
/// Beside a config.json each name that is given takes the place of the family's, and all others stay the family's.
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

    /// <summary>The three projections in one tensor, if <see cref="QueryKeyValueStorage"/> says so. Default: model.layers.{layer}.self_attn.qkv_proj.</summary>
    public string? QueryKeyValue { get; set; }

    /// <summary>The norm of the query heads, [HeadDim]. Default: model.layers.{layer}.self_attn.q_norm.</summary>
    public string? QueryNorm { get; set; }

    /// <summary>The norm of the key heads, [HeadDim]. Default: model.layers.{layer}.self_attn.k_norm.</summary>
    public string? KeyNorm { get; set; }

    /// <summary>The output projection, [DModel, Heads · HeadDim]. Default: model.layers.{layer}.self_attn.o_proj.</summary>
    public string? AttentionOutput { get; set; }

    /// <summary>The norm behind the attention, [DModel]. Default: model.layers.{layer}.post_attention_layernorm (Gemma 2).</summary>
    public string? AttentionOutputNorm { get; set; }

    /// <summary>The norm of the attention to the source, [DModel]. Default: model.decoder.layers.{layer}.encoder_attn_layernorm.</summary>
    public string? CrossAttentionNorm { get; set; }

    /// <summary>
    /// The norm behind the attention to the source in <see cref="LayerArrangement.Sandwich"/>, [DModel]. Default:
    /// model.decoder.layers.{layer}.post_encoder_attn_layernorm.
    /// </summary>
    public string? CrossAttentionOutputNorm { get; set; }

    /// <summary>The query projection of the attention to the source. Default: model.decoder.layers.{layer}.encoder_attn.q_proj.</summary>
    public string? CrossQuery { get; set; }

    /// <summary>The key projection of the source. Default: model.decoder.layers.{layer}.encoder_attn.k_proj.</summary>
    public string? CrossKey { get; set; }

    /// <summary>The value projection of the source. Default: model.decoder.layers.{layer}.encoder_attn.v_proj.</summary>
    public string? CrossValue { get; set; }

    /// <summary>The key and then the value projection of the source in one tensor; given, it takes the place of both.</summary>
    public string? CrossKeyValue { get; set; }

    /// <summary>The output projection of the attention to the source. Default: model.decoder.layers.{layer}.encoder_attn.o_proj.</summary>
    public string? CrossOutput { get; set; }

    /// <summary>The query projection of global tokens. Default: model.layers.{layer}.self_attn.q_global_proj.</summary>
    public string? GlobalQuery { get; set; }

    /// <summary>The key projection for global queries. Default: model.layers.{layer}.self_attn.k_global_proj.</summary>
    public string? GlobalKey { get; set; }

    /// <summary>The value projection for global queries. Default: model.layers.{layer}.self_attn.v_global_proj.</summary>
    public string? GlobalValue { get; set; }

    /// <summary>
    /// The norm before the feed-forward block, [DModel]. Default: model.layers.{layer}.post_attention_layernorm, or
    /// model.layers.{layer}.pre_feedforward_layernorm where a norm stands behind the attention (Gemma 2).
    /// </summary>
    public string? FeedForwardNorm { get; set; }

    /// <summary>The gate projection, [inner width, DModel]. Default: model.layers.{layer}.mlp.gate_proj.</summary>
    public string? Gate { get; set; }

    /// <summary>The up projection, [inner width, DModel]. Default: model.layers.{layer}.mlp.up_proj.</summary>
    public string? Up { get; set; }

    /// <summary>The gate and then the up projection in one tensor, [2 · inner width, DModel]; given, it takes the place of both.</summary>
    public string? GateUp { get; set; }

    /// <summary>The down projection, [DModel, inner width]. Default: model.layers.{layer}.mlp.down_proj.</summary>
    public string? Down { get; set; }

    /// <summary>The norm behind the feed-forward block, [DModel]. Default: model.layers.{layer}.post_feedforward_layernorm (Gemma 2).</summary>
    public string? FeedForwardOutputNorm { get; set; }

    /// <summary>The norm behind the last layer, [DModel]. Default: model.norm.</summary>
    public string? FinalNorm { get; set; }

    /// <summary>The output matrix, [VocabularySize, DModel], where embeddings are not tied. Default: lm_head.</summary>
    public string? Logits { get; set; }

    /// <summary>
    /// The whole names of tensors that a checkpoint may hold and the model does not read, each with any type and shape:
    /// "adapter.scale". "{layer}", at most once, stands for any number; "*" at the end for any rest: "vision_tower.*". Default: none.
    /// </summary>
    public string[]? Ignored { get; set; }

    /// <summary>How the query, key and value projections are kept. Default: in three tensors.</summary>
    public QueryKeyValueStorage QueryKeyValueStorage { get; set; }

    /// <summary>Whether the matrices of the layers are [inputs, outputs], as in GPT-2's checkpoints. Default: no, [outputs, inputs].</summary>
    public bool InputsFirst { get; set; }

    /// <summary>What is added to a part's name for the name of its matrix or table. Default: .weight.</summary>
    public string? WeightSuffix { get; set; }

    /// <summary>What is added to a part's name for the name of its bias. Default: .bias.</summary>
    public string? BiasSuffix { get; set; }

    /// <summary>What is added to a norm's name for the name of its weight. Default: .weight; TensorFlow's is /gamma.</summary>
    public string? NormWeightSuffix { get; set; }

    /// <summary>What is added to a norm's name for the name of its bias. Default: .bias; TensorFlow's is /beta.</summary>
    public string? NormBiasSuffix { get; set; }
}
