using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer;

/// <summary>Specifies how a converter of llama.cpp has changed a tensor.</summary>
internal enum GgufChange
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The rows of each query head are permuted to interleaved rotary pairs.</summary>
    PairedQueries,

    /// <summary>The rows of each key head are permuted to interleaved rotary pairs.</summary>
    PairedKeys,

    /// <summary>1 is added to every element.</summary>
    PlusOne,

    /// <summary>The matrix is transposed.</summary>
    Transposed,
}

/// <summary>The Hugging Face names of the tensors of an architecture, and how its converter has changed them.</summary>
/// <remarks>
/// Names and changes are those of llama.cpp's converter (gguf-py/gguf/tensor_mapping.py and convert_hf_to_gguf.py): <c>blk.N.</c> is a
/// layer, and <c>.weight</c> or <c>.bias</c> follows.
/// </remarks>
internal sealed class GgufNames
{
    private const string Block = "blk.";

    private static readonly (string Stored, string Name, GgufChange Change)[] s_llama =
    [
        ("token_embd", "model.embed_tokens", GgufChange.None),
        ("output_norm", "model.norm", GgufChange.None),
        ("output", "lm_head", GgufChange.None),
        ("blk.attn_norm", "model.layers.{layer}.input_layernorm", GgufChange.None),
        ("blk.attn_q", "model.layers.{layer}.self_attn.q_proj", GgufChange.None),
        ("blk.attn_k", "model.layers.{layer}.self_attn.k_proj", GgufChange.None),
        ("blk.attn_v", "model.layers.{layer}.self_attn.v_proj", GgufChange.None),
        ("blk.attn_output", "model.layers.{layer}.self_attn.o_proj", GgufChange.None),
        ("blk.ffn_norm", "model.layers.{layer}.post_attention_layernorm", GgufChange.None),
        ("blk.ffn_gate", "model.layers.{layer}.mlp.gate_proj", GgufChange.None),
        ("blk.ffn_up", "model.layers.{layer}.mlp.up_proj", GgufChange.None),
        ("blk.ffn_down", "model.layers.{layer}.mlp.down_proj", GgufChange.None),
    ];

    private static readonly (string Stored, string Name, GgufChange Change)[] s_headNorms =
    [
        ("blk.attn_q_norm", "model.layers.{layer}.self_attn.q_norm", GgufChange.None),
        ("blk.attn_k_norm", "model.layers.{layer}.self_attn.k_norm", GgufChange.None),
    ];

    private static readonly (string Stored, string Name, GgufChange Change)[] s_sandwich =
    [
        ("blk.post_attention_norm", "model.layers.{layer}.post_attention_layernorm", GgufChange.PlusOne),
        ("blk.ffn_norm", "model.layers.{layer}.pre_feedforward_layernorm", GgufChange.PlusOne),
        ("blk.post_ffw_norm", "model.layers.{layer}.post_feedforward_layernorm", GgufChange.PlusOne),
    ];

    private static readonly (string Stored, string Name, GgufChange Change)[] s_gpt2 =
    [
        ("token_embd", "transformer.wte", GgufChange.None),
        ("position_embd", "transformer.wpe", GgufChange.None),
        ("output_norm", "transformer.ln_f", GgufChange.None),
        ("output", "lm_head", GgufChange.None),
        ("blk.attn_norm", "transformer.h.{layer}.ln_1", GgufChange.None),
        ("blk.attn_qkv", "transformer.h.{layer}.attn.c_attn", GgufChange.Transposed),
        ("blk.attn_output", "transformer.h.{layer}.attn.c_proj", GgufChange.Transposed),
        ("blk.ffn_norm", "transformer.h.{layer}.ln_2", GgufChange.None),
        ("blk.ffn_up", "transformer.h.{layer}.mlp.c_fc", GgufChange.Transposed),
        ("blk.ffn_down", "transformer.h.{layer}.mlp.c_proj", GgufChange.Transposed),
    ];

    private static readonly (string Stored, string Name, GgufChange Change)[] s_bert =
    [
        ("token_embd", "bert.embeddings.word_embeddings", GgufChange.None),
        ("token_types", "bert.embeddings.token_type_embeddings", GgufChange.None),
        ("position_embd", "bert.embeddings.position_embeddings", GgufChange.None),
        ("token_embd_norm", "bert.embeddings.LayerNorm", GgufChange.None),
        ("blk.attn_q", "bert.encoder.layer.{layer}.attention.self.query", GgufChange.None),
        ("blk.attn_k", "bert.encoder.layer.{layer}.attention.self.key", GgufChange.None),
        ("blk.attn_v", "bert.encoder.layer.{layer}.attention.self.value", GgufChange.None),
        ("blk.attn_output", "bert.encoder.layer.{layer}.attention.output.dense", GgufChange.None),
        ("blk.attn_output_norm", "bert.encoder.layer.{layer}.attention.output.LayerNorm", GgufChange.None),
        ("blk.ffn_up", "bert.encoder.layer.{layer}.intermediate.dense", GgufChange.None),
        ("blk.ffn_down", "bert.encoder.layer.{layer}.output.dense", GgufChange.None),
        ("blk.layer_output_norm", "bert.encoder.layer.{layer}.output.LayerNorm", GgufChange.None),
    ];

