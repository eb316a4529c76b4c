using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.TestKit;

namespace Specializer.Tool.Tests.Gguf;

/// <summary>
/// Writes golden checkpoints as GGUF files, with the names, keys and changes of llama.cpp's convert_hf_to_gguf.py. It is written from
/// that converter and not from the reader, so that a wrong name or change on either side shows.
/// </summary>
internal static class GoldenGguf
{
    /// <summary>The architecture of each golden folder.</summary>
    public static readonly IReadOnlyDictionary<string, string> Architectures = new Dictionary<string, string>
    {
        ["llama"] = "llama",
        ["llama3"] = "llama",
        ["qwen2"] = "qwen2",
        ["qwen3"] = "qwen3",
        ["phi3"] = "phi3",
        ["gemma"] = "gemma",
        ["gemma2"] = "gemma2",
        ["gemma3"] = "gemma3",
        ["gpt2"] = "gpt2",
        ["bert"] = "bert",
    };

    private static readonly (string From, string To)[] s_llama =
    [
        ("model.embed_tokens.", "token_embd."),
        ("model.norm.", "output_norm."),
        ("lm_head.", "output."),
        ("model.layers.", "blk."),
        (".self_attn.q_proj.", ".attn_q."),
        (".self_attn.k_proj.", ".attn_k."),
        (".self_attn.v_proj.", ".attn_v."),
        (".self_attn.o_proj.", ".attn_output."),
        (".self_attn.qkv_proj.", ".attn_qkv."),
        (".self_attn.q_norm.", ".attn_q_norm."),
        (".self_attn.k_norm.", ".attn_k_norm."),
        (".mlp.gate_proj.", ".ffn_gate."),
        (".mlp.up_proj.", ".ffn_up."),
        (".mlp.gate_up_proj.", ".ffn_up."),
        (".mlp.down_proj.", ".ffn_down."),
        (".input_layernorm.", ".attn_norm."),
    ];

    private static readonly (string From, string To)[] s_others =
    [
        ("transformer.", ""),
        ("wte.", "token_embd."),
        ("wpe.", "position_embd."),
        ("ln_f.", "output_norm."),
        (".ln_1.", ".attn_norm."),
        (".ln_2.", ".ffn_norm."),
        (".attn.c_attn.", ".attn_qkv."),
        (".attn.c_proj.", ".attn_output."),
        (".mlp.c_fc.", ".ffn_up."),
        (".mlp.c_proj.", ".ffn_down."),
        ("bert.", ""),
        ("embeddings.word_embeddings.", "token_embd."),
        ("embeddings.token_type_embeddings.", "token_types."),
        ("embeddings.position_embeddings.", "position_embd."),
        ("embeddings.LayerNorm.", "token_embd_norm."),
        ("encoder.layer.", "blk."),
        (".attention.self.query.", ".attn_q."),
        (".attention.self.key.", ".attn_k."),
        (".attention.self.value.", ".attn_v."),
        (".attention.output.dense.", ".attn_output."),
        (".attention.output.LayerNorm.", ".attn_output_norm."),
        (".intermediate.dense.", ".ffn_up."),
        (".output.dense.", ".ffn_down."),
        (".output.LayerNorm.", ".layer_output_norm."),
    ];

    /// <summary>Returns the path of a file in the golden folder.</summary>
    public static string Golden(string name, string file) => SharedData.Path("goldens", name, file);

