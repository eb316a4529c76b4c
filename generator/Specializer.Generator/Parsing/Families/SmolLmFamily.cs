using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>SmolLM3ForCausalLM (Hugging Face 2025): LLaMA with layers that have no positions (NoPE), one in four.</summary>
internal static class SmolLmFamily
{
    private static readonly LlamaFamilies.Defaults s_smolLm3 = new(128_256, 2048, 11_008, 36, 16, 4, 32_768)
    {
        Tied = true,
        Rotary = new RotaryDefaults { Base = 2_000_000 },
    };

    public static TransformerArchitecture SmolLm3(ModelConfiguration configuration)
    {
        TransformerArchitecture model = LlamaFamilies.Common(configuration, s_smolLm3);
        bool bias = configuration.Flag("attention_bias", false);
        bool uses = configuration.Flag("use_sliding_window", false);
        int window = configuration.OptionalExtent("sliding_window", null) ?? 0;
        bool[] rotates = RotatedLayers(configuration, model.Layers);
        EquatableArray<int> pattern = FamilyParts.WindowPattern(
            configuration,
            model.Layers,
            layer => uses && window > 0 && !rotates[layer % rotates.Length]
        );
        configuration.Refuse(
            configuration.Has("layer_types") && pattern.Contains(0) && !(uses && window > 0),
            "layer_types",
            "it names layers with a window, but \"use_sliding_window\" is not true or \"sliding_window\" is null",
            "use_sliding_window",
            "sliding_window"
        );
        bool innerBias = configuration.Flag("mlp_bias", false);
        model = model
            .WithAttention(attention => attention.WithBias(bias, bias))
            .WithFeedForward(feedForward => feedForward with { Bias = innerBias });
        LayerKind kind = model.LayerKinds[0];
        LayerKind[] kinds =
        [
            FamilyParts.Windowed(kind, "Sliding", window),
            FamilyParts.Windowed(kind, "Full", 0),
            FamilyParts.Windowed(kind, "SlidingWithoutPositions", window, new NoPositions()),
            FamilyParts.Windowed(kind, "FullWithoutPositions", 0, new NoPositions()),
        ];
        return DecoderClass
            .LikeLlama("SmolLM3", answersQuestions: true)
            .Apply(
                configuration,
                FamilyParts.WithKinds(model, kinds, layer => pattern[layer % pattern.Count] + (rotates[layer % rotates.Length] ? 0 : 2))
            );
    }

    /// <summary>Reads <c>no_rope_layers</c>, in which 1 marks a layer with rotary positions, or its interval.</summary>
    private static bool[] RotatedLayers(ModelConfiguration configuration, int layers)
    {
        int interval = configuration.Extent("no_rope_layer_interval", 4);
        IReadOnlyList<JsonValue> marks = configuration.Items("no_rope_layers");
        if (!configuration.Has("no_rope_layers"))
        {
            return [.. Enumerable.Range(1, layers).Select(layer => layer % interval != 0)];
        }

        bool isRight =
            marks.Count >= layers && marks.All(static mark => mark.Kind == JsonKind.Number && (mark.Number == 0 || mark.Number == 1));
        configuration.Require(
            isRight,
            "no_rope_layers",
            "an array with 1 (rotary positions) or 0 for each of the " + layers.ToString(CultureInfo.InvariantCulture) + " layers",
            "num_hidden_layers"
        );
        return isRight ? [.. marks.Take(layers).Select(static mark => mark.Number == 1)] : [true];
    }
}