    private static readonly Dictionary<string, GgufNames> s_architectures = new(StringComparer.Ordinal)
    {
        ["llama"] = new GgufNames(
            Changed(s_llama, ("blk.attn_q", GgufChange.PairedQueries), ("blk.attn_k", GgufChange.PairedKeys)),
            "rope_freqs"
        ),
        ["qwen2"] = new GgufNames(s_llama),
        ["qwen3"] = new GgufNames([.. s_llama, .. s_headNorms]),
        ["phi3"] = new GgufNames(
            [
                .. s_llama.Where(static entry =>
                    entry.Stored is not ("blk.attn_q" or "blk.attn_k" or "blk.attn_v" or "blk.ffn_gate" or "blk.ffn_up")
                ),
                ("blk.attn_qkv", "model.layers.{layer}.self_attn.qkv_proj", GgufChange.None),
                ("blk.ffn_up", "model.layers.{layer}.mlp.gate_up_proj", GgufChange.None),
            ],
            "rope_factors_long",
            "rope_factors_short"
        ),
        ["gemma"] = new GgufNames(
            Changed(
                s_llama,
                ("output_norm", GgufChange.PlusOne),
                ("blk.attn_norm", GgufChange.PlusOne),
                ("blk.ffn_norm", GgufChange.PlusOne)
            )
        ),
        ["gemma2"] = new GgufNames(Sandwich(s_llama)),
        ["gemma3"] = new GgufNames([
            .. Sandwich(s_llama),
            .. Changed(s_headNorms, ("blk.attn_q_norm", GgufChange.PlusOne), ("blk.attn_k_norm", GgufChange.PlusOne)),
        ]),
        ["gpt2"] = new GgufNames(s_gpt2),
        ["bert"] = new GgufNames(s_bert),
    };

    /// <summary>Architectures whose families exist, but whose converters reorder fused projections in ways that are not undone.</summary>
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["falcon"] = "its converter reorders the rows of fused queries, keys and values",
        ["bloom"] = "its converter reorders the rows of fused queries, keys and values",
        ["gptneox"] = "its converter reorders the rows of fused queries, keys and values",
        ["nomic-bert"] = "there is no family of its model_type, nomic_bert",
    };

    private readonly Dictionary<string, (string Name, GgufChange Change)> _names;
    private readonly HashSet<string> _rotary;

    private GgufNames(IEnumerable<(string Stored, string Name, GgufChange Change)> names, params string[] rotary)
    {
        _names = names.ToDictionary(static entry => entry.Stored, static entry => (entry.Name, entry.Change), StringComparer.Ordinal);
        _rotary = [.. rotary];
    }

    /// <summary>The supported architectures, for messages.</summary>
    public static string Known => string.Join(", ", s_architectures.Keys.Order(StringComparer.Ordinal));

    /// <summary>Finds the names of an architecture.</summary>
    public static bool TryFind(string architecture, out GgufNames names) => s_architectures.TryGetValue(architecture, out names!);

    /// <summary>Explains why an architecture is not supported.</summary>
    public static string Explain(string architecture) =>
        s_refused.TryGetValue(architecture, out string? reason)
            ? $"{reason}. Use the original safetensors checkpoint, which the model's page names as its base model."
            : $"expected one of {Known}. Use the original safetensors checkpoint, which the model's page names as its base model.";

    /// <summary>Returns whether a tensor contains factors of rotary frequencies, which belong to the configuration.</summary>
    public bool IsRotary(string stored) => _rotary.Contains(WithoutSuffix(stored, out string suffix)) && suffix == ".weight";

    /// <summary>Returns the Hugging Face name of a tensor, and how it was changed; the stored name if it is unknown.</summary>
    public (string Name, GgufChange Change) Of(string stored)
    {
        string stem = WithoutSuffix(stored, out string suffix),
            layer = "";
        if (stem.StartsWith(Block, StringComparison.Ordinal))
        {
            int dot = stem.IndexOf('.', Block.Length);
            layer = dot < 0 ? "" : stem[Block.Length..dot];
            bool isNumber = layer.Length is > 0 and < 7 && layer.All(char.IsAsciiDigit) && (layer == "0" || layer[0] != '0');
            stem = isNumber ? string.Concat(Block, stem.AsSpan(dot + 1)) : "";
        }

        return suffix.Length > 0 && _names.TryGetValue(stem, out (string Name, GgufChange Change) found)
            ? (found.Name.Replace(TensorRequirement.LayerMark, layer, StringComparison.Ordinal) + suffix, ChangeOf(found.Change, suffix))
            : (stored, GgufChange.None);
    }

    private static GgufChange ChangeOf(GgufChange change, string suffix) =>
        change == GgufChange.Transposed && suffix == ".bias" ? GgufChange.None : change;

    private static string WithoutSuffix(string stored, out string suffix)
    {
        suffix =
            stored.EndsWith(".weight", StringComparison.Ordinal) ? ".weight"
            : stored.EndsWith(".bias", StringComparison.Ordinal) ? ".bias"
            : "";
        return stored[..^suffix.Length];
    }

    private static IEnumerable<(string Stored, string Name, GgufChange Change)> Changed(
        (string Stored, string Name, GgufChange Change)[] names,
        params (string Stored, GgufChange Change)[] changes
    ) =>
        names.Select(entry =>
            changes.FirstOrDefault(change => change.Stored == entry.Stored) is { Stored: not null } change
                ? (entry.Stored, entry.Name, change.Change)
                : entry
        );

    private static IEnumerable<(string Stored, string Name, GgufChange Change)> Sandwich(
        (string Stored, string Name, GgufChange Change)[] names
    ) =>
        [
            .. Changed(names, ("output_norm", GgufChange.PlusOne), ("blk.attn_norm", GgufChange.PlusOne))
                .Where(static entry => entry.Stored != "blk.ffn_norm"),
            .. s_sandwich,
        ];
}
