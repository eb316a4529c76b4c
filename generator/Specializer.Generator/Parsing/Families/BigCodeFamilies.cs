using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>The decoders of BigCode: StarCoder (Li et al. 2023) and StarCoder2 (Lozhkov et al. 2024).</summary>
internal static class BigCodeFamilies
{
    /// <summary>GPTBigCodeForCausalLM: GPT-2 with one key/value head for all queries and matrices stored [outputs, inputs].</summary>
    public static TransformerArchitecture GptBigCode(ModelConfiguration configuration)
    {
        GptFamilies.AliasGpt(configuration);
        GptFamilies.WithoutSummary(configuration);
        SharedFields.RefuseCrossAttention(configuration);
        // Options of the class's own kernels and caches.
        configuration.WithoutEffect(
            "attention_softmax_in_fp32",
            "scale_attention_softmax_in_fp32",
            "inference_runner",
            "validate_runner_input",
            "pre_allocate_kv_cache",
            "pad_key_length",
            "max_sequence_length",
            "max_batch_size"
        );
        int width = configuration.Extent("n_embd", 768),
            positions = configuration.Extent("n_positions", 1024);
        AttentionArchitecture attention = FamilyParts.Attention(configuration, width, ("n_head", 12)).WithBias(true, true);
        int keyValueHeads = configuration.Flag("multi_query", true) ? 1 : attention.Heads;
        // transformers derives it from multi_query.
        configuration.Require(
            !configuration.Has("num_key_value_heads") || configuration.Extent("num_key_value_heads") == keyValueHeads,
            "num_key_value_heads",
            "1, or as many as \"n_head\" without \"multi_query\"",
            "multi_query",
            "n_head"
        );
        configuration.WithoutEffect("num_key_value_heads");
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            ("n_layer", 12),
            width,
            vocabulary: 50_257,
            positions,
            attention with
            {
                KeyValueHeads = keyValueHeads,
                Scale = configuration.Flag("scale_attn_weights", true) ? attention.Scale : 1,
            },
            new NoPositions(),
            new FeedForwardArchitecture(
                configuration.OptionalExtent("n_inner", null) ?? 4 * width,
                configuration.Activation("activation_function", "gelu_pytorch_tanh"),
                Gated: false,
                Bias: true
            ),
            epsilon: "layer_norm_epsilon",
            LayerArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                GptFamilies.Gpt2Names,
                // With one key/value head this is [all query heads | key | value]; with one per query head, [q | k | v] per head.
                QueryKeyValueStorage.PerKeyValueHead,
                "transformer.h.{layer}.attn.bias",
                "transformer.h.{layer}.attn.masked_bias"
            ),
            new LearnedPositions(0, positions)
        );
        DecoderClass classes = DecoderClass.LikeGpt2("GPTBigCode") with { AnswersQuestions = false };
        return classes.Apply(configuration, model);
    }

    /// <summary>Starcoder2ForCausalLM: rotary positions, grouped queries, LayerNorm, a plain feed-forward block, biases.</summary>
    public static TransformerArchitecture StarCoder2(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(
            configuration,
            new LlamaFamilies.Defaults(49_152, 3072, 12_288, 30, 24, 2, 4096)
            {
                Activation = "gelu_pytorch_tanh",
                Epsilon = 1e-5,
                EpsilonField = "norm_epsilon",
                Tied = true,
            }
        );
        // Fields of the first files, which the class does not read.
        configuration.WithoutEffect("residual_dropout", "embedding_dropout", "activation_function", "attention_softmax_in_fp32");
        configuration.Fix("mlp_type", "default");
        configuration.Fix("norm_type", "layer_norm");
        bool bias = configuration.Flag("use_bias", true);
        int window = configuration.OptionalExtent("sliding_window", null) ?? 0;
        return DecoderClass
            .LikeLlama("Starcoder2")
            .Apply(
                configuration,
                model
                    .WithAttention(attention => attention.WithBias(bias, bias) with { Window = window })
                    .WithFeedForward(feedForward => feedForward with { Gated = false, Bias = bias }) with
                {
                    Norm = model.Norm with { Kind = NormKind.Layer, Bias = true },
                    Checkpoint = model.Checkpoint with
                    {
                        Names = model.Checkpoint.Names with
                        {
                            Gate = "",
                            Up = "model.layers.{layer}.mlp.c_fc",
                            Down = "model.layers.{layer}.mlp.c_proj",
                        },
                    },
                }
            );
    }
}