    /// <summary>Writes a golden checkpoint.</summary>
    /// <param name="name">The golden folder.</param>
    /// <param name="encode">Converts the rows of a matrix to a type and its bytes; <see langword="null"/> for F32.</param>
    /// <param name="replace">Adds a key in the place of the converter's; <see langword="null"/> for none.</param>
    /// <param name="extra">Adds tensors; <see langword="null"/> for none.</param>
    public static byte[] Write(
        string name,
        Func<string, float[], long[], (int Type, byte[] Data)>? encode = null,
        (string Key, Action<GgufBytes> Add)? replace = null,
        Action<GgufBytes>? extra = null
    )
    {
        using JsonDocument configuration = JsonDocument.Parse(File.ReadAllBytes(Golden(name, "config.json")));
        JsonElement config = configuration.RootElement;
        string architecture = Architectures[name];
        var file = new GgufBytes();
        file.Add("general.architecture", architecture).Add("general.type", "model").Add("general.name", name);
        AddKeys(file, architecture, config, replace?.Key);
        replace?.Add(file);
        using SafetensorsFile checkpoint = SafetensorsFile.Open(Golden(name, "model.safetensors"));
        foreach (string tensor in checkpoint.Names.Where(tensor => !tensor.Contains("pooler", StringComparison.Ordinal)))
        {
            checkpoint.TryGetTensor(tensor, out TensorView view);
            float[] values = new float[view.ElementCount];
            view.CopyTo(values);
            long[] shape = view.Shape.ToArray();
            string stored = NameOf(tensor, architecture);
            Convert(architecture, config, stored, ref values, ref shape);
            (int type, byte[] data) =
                shape.Length == 2 && encode is not null ? encode(stored, values, shape) : (0, GgufBytes.Bytes(values));
            file.AddTensor(stored, type, data, shape);
        }

        if (config.TryGetProperty("rope_scaling", out JsonElement scaling) && scaling.ValueKind == JsonValueKind.Object)
        {
            file.AddTensor("rope_freqs.weight", Llama3(scaling, config), Extent(config, "head_dim") / 2);
        }

        extra?.Invoke(file);
        return file.ToArray();
    }

    /// <summary>Returns the name that the converter gives a tensor.</summary>
    private static string NameOf(string tensor, string architecture)
    {
        string name = tensor.StartsWith("h.", StringComparison.Ordinal) ? "blk." + tensor[2..] : tensor;
        name = name.Replace("transformer.h.", "blk.", StringComparison.Ordinal);
        bool isSandwich = architecture is "gemma2" or "gemma3";
        name = name.Replace(".pre_feedforward_layernorm.", ".ffn_norm.", StringComparison.Ordinal)
            .Replace(".post_feedforward_layernorm.", ".post_ffw_norm.", StringComparison.Ordinal)
            .Replace(".post_attention_layernorm.", isSandwich ? ".post_attention_norm." : ".ffn_norm.", StringComparison.Ordinal);
        foreach ((string from, string to) in architecture is "gpt2" or "bert" ? s_others : s_llama)
        {
            name = name.Replace(from, to, StringComparison.Ordinal);
        }

        return name;
    }

    private static void Convert(string architecture, JsonElement config, string stored, ref float[] values, ref long[] shape)
    {
        if (architecture == "llama" && stored.Contains(".attn_q.", StringComparison.Ordinal))
        {
            values = Permute(values, shape, Extent(config, "num_attention_heads"));
        }
        else if (architecture == "llama" && stored.Contains(".attn_k.", StringComparison.Ordinal))
        {
            values = Permute(values, shape, Extent(config, "num_key_value_heads"));
        }
        else if (architecture.StartsWith("gemma", StringComparison.Ordinal) && stored.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            values = Array.ConvertAll(values, static value => value + 1);
        }
        else if (
            architecture == "gpt2"
            && shape.Length == 2
            && (stored.Contains(".attn_", StringComparison.Ordinal) || stored.Contains(".ffn_", StringComparison.Ordinal))
        )
        {
            long rows = shape[0],
                columns = shape[1];
            float[] matrix = values;
            values = [.. Enumerable.Range(0, values.Length).Select(i => matrix[(i % rows * columns) + (i / rows)])];
            shape = [columns, rows];
        }
    }

