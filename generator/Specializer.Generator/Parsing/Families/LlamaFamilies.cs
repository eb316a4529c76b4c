using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>LLaMA and the families that follow it: RMSNorm before each block, rotary positions, a gated feed-forward block.</summary>
internal static class LlamaFamilies
{
    /// <summary>LlamaForCausalLM (Touvron et al. 2023).</summary>
    public static TransformerArchitecture Llama(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(configuration, window: 0);
        bool bias = configuration.Flag("attention_bias", false);
        return model with
        {
            Attention = model.Attention.WithBias(bias, bias),
            FeedForward = model.FeedForward with { Bias = configuration.Flag("mlp_bias", false) },
        };
    }

    /// <summary>MistralForCausalLM (Jiang et al. 2023): a position sees <c>sliding_window</c> positions, itself included.</summary>
    public static TransformerArchitecture Mistral(ModelConfiguration configuration) =>
        Common(configuration, configuration.Has("sliding_window") ? configuration.Extent("sliding_window") : 0);

    /// <summary>Qwen2ForCausalLM: biases on queries, keys and values, implied by the family.</summary>
    public static TransformerArchitecture Qwen2(ModelConfiguration configuration)
    {
        RefuseWindow(configuration);
        TransformerArchitecture model = Common(configuration, window: 0);
        return model with { Attention = model.Attention.WithBias(queryKeyValue: true, output: false) };
    }

    /// <summary>Qwen3ForCausalLM: every query and key head is normalised before it is turned.</summary>
    public static TransformerArchitecture Qwen3(ModelConfiguration configuration)
    {
        RefuseWindow(configuration);
        TransformerArchitecture model = Common(configuration, window: 0);
        bool bias = configuration.Flag("attention_bias", false);
        return model with
        {
            Attention = model.Attention.WithBias(bias, bias) with { QueryKeyNorm = true },
            Checkpoint = model.Checkpoint with
            {
                Names = model.Checkpoint.Names with { QueryNorm = "model.layers.{layer}.self_attn.q_norm", KeyNorm = "model.layers.{layer}.self_attn.k_norm" },
            },
        };
    }

    /// <summary>Phi3ForCausalLM: fused projections, part of a head turned, factors for long contexts.</summary>
    public static TransformerArchitecture Phi3(ModelConfiguration configuration)
    {
        TransformerArchitecture model = Common(
            configuration, configuration.Has("sliding_window") ? configuration.Extent("sliding_window") : 0, configuration.Number("partial_rotary_factor", 1));
        return model with
        {
            Checkpoint = model.Checkpoint with
            {
                Names = model.Checkpoint.Names with { QueryKeyValue = "model.layers.{layer}.self_attn.qkv_proj", GateUp = "model.layers.{layer}.mlp.gate_up_proj" },
                QueryKeyValue = QueryKeyValueLayout.Concatenated,
                GateUpConcatenated = true,
            },
        };
    }

    /// <summary>What all of them share.</summary>
    public static TransformerArchitecture Common(ModelConfiguration configuration, int window, double partialRotary = 1)
    {
        int width = configuration.Extent("hidden_size");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "num_attention_heads");
        return new TransformerArchitecture(
            configuration.Extent("num_hidden_layers"),
            width,
            configuration.Extent("max_position_embeddings", 2048),
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size"), Scale: 1, Positions: null, Norm: false),
            attention,
            FamilyParts.OneKind(FamilyParts.Rotary(configuration, attention.HeadDimension, partial: partialRotary), window),
            FamilyParts.OnePattern,
            new FeedForwardArchitecture(configuration.Extent("intermediate_size"), configuration.Activation("hidden_act", "silu"), Gated: true, Bias: false),
            new NormArchitecture(NormFormula.RootMeanSquare, (float)configuration.Number("rms_norm_eps", 1e-6), Bias: false, UnitOffset: false),
            BlockArrangement.PreNorm,
            new LogitsArchitecture(configuration.Flag("tie_word_embeddings", false), Bias: false, SoftCap: 0),
            CheckpointLayout.Llama);
    }

    private static void RefuseWindow(ModelConfiguration configuration) => configuration.Refuse(
        configuration.Flag("use_sliding_window", false) && configuration.Has("sliding_window"), "use_sliding_window", "a window in some layers only is not supported for this family; leave it false");
}
