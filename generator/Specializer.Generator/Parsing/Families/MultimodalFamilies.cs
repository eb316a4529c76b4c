using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Models of text and images whose text model is independent: it reads only text, and its tensors do not depend on the other
/// towers. The towers are omitted.
/// </summary>
internal static class MultimodalFamilies
{
    /// <summary>The model_type of <c>text_config</c> if it names none.</summary>
    private static readonly Dictionary<string, string> s_textTypes = new(StringComparer.Ordinal)
    {
        ["gemma3"] = "gemma3_text",
        ["llava"] = "llama",
        ["mistral3"] = "mistral",
        ["qwen2_vl"] = "qwen2_vl_text",
        ["qwen2_5_vl"] = "qwen2_5_vl_text",
    };

    /// <summary>Fields of the whole model that only affect images.</summary>
    private static readonly string[] s_ofImages =
    [
        "image_token_index",
        "image_token_id",
        "image_seq_length",
        "projector_hidden_act",
        "vision_feature_layer",
        "vision_feature_select_strategy",
        "multimodal_projector_bias",
        "mm_tokens_per_image",
        "boi_token_index",
        "eoi_token_index",
        "boi_token_id",
        "eoi_token_id",
        "spatial_merge_size",
        "video_token_id",
        "vision_token_id",
        "vision_start_token_id",
        "vision_end_token_id",
        "ignore_index",
    ];

    /// <summary>The towers that are omitted.</summary>
    private static readonly string[] s_towers = ["vision_config", "audio_config"];

    /// <summary>The suffix of the classes of a whole model; only the logits of the text model are computed.</summary>
    private const string Whole = "ForConditionalGeneration";

    /// <summary>Returns the fields of the text model.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="type">Receives the model_type of the text model; empty if there is none.</param>
    public static ModelConfiguration TextOf(ModelConfiguration file, out string type)
    {
        type = file.Text("model_type");
        if (TowerFamilies.IsOne(type))
        {
            return TowerFamilies.TowerOf(file, out type);
        }

        if (file.WantedSection.Length > 0)
        {
            file.Problems.Add("Section applies to files of a text encoder and an image encoder only: remove it");
        }

        if (!s_textTypes.TryGetValue(type, out string? textType))
        {
            return file;
        }

        file.WithoutEffect(s_ofImages);
        foreach (string tower in s_towers)
        {
            file.WithoutEffect(tower);
            file.Note(tower, "it is omitted together with its tensors: only the text model is generated");
        }

        if (
            file.Items("architectures").FirstOrDefault() is { Kind: JsonKind.Text } name
            && !name.Text.EndsWith(Whole, StringComparison.Ordinal)
        )
        {
            file.Refuse(true, "architectures", "this family supports only the text model of classes that end in " + Whole + "");
        }

        // The first files of Qwen2-VL have the fields of the text model at the top level.
        if (!file.Has("text_config") && type.StartsWith("qwen2", StringComparison.Ordinal))
        {
            type = textType;
            file.HideClasses();
            return file;
        }

        ModelConfiguration text = file.Section("text_config");
        SharedFields.Account(file);
        text.Inherit(file, "tie_word_embeddings", "quantization_config", "quantization", "vocab_size");
        text.HideClasses();
        type = text.Text("model_type", textType);
        if (type is "qwen2_vl" or "qwen2_5_vl")
        {
            type = textType;
        }

        return text;
    }
}
