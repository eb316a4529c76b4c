using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Generator.Parsing.Families;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>
/// Classes and variants of families without a golden checkpoint. They are declared by a config.json, with random weights under
/// the family's tensor names. The oracle checks them on every instruction set of this process.
/// </summary>
[Feature("inverse-layer-scale", "GPT2LMHeadModel with scores divided*", "MptForCausalLM with clipped*")]
[Feature("residual-stream-norm", "BloomForCausalLM with a residual*")]
[Feature(
    "classification",
    "BertForSequenceClassification",
    "BertForTokenClassification",
    "RobertaForSequenceClassification",
    "RobertaForTokenClassification",
    "DistilBertForSequenceClassification",
    "DistilBertForTokenClassification",
    "AlbertForSequenceClassification",
    "AlbertForTokenClassification"
)]
[Feature("layer-windows", "Qwen2ForCausalLM with a window*", "Qwen3ForCausalLM with layer types*", "MistralForCausalLM with layer types*")]
[Feature("weight-groups", "AlbertForMaskedLM with two layers*", "AlbertModel with three layers*")]
[Feature(
    "oracle-families",
    "Electra*",
    "MPNet*",
    "NomicBert*",
    "EuroBert*",
    "JinaBert*",
    "SmolLM3*",
    "StableLm*",
    "Ernie4_5*",
    "Glm*",
    "Olmo*",
    "Exaone4*",
    "HunYuan*",
    "MT5*"
)]
[Feature("mbart-and-marian", "MBart*", "MarianMT*")]
public sealed class FamilyTests
{
    private const string Bert =
        "\"vocab_size\": 61, \"hidden_size\": 36, \"num_hidden_layers\": 2, \"num_attention_heads\": 3, \"intermediate_size\": 50, \"max_position_embeddings\": 40";
    private const string Sizes =
        "\"vocab_size\": 61, \"hidden_size\": 36, \"num_hidden_layers\": 2, \"num_attention_heads\": 3, \"intermediate_size\": 50, \"max_position_embeddings\": 40";
    private const string Llama = Sizes + ", \"model_type\": \"llama\"";
    private const string Bart =
        "\"d_model\": 36, \"encoder_layers\": 2, \"decoder_layers\": 1, \"encoder_attention_heads\": 3, \"decoder_attention_heads\": 3, \"encoder_ffn_dim\": 50, \"decoder_ffn_dim\": 40, \"max_position_embeddings\": 40";

    private const string Gpt2 =
        "\"model_type\": \"gpt2\", \"vocab_size\": 61, \"n_embd\": 36, \"n_layer\": 3, \"n_head\": 3, \"n_positions\": 40";
    private const string Qwen =
        "\"vocab_size\": 61, \"hidden_size\": 36, \"num_hidden_layers\": 3, \"num_attention_heads\": 3, \"num_key_value_heads\": 1, \"intermediate_size\": 50, \"max_position_embeddings\": 40, \"rope_theta\": 10000";

