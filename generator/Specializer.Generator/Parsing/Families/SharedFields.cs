using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// The fields that transformers writes into the config.json of every family (PreTrainedConfig of versions 4 and 5), and further
/// fields that published files contain.
/// </summary>
internal static class SharedFields
{
    /// <summary>Fields that do not change a forward pass.</summary>
    private static readonly string[] s_withoutEffect =
    [
        // Provenance and storage of the file.
        "model_type",
        "architectures",
        "transformers_version",
        "_name_or_path",
        "name_or_path",
        "_commit_hash",
        "auto_map",
        "torch_dtype",
        "dtype",
        "finetuning_task",
        "task_specific_params",
        "problem_type",
        "tokenizer_class",
        "processor_class",
        "model_max_length",
        "transformers.js_config",
        "adapter_attn_dim",
        "custom_pipelines",
        "unsloth_version",
        "unsloth_fixed",
        "export_model_type",
        "is_composition",
        "base_model_prefix",
        // The header of a GGUF file; specializer new translates it to the fields beside it.
        "gguf",
        // Tokens and generation.
        "bos_token_id",
        "eos_token_id",
        "pad_token_id",
        "sep_token_id",
        "cls_token_id",
        "mask_token_id",
        "unk_token_id",
        "decoder_start_token_id",
        "forced_bos_token_id",
        "forced_eos_token_id",
        "suppress_tokens",
        "begin_suppress_tokens",
        "bad_words_ids",
        "prefix",
        "max_length",
        "min_length",
        "do_sample",
        "early_stopping",
        "num_beams",
        "num_beam_groups",
        "diversity_penalty",
        "temperature",
        "top_k",
        "top_p",
        "typical_p",
        "repetition_penalty",
        "length_penalty",
        "no_repeat_ngram_size",
        "encoder_no_repeat_ngram_size",
        "num_return_sequences",
        "output_scores",
        "return_dict_in_generate",
        "remove_invalid_values",
        "exponential_decay_length_penalty",
        "generation_config",
        "stop_strings",
        // Options of calls and execution.
        "use_cache",
        "cache_implementation",
        "return_dict",
        "use_return_dict",
        "output_hidden_states",
        "output_attentions",
        "output_past",
        "torchscript",
        "use_bfloat16",
        "tf_legacy_loss",
        "chunk_size_feed_forward",
        "xla_device",
        "attn_implementation",
        "_attn_implementation",
        "_attn_implementation_autoset",
        "_attn_implementation_internal",
        "experts_implementation",
        "_experts_implementation",
        "_flash_attn_2_enabled",
        "use_flash_attention",
        "use_flash_attn",
        "pretraining_tp",
        "gradient_checkpointing",
        "gradient_checkpointing_enabled",
        // Training.
        "initializer_range",
        "initializer_factor",
        "attention_dropout",
        "hidden_dropout",
        "dropout",
        "activation_dropout",
        "classifier_dropout",
        "classif_dropout",
        "layerdrop",
        "encoder_layerdrop",
        "decoder_layerdrop",
        "attention_probs_dropout_prob",
        "hidden_dropout_prob",
        "attn_pdrop",
        "embd_pdrop",
        "resid_pdrop",
        "emb_pdrop",
        "embed_dropout",
        "use_label_smoothing",
        "label_smoothing",
        "cross_attention_hidden_size",
    ];

    /// <summary>The quantization schemes of transformers, of MLX, and of early files of compressed-tensors.</summary>
    private static readonly string[] s_quantizations = ["quantization_config", "quantization", "compression_config"];

    /// <summary>The functions that a CrossEncoder of sentence-transformers applies to the logits, in the spelling of each version.</summary>
    private static readonly string[] s_afterLogits = ["sentence_transformers", "sbert_ce_default_activation_function"];

    /// <summary>Accounts for these fields, and rejects values of fields that are harmless with one value only.</summary>
    public static void Account(ModelConfiguration configuration)
    {
        configuration.WithoutEffect(s_withoutEffect);
        configuration.WithoutEffect("id2label", "label2id", "num_labels", "_num_labels");
        foreach (string field in s_quantizations.Where(configuration.Has))
        {
            RefuseQuantization(configuration, field);
        }

        foreach (string field in s_afterLogits)
        {
            configuration.WithoutEffect(field);
            configuration.Note(field, "sentence-transformers applies it to the logits, which the model returns unchanged");
        }

        configuration.Refuse(
            configuration.IsSection("pruned_heads") && configuration.Section("pruned_heads").Count > 0,
            "pruned_heads",
            "pruned heads are not supported"
        );
        configuration.WithoutEffect("pruned_heads");
        configuration.WithoutEffect(s_quantizations);
        configuration.Refuse(
            configuration.Flag("tie_encoder_decoder", false),
            "tie_encoder_decoder",
            "shared weights of encoder and decoder are not supported"
        );
    }

    private static void RefuseQuantization(ModelConfiguration configuration, string field)
    {
        ModelConfiguration quantization = configuration.Section(field);
        string method =
            quantization.Find("quant_method") is { Kind: JsonKind.Text } text ? text.Text
            : field == "quantization" ? "MLX"
            : "an unnamed method";
        quantization.WithoutEffect([.. quantization.Names]);
        configuration.Refuse(true, field, $"quantized weights ({method}) are not supported: use a checkpoint in F32, BF16 or F16");
    }

    /// <summary>
    /// Accounts for fields that only encoder-decoders, or decoders inside them, have, and rejects values that would change the
    /// model.
    /// </summary>
    public static void RefuseCrossAttention(ModelConfiguration configuration)
    {
        configuration.Refuse(
            configuration.Flag("add_cross_attention", false),
            "add_cross_attention",
            "cross-attention is not supported for this family"
        );
        configuration.WithoutEffect("is_encoder_decoder", "is_decoder");
    }
}
