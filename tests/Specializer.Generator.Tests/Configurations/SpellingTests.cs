using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Configurations;

/// <summary>
/// The config.json of every golden checkpoint, which transformers 4.51 wrote with every field. It means the same in the spelling
/// of transformers 5, and without the fields that have their class's default.
/// </summary>
[Feature("configurations")]
public sealed class SpellingTests
{
    private static readonly string s_folder = Path.Combine(
        RepositoryFiles.Root,
        "tests",
        "Specializer.Tests",
        "Families",
        "Configurations"
    );

    /// <summary>The defaults of transformers' configuration classes: model_type, field, value.</summary>
    private static readonly ILookup<string, (string Field, JsonNode? Value)> s_defaults = File.ReadLines(
            Path.Combine(RepositoryFiles.Root, "tests", "Specializer.Generator.Tests", "Configurations", "ClassDefaults.tsv")
        )
        .Select(static line => line.Split('\t'))
        .ToLookup(static columns => columns[0], static columns => (columns[1], JsonNode.Parse(columns[2])));

    /// <summary>Families whose classes read rotary positions.</summary>
    private static readonly HashSet<string> s_rotary =
    [
        "llama",
        "mistral",
        "qwen2",
        "qwen3",
        "phi3",
        "gemma",
        "gemma2",
        "gemma3_text",
        "gpt_neox",
        "phi",
        "falcon",
    ];

    public static TheoryData<string> Goldens =>
        [.. Directory.GetDirectories(s_folder).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void The_spelling_of_transformers_5_means_the_same(string golden)
    {
        JsonObject twin = Twin(Read(golden));
        Assert.Equal(Architecture(Read(golden)), Architecture(twin));
        if (s_rotary.Contains((string)twin["model_type"]!))
        {
            Assert.False(twin.ContainsKey("rope_theta"));
            Assert.NotNull(twin["rope_parameters"]);
        }
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Fields_that_say_their_default_may_be_absent(string golden)
    {
        JsonObject sparse = Sparse(Read(golden), out int removed);
        Assert.Equal(Architecture(Read(golden)), Architecture(sparse));
        Assert.True(removed > 0 || golden == "transformer2017", "nothing was removed");
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void The_sparsest_spelling_of_transformers_5_means_the_same(string golden)
    {
        JsonObject sparse = Sparse(Twin(Read(golden)), out _);
        Assert.Equal(Architecture(Read(golden)), Architecture(sparse));
    }

    /// <summary>
    /// The architecture. A T5 of transformers 5 is marked as tied, so that its embeddings can replace an absent head. This
    /// depends on the file.
    /// </summary>
    private static TransformerArchitecture Architecture(JsonObject file)
    {
        TransformerArchitecture architecture = Reading.Architecture(file.ToJsonString());
        CheckpointLayout checkpoint = architecture.Checkpoint;
        return architecture with { Checkpoint = checkpoint with { Naming = checkpoint.Naming with { EmbeddingsStandForLogits = false } } };
    }

    private static JsonObject Read(string golden) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(s_folder, golden, "config.json")))!.AsObject();

    /// <summary>Rewrites a file as transformers 5 saves it (configuration_utils.py, modeling_rope_utils.py and the classes' own rules).</summary>
    private static JsonObject Twin(JsonObject file)
    {
        string type = (string)file["model_type"]!;
        file["transformers_version"] = "5.11.0";
        Rename(file, "torch_dtype", "dtype");
        if (s_rotary.Contains(type))
        {
            JsonObject parameters = (Take(file, "rope_scaling") as JsonObject) ?? new JsonObject { ["rope_type"] = "default" };
            Rename(parameters, "type", "rope_type");
            JsonNode theta = Take(file, "rope_theta") ?? Take(file, "rotary_emb_base") ?? (type == "gemma3_text" ? 1_000_000.0 : 10_000.0);
            parameters["rope_theta"] = theta;
            JsonNode? share = Take(file, "rotary_pct") ?? file["partial_rotary_factor"]?.DeepClone();
            if (share is not null)
            {
                parameters["partial_rotary_factor"] = share;
            }

            if ((string?)parameters["rope_type"] == "longrope" && file["original_max_position_embeddings"] is { } original)
            {
                parameters["original_max_position_embeddings"] = original.DeepClone();
            }

            file["rope_parameters"] =
                type != "gemma3_text"
                    ? parameters
                    : new JsonObject
                    {
                        ["full_attention"] = parameters,
                        ["sliding_attention"] = new JsonObject
                        {
                            ["rope_type"] = "default",
                            ["rope_theta"] = Take(file, "rope_local_base_freq") ?? 10_000.0,
                        },
                    };
            file.Remove("rotary_emb_base");
        }

        int layers = (int?)file["num_hidden_layers"] ?? 0;
        switch (type)
        {
            case "qwen2" or "qwen3":
                file["layer_types"] = Types(layers, static _ => false);
                break;
            case "gemma2":
                file["layer_types"] = Types(layers, static layer => layer % 2 == 0);
                break;
            case "gemma3_text":
                int pattern = (int?)Take(file, "sliding_window_pattern") ?? 6;
                file["layer_types"] = Types(layers, layer => (layer + 1) % pattern != 0);
                break;
            case "t5":
                file["scale_decoder_outputs"] = (bool?)file["tie_word_embeddings"] ?? true;
                file["tie_word_embeddings"] = true;
                break;
        }

        return file;
    }

    private static JsonObject Sparse(JsonObject file, out int removed)
    {
        string type = (string)file["model_type"]!;
        int before = file.Count;
        foreach ((string field, JsonNode? value) in s_defaults[type])
        {
            if (file.ContainsKey(field) && JsonNode.DeepEquals(file[field], value))
            {
                file.Remove(field);
            }
        }

        removed = before - file.Count;
        return file;
    }

    private static JsonArray Types(int layers, Func<int, bool> slides) =>
        [.. Enumerable.Range(0, layers).Select(layer => (JsonNode)(slides(layer) ? "sliding_attention" : "full_attention"))];

    private static void Rename(JsonObject file, string name, string other)
    {
        if (Take(file, name) is { } value)
        {
            file[other] = value;
        }
    }

    private static JsonNode? Take(JsonObject file, string name)
    {
        JsonNode? value = file[name];
        file.Remove(name);
        return value;
    }
}