    /// <summary>weights.reshape(heads, 2, half, ...).swapaxes(1, 2).reshape(shape).</summary>
    private static float[] Permute(float[] values, long[] shape, int heads)
    {
        int row = shape.Length == 1 ? 1 : (int)shape[1],
            half = (int)shape[0] / heads / 2;
        float[] result = new float[values.Length];
        for (int head = 0; head < heads; head++)
        {
            for (int j = 0; j < 2; j++)
            {
                for (int i = 0; i < half; i++)
                {
                    int from = (head * 2 * half) + (j * half) + i,
                        to = (head * 2 * half) + (i * 2) + j;
                    values.AsSpan(from * row, row).CopyTo(result.AsSpan(to * row));
                }
            }
        }

        return result;
    }

    private static void AddKeys(GgufBytes file, string architecture, JsonElement config, string? without)
    {
        string prefix = architecture + ".";
        void Integer(string key, string field, string? other = null)
        {
            string name =
                config.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? field : other ?? "";
            if (name.Length > 0 && prefix + key != without)
            {
                file.Add(prefix + key, (uint)Extent(config, name));
            }
        }

        void Number(string key, string field)
        {
            if (config.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number && prefix + key != without)
            {
                file.Add(prefix + key, value.GetSingle());
            }
        }

        Integer("context_length", "max_position_embeddings", "n_positions");
        Integer("embedding_length", "hidden_size", "n_embd");
        Integer("block_count", "num_hidden_layers", "n_layer");
        Integer("attention.head_count", "num_attention_heads", "n_head");
        Integer("attention.head_count_kv", "num_key_value_heads");
        Integer("feed_forward_length", "intermediate_size");
        if (architecture == "gpt2")
        {
            file.Add(prefix + "feed_forward_length", (uint)(4 * Extent(config, "n_embd")));
        }

        Number("attention.layer_norm_rms_epsilon", "rms_norm_eps");
        Number("attention.layer_norm_epsilon", "layer_norm_epsilon");
        Number("attention.layer_norm_epsilon", "layer_norm_eps");
        Number("rope.freq_base", "rope_theta");
        Integer("attention.key_length", "head_dim");
        Integer("attention.value_length", "head_dim");
        Number("attn_logit_softcapping", "attn_logit_softcapping");
        Number("final_logit_softcapping", "final_logit_softcapping");
        if (architecture is "phi3" or "gemma2" or "gemma3")
        {
            Integer("attention.sliding_window", "sliding_window");
        }

        if (architecture is "llama")
        {
            Integer("vocab_size", "vocab_size");
            Integer("rope.dimension_count", "head_dim");
        }

        if (architecture == "phi3")
        {
            Integer("rope.scaling.original_context_length", "original_max_position_embeddings");
            file.Add("phi3.rope.dimension_count", (uint)(Extent(config, "hidden_size") / Extent(config, "num_attention_heads")));
        }

        if (architecture == "bert")
        {
            file.Add("bert.attention.causal", value: false).Add("bert.pooling_type", 1u);
        }
    }

    /// <summary>The divisors of the frequencies, as generate_extra_tensors of LlamaModel computes them.</summary>
    private static float[] Llama3(JsonElement scaling, JsonElement config)
    {
        double theta = config.GetProperty("rope_theta").GetDouble(),
            factor = scaling.GetProperty("factor").GetDouble(),
            low = scaling.GetProperty("low_freq_factor").GetDouble(),
            high = scaling.GetProperty("high_freq_factor").GetDouble(),
            original = scaling.GetProperty("original_max_position_embeddings").GetDouble();
        int dimension = Extent(config, "head_dim");
        return
        [
            .. Enumerable
                .Range(0, dimension / 2)
                .Select(i =>
                {
                    double wavelength = 2 * Math.PI * Math.Pow(theta, 2.0 * i / dimension),
                        smooth = ((original / wavelength) - low) / (high - low);
                    return (float)(
                        wavelength < original / high ? 1
                        : wavelength > original / low ? factor
                        : 1 / (((1 - smooth) / factor) + smooth)
                    );
                }),
        ];
    }

    private static int Extent(JsonElement config, string field) =>
        config.TryGetProperty(field, out JsonElement value)
            ? value.GetInt32()
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The golden config.json has no {field}."));
}
