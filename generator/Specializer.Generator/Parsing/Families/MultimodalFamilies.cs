using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Parsing.Configuration;

namespace Specializer.Generator.Parsing.Families;

/// <summary>
/// Models of text and images whose text model stands on its own: it reads only text, and its tensors do not depend on the
/// other towers, which are left out.
/// </summary>
internal static class MultimodalFamilies
{
    /// <summary>The model_type that <c>text_config</c> has where it names none.</summary>
    private static readonly Dictionary<string, string> s_textTypes = new(StringComparer.Ordinal)
    {
        ["gemma3"] = "gemma3_text",
        ["llava"] = "llama",
        ["mistral3"] = "mistral",
        ["qwen2_vl"] = "qwen2_vl_text",
        ["qwen2_5_vl"] = "qwen2_5_vl_text",
    };

    /// <summary>Fields of the whole model that matter only for images.</summary>
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

    /// <summary>The towers that are left out.</summary>
    private static readonly string[] s_towers = ["vision_config", "audio_config"];

    /// <summary>The classes of a whole model, of which only the text model's logits are computed.</summary>
    private const string Whole = "ForConditionalGeneration";

    /// <summary>The fields of the text model.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="type">Receives the text model's model_type; empty if there is none.</param>
    public static ModelConfiguration TextOf(ModelConfiguration file, out string type)
    {
        type = file.Text("model_type");
        if (!s_textTypes.TryGetValue(type, out string? textType))
        {
            return file;
        }

        file.WithoutEffect(s_ofImages);
        foreach (string tower in s_towers)
        {
            file.WithoutEffect(tower);
            file.Note(tower, "it is left out, and with it its tensors: only the text model is generated");
        }

        if (
            file.Items("architectures").FirstOrDefault() is { Kind: JsonKind.Text } name
            && !name.Text.EndsWith(Whole, StringComparison.Ordinal)
        )
        {
            file.Refuse(true, "architectures", "of this family only the text model of the classes that end in " + Whole + " is supported");
        }

        // The first files of Qwen2-VL have the text model's fields at the top.
        if (!file.Has("text_config") && type.StartsWith("qwen2", StringComparison.Ordinal))
        {
            type = textType;
            file.HideClasses();
            return file;
        }

        ModelConfiguration text = file.Section("text_config");
        SharedFields.Account(file);
        text.Inherit(file, "tie_word_embeddings", "quantization_config", "vocab_size");
        text.HideClasses();
        type = text.Text("model_type", textType);
        if (type is "qwen2_vl" or "qwen2_5_vl")
        {
            type = textType;
        }

        return text;
    }
}