    private static readonly Dictionary<string, string> s_configurations = new()
    {
        ["BertForSequenceClassification"] = Bert + ", \"model_type\": \"bert\", \"num_labels\": 5",
        ["BertForTokenClassification"] = Bert + ", \"model_type\": \"bert\", \"num_labels\": 7",
        ["RobertaForSequenceClassification"] = Bert + ", \"model_type\": \"roberta\", \"type_vocab_size\": 1",
        ["RobertaForTokenClassification"] = Bert + ", \"model_type\": \"roberta\", \"type_vocab_size\": 1, \"num_labels\": 3",
        ["RobertaForMaskedLM"] = Bert + ", \"model_type\": \"roberta\", \"type_vocab_size\": 1",
        ["LongformerForMaskedLM"] = Bert + ", \"model_type\": \"longformer\", \"type_vocab_size\": 1, \"attention_window\": [4, 8]",
        ["DistilBertForSequenceClassification"] =
            "\"model_type\": \"distilbert\", \"vocab_size\": 61, \"dim\": 36, \"n_layers\": 2, \"n_heads\": 3, \"hidden_dim\": 50, \"max_position_embeddings\": 40",
        ["DistilBertForTokenClassification"] =
            "\"model_type\": \"distilbert\", \"vocab_size\": 61, \"dim\": 36, \"n_layers\": 2, \"n_heads\": 3, \"hidden_dim\": 50, \"max_position_embeddings\": 40",
        ["AlbertForSequenceClassification"] = Bert + ", \"model_type\": \"albert\", \"embedding_size\": 20",
        ["AlbertForTokenClassification"] =
            Bert + ", \"model_type\": \"albert\", \"embedding_size\": 20, \"num_hidden_layers\": 4, \"num_hidden_groups\": 2",
        ["AlbertForMaskedLM with two layers in a group"] =
            Bert + ", \"model_type\": \"albert\", \"embedding_size\": 20, \"inner_group_num\": 2",
        ["AlbertModel with three layers in each of two groups"] =
            Bert
            + ", \"model_type\": \"albert\", \"embedding_size\": 20, \"num_hidden_layers\": 4, \"num_hidden_groups\": 2, \"inner_group_num\": 3",
        ["AlbertModel with a group for each pair of layers"] =
            Bert + ", \"model_type\": \"albert\", \"embedding_size\": 20, \"num_hidden_groups\": 2, \"inner_group_num\": 2",
        ["BloomForCausalLM with a residual after the norm"] =
            "\"model_type\": \"bloom\", \"vocab_size\": 61, \"hidden_size\": 36, \"n_layer\": 3, \"n_head\": 3, \"seq_length\": 40, \"apply_residual_connection_post_layernorm\": true",
        ["GPT2LMHeadModel with scores divided by the layer"] =
            Gpt2 + ", \"scale_attn_by_inverse_layer_idx\": true, \"reorder_and_upcast_attn\": true",
        ["GPT2LMHeadModel with scores divided by the layer only"] =
            Gpt2 + ", \"scale_attn_by_inverse_layer_idx\": true, \"scale_attn_weights\": false",
        ["GPT2LMHeadModel reordered and upcast"] = Gpt2 + ", \"reorder_and_upcast_attn\": true",
        ["MptForCausalLM with clipped projections"] =
            "\"model_type\": \"mpt\", \"vocab_size\": 61, \"d_model\": 36, \"n_layers\": 2, \"n_heads\": 3, \"max_seq_len\": 40, \"attn_config\": { \"clip_qkv\": 0.4 }",
        ["Qwen2ForCausalLM with a window from a layer on"] =
            Qwen + ", \"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 5, \"max_window_layers\": 1",
        ["Qwen2ForCausalLM with a window that is off"] =
            Qwen + ", \"model_type\": \"qwen2\", \"use_sliding_window\": false, \"sliding_window\": 5, \"max_window_layers\": 1",
        ["Qwen3ForCausalLM with layer types"] =
            Qwen
            + ", \"model_type\": \"qwen3\", \"head_dim\": 12, \"use_sliding_window\": true, \"sliding_window\": 5, \"layer_types\": [\"sliding_attention\", \"full_attention\", \"sliding_attention\"]",
        ["MistralForCausalLM with layer types"] =
            Qwen
            + ", \"model_type\": \"mistral\", \"sliding_window\": 7, \"layer_types\": [\"full_attention\", \"sliding_attention\", \"sliding_attention\"]",
        ["T5EncoderModel"] =
            "\"model_type\": \"t5\", \"vocab_size\": 61, \"d_model\": 36, \"d_kv\": 12, \"d_ff\": 50, \"num_layers\": 2, \"num_heads\": 3, \"n_positions\": 40",
        ["LlamaModel"] = Llama,
        ["LlamaForSequenceClassification"] = Llama + ", \"num_labels\": 5",
        ["LlamaForQuestionAnswering"] = Llama,
        ["LlamaForTokenClassification"] = Llama + ", \"num_labels\": 3",
        ["GPT2ForQuestionAnswering"] =
            "\"model_type\": \"gpt2\", \"vocab_size\": 61, \"n_embd\": 36, \"n_layer\": 2, \"n_head\": 3, \"n_positions\": 40",
        ["Gemma3TextModel both ways"] =
            Sizes
            + ", \"model_type\": \"gemma3_text\", \"num_key_value_heads\": 1, \"head_dim\": 12, \"use_bidirectional_attention\": true, \"sliding_window\": 8",
        ["XLMRobertaForSequenceClassification"] = Bert + ", \"model_type\": \"xlm-roberta\", \"type_vocab_size\": 1",
        ["BertForQuestionAnswering"] = Bert + ", \"model_type\": \"bert\"",
        ["BertForMultipleChoice"] = Bert + ", \"model_type\": \"bert\"",
        ["BertForNextSentencePrediction"] = Bert + ", \"model_type\": \"bert\"",
        ["BertForMaskedLM with a matrix of its own"] = Bert + ", \"model_type\": \"bert\", \"tie_word_embeddings\": false",
        ["SmolLM3ForCausalLM"] =
            Sizes
            + ", \"model_type\": \"smollm3\", \"num_key_value_heads\": 1, \"no_rope_layers\": [1, 0], \"use_sliding_window\": true, \"sliding_window\": 5",
        ["StableLmForCausalLM in parallel"] =
            Sizes
            + ", \"model_type\": \"stablelm\", \"num_key_value_heads\": 1, \"partial_rotary_factor\": 0.5, \"use_qkv_bias\": true, \"use_parallel_residual\": true",
        ["StableLmForCausalLM"] = Sizes + ", \"model_type\": \"stablelm\", \"num_key_value_heads\": 3, \"partial_rotary_factor\": 0.5",
        ["Ernie4_5ForCausalLM"] =
            Sizes + ", \"model_type\": \"ernie4_5\", \"num_key_value_heads\": 1, \"head_dim\": 12, \"use_bias\": true",
        ["GlmForCausalLM"] =
            Sizes + ", \"model_type\": \"glm\", \"num_key_value_heads\": 1, \"head_dim\": 12, \"tie_word_embeddings\": true",
        ["GPTBigCodeForCausalLM with a key for each head"] =
            Gpt2.Replace("gpt2", "gpt_bigcode", StringComparison.Ordinal) + ", \"multi_query\": false",
        ["GPTNeoForSequenceClassification"] =
            "\"model_type\": \"gpt_neo\", \"vocab_size\": 61, \"hidden_size\": 36, \"num_layers\": 3, \"num_heads\": 3, \"max_position_embeddings\": 40, \"window_size\": 5, \"attention_types\": [[[\"global\", \"local\"], 1], [[\"local\"], 1]]",
        ["OPTForCausalLM with norms after the blocks"] =
            "\"model_type\": \"opt\", \"vocab_size\": 61, \"hidden_size\": 36, \"ffn_dim\": 50, \"num_hidden_layers\": 2, \"num_attention_heads\": 3, \"max_position_embeddings\": 40, \"do_layer_norm_before\": false, \"enable_bias\": false",
        ["MT5ForConditionalGeneration"] =
            "\"model_type\": \"mt5\", \"vocab_size\": 61, \"d_model\": 36, \"d_kv\": 10, \"d_ff\": 50, \"num_layers\": 2, \"num_heads\": 3, \"n_positions\": 40",
        ["OlmoForCausalLM"] = Sizes + ", \"model_type\": \"olmo\", \"num_key_value_heads\": 1, \"clip_qkv\": 0.5",
        ["Olmo3ForCausalLM"] =
            Sizes
            + ", \"model_type\": \"olmo3\", \"num_key_value_heads\": 1, \"sliding_window\": 5, \"layer_types\": [\"sliding_attention\", \"full_attention\"], \"rope_theta\": 10000, \"rope_scaling\": { \"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 8 }",
        ["Exaone4ForCausalLM"] =
            Sizes
            + ", \"model_type\": \"exaone4\", \"num_key_value_heads\": 1, \"head_dim\": 12, \"sliding_window\": 5, \"layer_types\": [\"sliding_attention\", \"full_attention\"]",
        ["HunYuanDenseV1ForCausalLM"] =
            Sizes
            + ", \"model_type\": \"hunyuan_v1_dense\", \"num_key_value_heads\": 1, \"head_dim\": 12, \"rope_scaling\": { \"type\": \"dynamic\", \"alpha\": 1000.0, \"factor\": 1.0 }",
        ["EuroBertModel"] = Sizes + ", \"model_type\": \"eurobert\", \"num_key_value_heads\": 1",
        ["EuroBertForMaskedLM"] = Sizes + ", \"model_type\": \"eurobert\", \"num_key_value_heads\": 3",
        ["ModernBertForMaskedLM"] =
            Sizes + ", \"model_type\": \"modernbert\", \"local_attention\": 8, \"global_attn_every_n_layers\": 2, \"decoder_bias\": true",
        ["ModernBertForSequenceClassification"] =
            Sizes
            + ", \"model_type\": \"modernbert\", \"local_attention\": 8, \"classifier_pooling\": \"mean\", \"classifier_bias\": true, \"num_labels\": 3",
        ["JinaBertModel"] =
            Bert
            + ", \"model_type\": \"bert\", \"position_embedding_type\": \"alibi\", \"feed_forward_type\": \"geglu\", \"emb_pooler\": \"mean\"",
        ["ElectraModel"] = Bert + ", \"model_type\": \"electra\", \"embedding_size\": 20",
        ["ElectraForPreTraining"] = Bert + ", \"model_type\": \"electra\", \"embedding_size\": 36, \"hidden_act\": \"relu\"",
        ["ElectraForMaskedLM"] = Bert + ", \"model_type\": \"electra\", \"embedding_size\": 20, \"hidden_act\": \"relu\"",
        ["ElectraForSequenceClassification"] = Bert + ", \"model_type\": \"electra\", \"embedding_size\": 20, \"num_labels\": 3",
        ["MPNetModel"] = Bert + ", \"model_type\": \"mpnet\"",
        ["MPNetForMaskedLM"] = Bert + ", \"model_type\": \"mpnet\", \"relative_attention_num_buckets\": 16",
        ["MPNetForSequenceClassification"] = Bert + ", \"model_type\": \"mpnet\"",
        ["NomicBertModel"] =
            "\"model_type\": \"nomic_bert\", \"vocab_size\": 61, \"pad_vocab_size_multiple\": 4, \"n_embd\": 36, \"n_layer\": 2, \"n_head\": 3, \"n_inner\": 50, \"n_positions\": 40, \"rotary_emb_base\": 1000, \"rotary_emb_fraction\": 1.0, \"rotary_emb_interleaved\": false, \"qkv_proj_bias\": false, \"mlp_fc1_bias\": false, \"mlp_fc2_bias\": false, \"activation_function\": \"swiglu\"",
        ["NomicBertModel of transformers 5"] =
            Bert
            + ", \"model_type\": \"nomic_bert\", \"hidden_act\": \"silu\", \"rope_parameters\": { \"rope_type\": \"default\", \"rope_theta\": 1000 }",
        ["MBartForConditionalGeneration"] = Bart + ", \"model_type\": \"mbart\", \"vocab_size\": 61, \"scale_embedding\": true",
        ["MarianMTModel with a vocabulary for each side"] =
            Bart
            + ", \"model_type\": \"marian\", \"vocab_size\": 61, \"decoder_vocab_size\": 47, \"share_encoder_decoder_embeddings\": false, \"scale_embedding\": true",
    };

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal const string AssemblyName = "families";

