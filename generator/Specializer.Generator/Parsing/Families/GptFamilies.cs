using System;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>GPT-2 and its successors with LayerNorm: GPT-J, GPT-NeoX, Phi.</summary>
internal static class GptFamilies
{
    /// <summary>GPT2LMHeadModel (Radford et al. 2019): learned positions, matrices stored [inputs, outputs].</summary>
    public static TransformerArchitecture Gpt2(ModelConfiguration configuration)
    {
        int width = configuration.Extent("n_embd");
        int positions = configuration.Extent("n_positions", 1024);
        configuration.Refuse(configuration.Flag("scale_attn_by_inverse_layer_idx", false), "scale_attn_by_inverse_layer_idx", "a scale of its own for each layer is not supported");
        configuration.Refuse(configuration.Flag("add_cross_attention", false), "add_cross_attention", "cross-attention in a decoder-only model is not supported");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "n_head", null, null).WithBias(true, true);
        return Build(
            configuration,
            layers: "n_layer",
            width,
            positions,
            attention with { Scale = configuration.Flag("scale_attn_weights", true) ? attention.Scale : 1 },
            new NoPositions(),
            new FeedForwardArchitecture(configuration.Extent("n_inner", 4 * width), configuration.Activation("activation_function", "gelu_new"), Gated: false, Bias: true),
            epsilon: "layer_norm_epsilon",
            BlockArrangement.PreNorm,
            logitsBias: false,
            tied: true,
            new CheckpointLayout(
                new CheckpointNames(
                    "transformer.wte", "transformer.h.{layer}.ln_1", "", "", "", "transformer.h.{layer}.attn.c_proj", "transformer.h.{layer}.ln_2",
                    "", "transformer.h.{layer}.mlp.c_fc", "transformer.h.{layer}.mlp.c_proj", "transformer.ln_f", "lm_head")
                {
                    PositionEmbedding = "transformer.wpe",
                    QueryKeyValue = "transformer.h.{layer}.attn.c_attn",
                },
                QueryKeyValueLayout.Concatenated,
                GateUpConcatenated: false,
                InputsFirst: true,
                // Buffers of the causal mask.
                new EquatableArray<string>(["transformer.h.{layer}.attn.bias", "transformer.h.{layer}.attn.masked_bias"])),
            new LearnedPositions(0, positions));
    }

    /// <summary>GPTJForCausalLM (Wang and Komatsuzaki 2021): one norm for both blocks, interleaved rotary pairs.</summary>
    public static TransformerArchitecture GptJ(ModelConfiguration configuration)
    {
        int width = configuration.Extent("n_embd");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "n_head", null, null);
        int rotary = configuration.Extent("rotary_dim", attention.HeadDimension);
        configuration.Refuse(rotary > attention.HeadDimension || rotary % 2 != 0, "rotary_dim", "it must be even and at most the width of a head", "n_embd", "n_head");
        return Build(
            configuration,
            layers: "n_layer",
            width,
            configuration.Extent("n_positions", 2048),
            attention,
            new RotaryPositions(10_000, rotary, Interleaved: true, new NoScaling()),
            new FeedForwardArchitecture(configuration.Extent("n_inner", 4 * width), configuration.Activation("activation_function", "gelu_new"), Gated: false, Bias: true),
            epsilon: "layer_norm_epsilon",
            BlockArrangement.ParallelOneNorm,
            logitsBias: true,
            tied: false,
            Layout(
                new CheckpointNames(
                    "transformer.wte", "transformer.h.{layer}.ln_1", "transformer.h.{layer}.attn.q_proj", "transformer.h.{layer}.attn.k_proj", "transformer.h.{layer}.attn.v_proj",
                    "transformer.h.{layer}.attn.out_proj", "", "", "transformer.h.{layer}.mlp.fc_in", "transformer.h.{layer}.mlp.fc_out", "transformer.ln_f", "lm_head"),
                QueryKeyValueLayout.Separate,
                "transformer.h.{layer}.attn.bias",
                "transformer.h.{layer}.attn.masked_bias"));
    }

    /// <summary>GPTNeoXForCausalLM (Black et al. 2022): a norm for each block, which run side by side or one after the other.</summary>
    public static TransformerArchitecture GptNeoX(ModelConfiguration configuration)
    {
        int width = configuration.Extent("hidden_size");
        bool bias = configuration.Flag("attention_bias", true);
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "num_attention_heads", null, null).WithBias(bias, bias);
        return Build(
            configuration,
            layers: "num_hidden_layers",
            width,
            configuration.Extent("max_position_embeddings", 2048),
            attention,
            FamilyParts.Rotary(configuration, attention.HeadDimension, configuration.FirstOf("rotary_emb_base", "rope_theta"), configuration.Number("rotary_pct", 0.25)),
            new FeedForwardArchitecture(configuration.Extent("intermediate_size"), configuration.Activation("hidden_act", "gelu"), Gated: false, Bias: true),
            epsilon: "layer_norm_eps",
            configuration.Flag("use_parallel_residual", true) ? BlockArrangement.ParallelTwoNorms : BlockArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", false),
            Layout(
                new CheckpointNames(
                    "gpt_neox.embed_in", "gpt_neox.layers.{layer}.input_layernorm", "", "", "", "gpt_neox.layers.{layer}.attention.dense", "gpt_neox.layers.{layer}.post_attention_layernorm",
                    "", "gpt_neox.layers.{layer}.mlp.dense_h_to_4h", "gpt_neox.layers.{layer}.mlp.dense_4h_to_h", "gpt_neox.final_layer_norm", "embed_out")
                {
                    QueryKeyValue = "gpt_neox.layers.{layer}.attention.query_key_value",
                },
                QueryKeyValueLayout.PerKeyValueHead,
                "gpt_neox.layers.{layer}.attention.bias",
                "gpt_neox.layers.{layer}.attention.masked_bias",
                "gpt_neox.layers.{layer}.attention.rotary_emb.inv_freq"));
    }

    /// <summary>PhiForCausalLM (Li et al. 2023): one norm for both blocks, biases everywhere, part of a head turned.</summary>
    public static TransformerArchitecture Phi(ModelConfiguration configuration)
    {
        int width = configuration.Extent("hidden_size");
        configuration.Refuse(configuration.Flag("qk_layernorm", false), "qk_layernorm", "LayerNorm of query and key heads is not supported");
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, "num_attention_heads", headDimension: null).WithBias(true, true);
        return Build(
            configuration,
            layers: "num_hidden_layers",
            width,
            configuration.Extent("max_position_embeddings", 2048),
            attention,
            FamilyParts.Rotary(configuration, attention.HeadDimension, partial: configuration.Number("partial_rotary_factor", 0.5)),
            new FeedForwardArchitecture(configuration.Extent("intermediate_size"), configuration.Activation("hidden_act", "gelu_new"), Gated: false, Bias: true),
            epsilon: "layer_norm_eps",
            BlockArrangement.ParallelOneNorm,
            logitsBias: true,
            tied: configuration.Flag("tie_word_embeddings", false),
            Layout(
                new CheckpointNames(
                    "model.embed_tokens", "model.layers.{layer}.input_layernorm", "model.layers.{layer}.self_attn.q_proj", "model.layers.{layer}.self_attn.k_proj", "model.layers.{layer}.self_attn.v_proj",
                    "model.layers.{layer}.self_attn.dense", "", "", "model.layers.{layer}.mlp.fc1", "model.layers.{layer}.mlp.fc2", "model.final_layernorm", "lm_head"),
                QueryKeyValueLayout.Separate,
                "model.layers.{layer}.self_attn.rotary_emb.inv_freq"));
    }

    /// <summary>What decoders with LayerNorm share.</summary>
    public static TransformerArchitecture Build(
        ModelConfiguration configuration,
        string layers,
        int width,
        int contextLength,
        AttentionArchitecture attention,
        AttentionPositions positions,
        FeedForwardArchitecture feedForward,
        string epsilon,
        BlockArrangement arrangement,
        bool logitsBias,
        bool tied,
        CheckpointLayout checkpoint,
        PositionTable? positionTable = null) => new TransformerArchitecture(
            configuration.Extent(layers),
            width,
            contextLength,
            ChunkLength: 0,
            new EmbeddingArchitecture(configuration.Extent("vocab_size"), Scale: 1, positionTable, Norm: false),
            attention,
            FamilyParts.OneKind(positions),
            FamilyParts.OnePattern,
            feedForward,
            new NormArchitecture(NormFormula.Layer, (float)configuration.Number(epsilon, 1e-5), Bias: true, UnitOffset: false),
            arrangement,
            new LogitsArchitecture(tied, logitsBias, SoftCap: 0),
            checkpoint);

    /// <summary>A layout with matrices [outputs, inputs].</summary>
    public static CheckpointLayout Layout(CheckpointNames names, QueryKeyValueLayout queryKeyValue, params string[] ignored) =>
        new(names, queryKeyValue, GateUpConcatenated: false, InputsFirst: false, new EquatableArray<string>(ignored));
}
