using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Specializer.Text.Reading;

namespace Specializer.Text.Pipelines;

/// <summary>Reads the options of a folder that sentence-transformers saved.</summary>
/// <remarks>Source: UKPLab/sentence-transformers, SentenceTransformer.py and models/Transformer.py.</remarks>
internal static class SentenceFolder
{
    /// <summary>The folder of the transformer and its tokenizer: the folder itself, or 0_Transformer in the first versions.</summary>
    public static string Transformer(string folder)
    {
        JsonPlace modules = new FolderConfiguration(folder).Read("modules.json", isArray: true);
        if (modules.IsNull || modules.Items() is not [JsonPlace first, ..])
        {
            return folder;
        }

        string path = first["path"].Text("");
        return path.Length == 0 ? folder
            : Path.GetFileName(path) == path && Directory.Exists(Path.Combine(folder, path)) ? Path.Combine(folder, path)
            : throw first["path"].Error($"expected the name of a folder in '{folder}', found '{path}'");
    }

    public static SentenceEmbedderOptions Read(string folder, string transformer)
    {
        JsonPlace sentences = new FolderConfiguration(folder).Read("config_sentence_transformers.json"),
            sequences = default;
        var inside = new FolderConfiguration(transformer);
        foreach (string name in s_sequenceNames)
        {
            sequences = sequences.IsObject ? sequences : inside.Read(name);
        }

        return new SentenceEmbedderOptions
        {
            MaximumLength = Number(sequences, "max_seq_length") ?? inside.TokenizerMaximumLength,
            Lowercase = sequences.Has("do_lower_case") && sequences["do_lower_case"].Flag(),
            UsesTokenTypes = inside.UsesTokenTypes,
            Dimensions = Number(sentences, "truncate_dim"),
            Prompts = Prompts(sentences),
            DefaultPrompt = sentences.Has("default_prompt_name") ? sentences["default_prompt_name"].Text() : null,
            Similarity = sentences.Has("similarity_fn_name") ? Similarity(sentences["similarity_fn_name"]) : null,
        };
    }

    // The names that sentence-transformers tries, in its order.
    private static readonly string[] s_sequenceNames =
    [
        "sentence_bert_config.json",
        "sentence_roberta_config.json",
        "sentence_distilbert_config.json",
        "sentence_camembert_config.json",
        "sentence_albert_config.json",
        "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ];

    private static int? Number(JsonPlace place, string name) => place.Has(name) ? place[name].Number() : null;

    private static Dictionary<string, string>? Prompts(JsonPlace sentences)
    {
        if (!sentences.Has("prompts"))
        {
            return null;
        }

        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in sentences["prompts"].Element.EnumerateObject())
        {
            prompts[property.Name] = new JsonPlace(property.Value, $"{sentences.Path}.prompts.{property.Name}").Text("");
        }

        return prompts;
    }

    private static VectorSimilarity Similarity(JsonPlace place) =>
        place.Text() switch
        {
            "cosine" => VectorSimilarity.Cosine,
            "dot" => VectorSimilarity.DotProduct,
            "euclidean" => VectorSimilarity.Euclidean,
            "manhattan" => VectorSimilarity.Manhattan,
            string other => throw place.Error($"expected cosine, dot, euclidean or manhattan, found '{other}'"),
        };
}
