using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>GPTNeoForCausalLM (Black et al. 2021): GPT-2 with unscaled scores and a window in every other layer.</summary>
internal static class GptNeoFamily
{
    public static TransformerArchitecture GptNeo(ModelConfiguration configuration)
    {
        configuration.Alias("num_layers", "num_hidden_layers");
        configuration.Alias("num_heads", "num_attention_heads");
        GptFamilies.WithoutSummary(configuration);
        SharedFields.RefuseCrossAttention(configuration);
        configuration.WithoutEffect("resid_dropout");
        // Early conversions of GPT-J have this model_type with rotary positions, which the class does not have.
        configuration.Refuse(
            configuration.Flag("rotary", false),
            "rotary",
            "this family has learned positions: set \"model_type\": \"gptj\""
        );
        configuration.WithoutEffect("rotary_dim");
        int width = configuration.Extent("hidden_size", 2048),
            positions = configuration.Extent("max_position_embeddings", 2048);
        TransformerArchitecture model = GptFamilies.Build(
            configuration,
            ("num_layers", 24),
            width,
            vocabulary: 50_257,
            positions,
            FamilyParts.Attention(configuration, width, ("num_heads", 16)) with
            {
                Scale = 1,
                OutputBias = true,
            },
            new NoPositions(),
            new FeedForwardArchitecture(
                configuration.OptionalExtent("intermediate_size", null) ?? 4 * width,
                configuration.Activation("activation_function", "gelu_new"),
                Gated: false,
                Bias: true
            ),
            epsilon: "layer_norm_epsilon",
            LayerArrangement.PreNorm,
            logitsBias: false,
            tied: configuration.Flag("tie_word_embeddings", true),
            GptFamilies.Layout(
                GptFamilies.Gpt2Names with
                {
                    Query = "transformer.h.{layer}.attn.attention.q_proj",
                    Key = "transformer.h.{layer}.attn.attention.k_proj",
                    Value = "transformer.h.{layer}.attn.attention.v_proj",
                    AttentionOutput = "transformer.h.{layer}.attn.attention.out_proj",
                    QueryKeyValue = "",
                },
                QueryKeyValueStorage.Separate,
                "transformer.h.{layer}.attn.attention.bias",
                "transformer.h.{layer}.attn.attention.masked_bias"
            ),
            new LearnedPositions(0, positions)
        );
        bool[] slides = SlidingLayers(configuration, model.Layers);
        LayerKind kind = model.LayerKinds[0];
        LayerKind[] kinds =
        [
            FamilyParts.Windowed(kind, "Sliding", configuration.Extent("window_size", 256)),
            FamilyParts.Windowed(kind, "Full", 0),
        ];
        return DecoderClass
            .LikeGpt2("GPTNeo")
            .Apply(configuration, FamilyParts.WithKinds(model, kinds, layer => slides[layer % slides.Length] ? 0 : 1));
    }

    /// <summary>
    /// Reads <c>attention_types</c>, a list of patterns each with the number of its repetitions: [[["global", "local"], 12]].
    /// <c>attention_layers</c> has the type of each layer, which transformers computes from it.
    /// </summary>
    private static bool[] SlidingLayers(ModelConfiguration configuration, int layers)
    {
        IReadOnlyList<JsonValue> types = configuration.Items("attention_types");
        List<string> names = [];
        if (!configuration.IsGiven("attention_types"))
        {
            names.AddRange(Enumerable.Range(0, 24).Select(static layer => layer % 2 == 0 ? "global" : "local"));
        }

        foreach (JsonValue type in types)
        {
            if (type.Kind != JsonKind.Array || type.Items.Count != 2)
            {
                continue;
            }

            JsonValue pattern = type.Items[0],
                times = type.Items[1];
            for (
                int time = 0;
                times.Kind == JsonKind.Number && time < times.Number && names.Count <= layers && pattern.Items.Count > 0;
                time++
            )
            {
                names.AddRange(pattern.Items.Select(static name => name.Text));
            }
        }

        bool isRight = names.Count == layers && names.All(static name => name is "global" or "local");
        configuration.Require(
            isRight,
            "attention_types",
            "patterns of \"global\" and \"local\" with their repetitions, for all "
                + layers.ToString(CultureInfo.InvariantCulture)
                + " layers",
            "num_layers"
        );
        IReadOnlyList<JsonValue> listed = configuration.Items("attention_layers");
        configuration.Require(
            !isRight || listed.Count == 0 || listed.Select(static name => name.Text).SequenceEqual(names),
            "attention_layers",
            "the types that \"attention_types\" gives",
            "attention_types"
        );
        return isRight ? [.. names.Select(static name => name == "local")] : [false];
    }
}
