using System;

namespace Specializer;

/// <summary>
/// Declares the attention of every layer: softmax(q kᵀ · scale) v per head (Vaswani et al. 2017, section 3.2), with
/// fewer key/value heads than query heads where the model has grouped-query (Ainslie et al. 2023) or multi-query
/// attention (Shazeer 2019).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AttentionAttribute : Attribute
{
    /// <summary>The number of query heads; <c>num_attention_heads</c>. Required.</summary>
    public int Heads { get; set; }

    /// <summary>
    /// The number of key/value heads; <c>num_key_value_heads</c>. It divides <see cref="Heads"/>: query head h reads
    /// key/value head h / (Heads / KeyValueHeads). 0, the default, gives every query head its own.
    /// </summary>
    public int KeyValueHeads { get; set; }

    /// <summary>The width of one head; <c>head_dim</c>. 0, the default, takes DModel / Heads.</summary>
    public int HeadDim { get; set; }

    /// <summary>Which positions a position may attend to. Default: causal; encoders need the full mask.</summary>
    public AttentionMask Mask { get; set; }

    /// <summary>How queries weigh values. Default: by a softmax.</summary>
    public AttentionForm Form { get; set; }

    /// <summary>
    /// Whether some tokens of a sequence, told to the session, see all others and are seen by all, with projections of their
    /// own, whatever the sliding window (Beltagy et al. 2020, Longformer). For encoders. Default: no.
    /// </summary>
    public bool GlobalTokens { get; set; }

    /// <summary>What the products q kᵀ are multiplied with. 0, the default, takes 1/√HeadDim.</summary>
    public float Scale { get; set; }

    /// <summary>Whether the query, key and value projections add a bias. Default: no.</summary>
    public bool QueryKeyValueBias { get; set; }

    /// <summary>Whether the query projection adds a bias, whatever the others do. Default: no.</summary>
    public bool QueryBias { get; set; }

    /// <summary>Whether the key projection adds a bias, whatever the others do. Default: no.</summary>
    public bool KeyBias { get; set; }

    /// <summary>Whether the value projection adds a bias, whatever the others do. Default: no.</summary>
    public bool ValueBias { get; set; }

    /// <summary>Whether the output projection adds a bias. Default: no.</summary>
    public bool OutputBias { get; set; }

    /// <summary>
    /// c of c · tanh(score / c), by which scores are capped before the softmax; <c>attn_logit_softcapping</c> (Gemma 2).
    /// 0, the default, for none.
    /// </summary>
    public float SoftCap { get; set; }

    /// <summary>
    /// Whether every query and key head is normalised before positions turn it, with a weight of its own for queries and
    /// one for keys (Dehghani et al. 2023; Qwen3, Gemma 3). The norm is that of the model, which must be RMSNorm. Default: no.
    /// </summary>
    public bool QueryKeyNorm { get; set; }
}
