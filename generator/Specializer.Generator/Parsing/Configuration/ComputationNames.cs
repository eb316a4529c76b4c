using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>Tells by its name whether an unknown field of a config.json changes what a model computes.</summary>
internal static class ComputationNames
{
    /// <summary>Parts of names between underscores.</summary>
    private static readonly HashSet<string> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        "rope", "rotary", "nope", "yarn", "mrope", "ntk", "theta", "alibi", "position", "positions", "positional", "pos",
        "scale", "scales", "scaled", "scaling", "mscale", "multiplier", "factor", "temperature",
        "attention", "attn", "qk", "qkv", "kv", "query", "key", "value", "head", "heads", "causal", "bidirectional", "mask", "sink", "sinks",
        "tie", "tied", "untied", "shared", "act", "activation", "gelu", "silu", "swiglu", "glu", "mlp", "ffn", "ff",
        "quantization", "quantized", "quant", "bits", "fp8", "int8", "int4",
        "router", "routing", "routed", "expert", "experts", "moe", "topk", "gate", "gated", "gating", "mixture",
        "window", "windows", "sliding", "local", "global", "chunk", "block", "sparse", "sparsity", "pattern",
        "softmax", "softcap", "softcapping", "cap", "clip", "clamp", "norm", "norms", "layernorm", "rmsnorm", "ln", "eps", "epsilon",
        "bias", "biases", "residual", "parallel", "layer", "layers", "depth", "cross", "conv", "ssm", "state", "mamba", "lora",
        "embedding", "embeddings", "dim", "width", "rank", "ratio", "pooling", "pooler", "prefix",
    };

    /// <summary>Words that say that a name is not about inference, whatever stands beside them.</summary>
    private static readonly HashSet<string> s_harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "dropout", "drop", "pdrop", "init", "initializer", "loss", "aux", "gradient", "checkpointing", "jitter", "training", "train",
        "flash", "fused", "kernel", "cache", "implementation", "token", "tokens", "tokenizer", "seed", "hash", "path", "dtype", "logging",
    };

    /// <summary>Whether a field's name, or one inside its value, is about the computation.</summary>
    public static bool Any(string path, JsonValue value)
    {
        string[] words = path.Substring(path.LastIndexOf('.') + 1).Split('_', '-', ' ');
        bool computes = words.Any(s_words.Contains) && !words.Any(s_harmless.Contains);
        return computes
            || value.Members.Any(static member => Any(member.Key, member.Value))
            || (value.Kind == JsonKind.Array && value.Items.Any(static item => item.Kind == JsonKind.Object && Any("", item)));
    }
}