    internal static IReadOnlyList<TransformerArchitecture> Architectures => [.. s_configurations.Keys.Select(Architecture)];

    public static TheoryData<string> Names => [.. s_configurations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_class_without_a_golden_checkpoint_agrees_with_the_oracle(string name)
    {
        int number = s_configurations.Keys.ToList().IndexOf(name);
        Outcome outcome = Comparison.Run(
            Architecture(name),
            new FuzzCase { Seed = number + 1, Sequences = 3 },
            (tensors, options) => s_assembly.Value.Load(number, tensors, options)
        );
        Assert.True(outcome.Verdict == Verdict.Agrees, outcome.Message);
    }

    private static TransformerArchitecture Architecture(string name)
    {
        string fields = s_configurations[name];
        string own = fields.Contains("\"num_hidden_layers\": 4", StringComparison.Ordinal)
            ? fields.Replace("\"num_hidden_layers\": 2, ", "", StringComparison.Ordinal)
            : fields;
        var configuration = ModelConfiguration.Read($"{{ \"architectures\": [\"{name.Split(' ')[0]}\"], {own} }}");
        TransformerArchitecture parsed = FamilyParser.Parse(configuration)!;
        Assert.Empty(configuration.Problems.InOrder);
        return parsed with { ChunkLength = 8, Encoder = parsed.Encoder is null ? null : parsed.Encoder with { ChunkLength = 8 } };
    }
}
