using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Specializer.Tool;

/// <summary>
/// Translates the metadata of a GGUF file to the config.json of the same model. Every key of the architecture is read or reported:
/// any other key could change the computation.
/// </summary>
/// <remarks>
/// The keys are those of docs/gguf.md and of llama.cpp's converter. Some values are implied by llama.cpp
/// (src/llama-model.cpp): the scale of Gemma's scores, Gemma 3's local rotary base and the distance of its full layers.
/// </remarks>
internal sealed class GgufConfiguration
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly GgufFields _fields;
    private readonly JsonObject _values = [];

    private GgufConfiguration(GgufFields fields)
    {
        _fields = fields;
    }

    /// <summary>The pooling of an encoder; none for decoders, or if the file has none.</summary>
    public Generator.Architecture.PoolingKind Pooling { get; private set; }

    /// <summary>The text of the config.json, with the metadata and the tensor table beside it in the field <c>gguf</c>.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The element types of the tensors as they are stored, most frequent first.</summary>
    public IReadOnlyList<string> ElementTypes { get; private set; } = [];

    /// <summary>The size of the stored elements in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Translates a model.</summary>
    /// <exception cref="WeightsException">The architecture or a key is not supported.</exception>
    public static GgufConfiguration Of(GgufParts parts)
    {
        var result = new GgufConfiguration(new GgufFields(parts));
        result.Translate();
        if (result._fields.Unread.ToArray() is { Length: > 0 } unread)
        {
            throw result._fields.Unsupported(
                $"the metadata key{(unread.Length == 1 ? "" : "s")} {string.Join(", ", unread)} may change the computation and {(unread.Length == 1 ? "is" : "are")} not supported. Use the original safetensors checkpoint, which the model's page names as its base model."
            );
        }

        GgufTensor[] tensors = [.. parts.Files.SelectMany(static file => file.Tensors)];
        result.Bytes = tensors.Sum(static tensor => tensor.ByteLength);
        result.ElementTypes =
        [
            .. tensors
                .GroupBy(static tensor => tensor.TypeName)
                .OrderByDescending(static group => group.Count())
                .Select(static group => group.Key),
        ];
        result._values["gguf"] = GgufSummary.Of(parts);
        result.Text = result._values.ToJsonString(s_options) + "\n";
        return result;
    }

    private void Translate()
    {
        if (_fields.HasKey("expert_count") && _fields.Integer("expert_count") > 0)
        {
            throw _fields.Unsupported(
                $"{_fields.Architecture}.expert_count is {_fields.Integer("expert_count")}: mixtures of experts are not supported."
            );
        }

        _fields.Ignore("expert_used_count", "tensor_data_layout");
        switch (_fields.Architecture)
        {
            case "gpt2":
                Gpt2();
                break;
            case "bert":
                Bert();
                break;
            default:
                LikeLlama();
                break;
        }

        if (_fields.HasKey("vocab_size") && _fields.Integer("vocab_size") != Rows("token_embd.weight"))
        {
            throw _fields.Unsupported(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_fields.Architecture}.vocab_size is {_fields.Integer("vocab_size")}, but token_embd.weight has {Rows("token_embd.weight")} rows."
                )
            );
        }
    }

    private void LikeLlama()
    {
        (string type, string model) = _fields.Architecture switch
        {
            "qwen2" => ("qwen2", "Qwen2"),
            "qwen3" => ("qwen3", "Qwen3"),
            "phi3" => ("phi3", "Phi3"),
            "gemma" => ("gemma", "Gemma"),
            "gemma2" => ("gemma2", "Gemma2"),
            "gemma3" => ("gemma3_text", "Gemma3"),
            _ => ("llama", "Llama"),
        };
        Class(type, model + "ForCausalLM");
        int width = _fields.Integer("embedding_length"),
            heads = _fields.SameInEveryLayer("attention.head_count");
        if (heads == 0)
        {
            throw _fields.Unsupported($"{_fields.Architecture}.attention.head_count is 0; expected at least 1.");
        }

        int head = _fields.Integer("attention.key_length", width / heads);
        Same("attention.value_length", head, "attention.key_length");
        Add("vocab_size", Rows("token_embd.weight"));
        Add("hidden_size", width);
        Add("intermediate_size", _fields.SameInEveryLayer("feed_forward_length"));
        Add("num_hidden_layers", _fields.Integer("block_count"));
        Add("num_attention_heads", heads);
        Add("num_key_value_heads", _fields.HasKey("attention.head_count_kv") ? _fields.SameInEveryLayer("attention.head_count_kv") : heads);
        Add("max_position_embeddings", _fields.Integer("context_length"));
        Add("rms_norm_eps", _fields.Number("attention.layer_norm_rms_epsilon"));
        Add("tie_word_embeddings", _fields.Tensor("output.weight") is null);
        if (_fields.Architecture != "phi3")
        {
            Add("head_dim", head);
        }

        if (type is "llama" or "qwen3" or "gemma" or "gemma2" or "gemma3_text")
        {
            Add("attention_bias", _fields.Tensor("blk.0.attn_q.bias") is not null);
        }

        if (type == "llama")
        {
            Add("mlp_bias", _fields.Tensor("blk.0.ffn_up.bias") is not null);
        }

        var rotary = new GgufRotary(_fields, _values);
        switch (_fields.Architecture)
        {
            case "phi3":
                rotary.Phi3(head);
                Add("sliding_window", _fields.Integer("attention.sliding_window", 0) is > 0 and int window ? window : null);
                break;
            case "gemma" or "gemma2" or "gemma3":
                Gemma(width, heads, head);
                rotary.Read(head);
                break;
            default:
                rotary.Read(head);
                break;
        }
    }

    private void Gemma(int width, int heads, int head)
    {
        Add("hidden_activation", "gelu_pytorch_tanh");
        if (_fields.Architecture == "gemma")
        {
            return;
        }

        // llama.cpp recognizes the models of 27B by their number of layers. Their scores are scaled by the width of a head of equal shares.
        int layers = _fields.Integer("block_count"),
            layersOf27B = _fields.Architecture == "gemma2" ? 46 : 62;
        Add("query_pre_attn_scalar", layers == layersOf27B ? width / heads : head);
        Add("sliding_window", _fields.Integer("attention.sliding_window"));
        bool isThird = _fields.Architecture == "gemma3";
        Add(
            "attn_logit_softcapping",
            _fields.HasKey("attn_logit_softcapping") ? _fields.Number("attn_logit_softcapping")
                : isThird ? null
                : 50.0
        );
        Add(
            "final_logit_softcapping",
            _fields.HasKey("final_logit_softcapping") ? _fields.Number("final_logit_softcapping")
                : isThird ? null
                : 30.0
        );
        if (isThird)
        {
            Add("rope_local_base_freq", _fields.Number("rope.freq_base_swa", 10_000));
            Add("sliding_window_pattern", _fields.Integer("attention.sliding_window_pattern", 6));
        }
    }

    private void Gpt2()
    {
        Class("gpt2", "GPT2LMHeadModel");
        Add("vocab_size", Rows("token_embd.weight"));
        Add("n_positions", Rows("position_embd.weight"));
        Add("n_embd", _fields.Integer("embedding_length"));
        Add("n_layer", _fields.Integer("block_count"));
        Add("n_head", _fields.SameInEveryLayer("attention.head_count"));
        Add("n_inner", _fields.SameInEveryLayer("feed_forward_length"));
        Add("layer_norm_epsilon", _fields.Number("attention.layer_norm_epsilon"));
        Add("activation_function", "gelu_new");
        Add("tie_word_embeddings", _fields.Tensor("output.weight") is null);
        Same("attention.head_count_kv", _fields.SameInEveryLayer("attention.head_count"), "attention.head_count");
        Same("context_length", Rows("position_embd.weight"), "the number of rows of position_embd.weight");
    }

    private void Bert()
    {
        Class("bert", "BertModel");
        if (_fields.Flag("attention.causal", absent: false))
        {
            throw _fields.Unsupported("bert.attention.causal is true; only bidirectional attention is supported for this architecture.");
        }

        Add("vocab_size", Rows("token_embd.weight"));
        Add("hidden_size", _fields.Integer("embedding_length"));
        Add("num_hidden_layers", _fields.Integer("block_count"));
        Add("num_attention_heads", _fields.SameInEveryLayer("attention.head_count"));
        Add("intermediate_size", _fields.SameInEveryLayer("feed_forward_length"));
        Add("hidden_act", "gelu");
        Add("layer_norm_eps", _fields.Number("attention.layer_norm_epsilon"));
        Add("max_position_embeddings", Rows("position_embd.weight"));
        Add("type_vocab_size", Rows("token_types.weight"));
        Same("attention.head_count_kv", _fields.SameInEveryLayer("attention.head_count"), "attention.head_count");
        _fields.Ignore("context_length");
        int pooling = _fields.Integer("pooling_type", 0);
        Pooling = pooling switch
        {
            0 => Generator.Architecture.PoolingKind.None,
            1 => Generator.Architecture.PoolingKind.Mean,
            2 => Generator.Architecture.PoolingKind.First,
            3 => Generator.Architecture.PoolingKind.Last,
            _ => throw _fields.Unsupported(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"bert.pooling_type is {pooling}; supported are 0 (none), 1 (mean), 2 (the first token) and 3 (the last token)."
                )
            ),
        };
    }

    private void Class(string type, string name)
    {
        Add("model_type", type);
        _values["architectures"] = new JsonArray(name);
    }

    private void Same(string key, int expected, string other)
    {
        if (_fields.HasKey(key) && _fields.SameInEveryLayer(key) is var found && found != expected)
        {
            throw _fields.Unsupported(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_fields.Architecture}.{key} is {found}, but {other} is {expected}; only equal values are supported."
                )
            );
        }
    }

    private int Rows(string tensor) =>
        _fields.Tensor(tensor) is { Tensor.Shape: { Length: 2 } shape } && shape[0] <= int.MaxValue
            ? (int)shape[0]
            : throw _fields.Unsupported($"the tensor {tensor} is missing or is no matrix. Convert the model with a current converter.");

    private void Add(string field, JsonNode? value) => _values[field] = value;
}
