using System;

namespace Specializer;

/// <summary>
/// Declares the attention of every layer: softmax(q kᵀ · scale) v per head (Vaswani et al. 2017, section 3.2). Grouped-query
/// (Ainslie et al. 2023) and multi-query attention (Shazeer 2019) have fewer key/value heads than query heads.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AttentionAttribute : Attribute
{
    /// <summary>The number of query heads; <c>num_attention_heads</c>. Required.</summary>
    public int Heads { get; set; }

    /// <summary>
    /// The number of key/value heads; <c>num_key_value_heads</c>. It divides <see cref="Heads"/>: query head h reads key/value
    /// head h / (Heads / KeyValueHeads). The default, 0, gives every query head its own.
    /// </summary>
    public int KeyValueHeads { get; set; }

    /// <summary>The width of one head; <c>head_dim</c>. The default, 0, means DModel / Heads.</summary>
    public int HeadDim { get; set; }

    /// <summary>The positions that a position can attend to. The default is causal; encoders require the full mask.</summary>
    public AttentionMask Mask { get; set; }

    /// <summary>The form of the attention. The default is softmax attention.</summary>
    public AttentionForm Form { get; set; }

    /// <summary>
    /// Whether the caller can mark tokens of a sequence as global (Beltagy et al. 2020, Longformer). Global tokens attend to all
    /// tokens and all tokens attend to them, regardless of the sliding window. They use projections of their own. For encoders
    /// only. The default is false.
    /// </summary>
    public bool GlobalTokens { get; set; }

    /// <summary>The factor of the scores q kᵀ. The default, 0, means 1/√HeadDim.</summary>
    public float Scale { get; set; }

    /// <summary>Whether the query, key and value projections add a bias. The default is false.</summary>
    public bool QueryKeyValueBias { get; set; }

    /// <summary>Whether the query projection adds a bias, regardless of the others. The default is false.</summary>
    public bool QueryBias { get; set; }

    /// <summary>Whether the key projection adds a bias, regardless of the others. The default is false.</summary>
    public bool KeyBias { get; set; }

    /// <summary>Whether the value projection adds a bias, regardless of the others. The default is false.</summary>
    public bool ValueBias { get; set; }

    /// <summary>Whether the output projection adds a bias. The default is false.</summary>
    public bool OutputBias { get; set; }

    /// <summary>
    /// The soft cap c: scores become c · tanh(score / c) before the softmax; <c>attn_logit_softcapping</c> (Gemma 2). The
    /// default, 0, means none.
    /// </summary>
    public float SoftCap { get; set; }

    /// <summary>
    /// Whether every query and key head is normalized before the rotation, with one weight for queries and one for keys (Dehghani
    /// et al. 2023; Qwen3, Gemma 3). The norm is that of the model, which must be RMSNorm. The default is false.
    /// </summary>
    public bool QueryKeyNorm { get; set; }
}
