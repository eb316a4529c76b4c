using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary>
/// Folders of encoders, with and without the files of sentence-transformers, and with checkpoints with or without a pooler.
/// </summary>
[Feature("sentence-encoders")]
public sealed class SentenceFolderTests
{
    private const string Bert = """
        { "model_type": "bert", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 11, "max_position_embeddings": 12 }
        """;

    private const string Modules = """
        [
          { "idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer" },
          { "idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling" },
          { "idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense" },
          { "idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize" }
        ]
        """;

    [Fact]
    public void A_folder_of_SentenceTransformers()
    {
        using var folder = new TemporaryFolder();
        WriteModules(folder);
        WriteWeights(folder, pooler: false);
        ToolRun inspected = ToolRun.Of("inspect", folder.Path);
        Assert.Equal((0, ""), (inspected.ExitCode, inspected.Error));
        string output = OneLine(inspected.Output);
        Assert.Contains(
            "the mean of the states of all tokens, projected to 8 with Tanh, divided by its length (modules.json)",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("It contains exactly the tensors of the model.", output, StringComparison.Ordinal);

        ToolRun written = ToolRun.Of("new", folder.Path, "--name", "Mini", "--output", folder["Mini.cs"]);
        Assert.Equal((0, ""), (written.ExitCode, written.Error));
        Assert.DoesNotContain("[Pooling", File.ReadAllText(folder["Mini.cs"]), StringComparison.Ordinal);

        ToolRun verified = ToolRun.Of("verify", folder.Path);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.Contains("All agree", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_projection_that_is_not_there()
    {
        using var folder = new TemporaryFolder();
        WriteModules(folder);
        WriteWeights(folder, pooler: false);
        File.Delete(folder["2_Dense/model.safetensors"]);
        ToolRun run = ToolRun.Of("new", folder.Path, "--name", "Mini", "--output", folder["Mini.cs"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2_Dense", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["Mini.cs"]));
    }

    [Fact]
    public void A_module_that_is_wrong_is_named_with_its_place()
    {
        using var folder = new TemporaryFolder();
        WriteModules(folder);
        folder.Write("1_Pooling/config.json", "{\n  \"word_embedding_dimension\": 16,\n  \"pooling_mode\": \"median\"\n}");
        ToolRun run = ToolRun.Of("inspect", folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"error: {folder["1_Pooling/config.json"]}(3,19): \"pooling_mode\" is \"median\", but must be one of ",
            run.Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>A plain folder whose checkpoint has no pooler: the mean, as sentence-transformers pools it.</summary>
    [Fact]
    public void A_folder_without_a_pooler()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", Bert);
        WriteWeights(folder, pooler: false);
        string inspected = OneLine(ToolRun.Of("inspect", folder.Path).Output);
        Assert.Contains("the mean of the states of all tokens (assumed)", inspected, StringComparison.Ordinal);
        Assert.Contains("[Pooling(PoolingKind.Mean)], is assumed", inspected, StringComparison.Ordinal);
        Assert.Contains("It contains exactly the tensors of the model.", inspected, StringComparison.Ordinal);

        ToolRun written = ToolRun.Of("new", folder.Path, "--name", "Mini", "--output", folder["Mini.cs"]);
        Assert.Equal((0, ""), (written.ExitCode, written.Error));
        Assert.Contains(
            "[Pooling(PoolingKind.Mean)]\npublic sealed partial class Mini;",
            File.ReadAllText(folder["Mini.cs"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_with_a_pooler()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", Bert);
        WriteWeights(folder, pooler: true);
        string inspected = OneLine(ToolRun.Of("inspect", folder.Path).Output);
        Assert.Contains("the state of the first token, a linear layer to 16 with Tanh (config.json)", inspected, StringComparison.Ordinal);
        Assert.DoesNotContain("assumed", inspected, StringComparison.Ordinal);
    }

    /// <summary>A model that could not load its own folder is not written.</summary>
    [Fact]
    public void A_checkpoint_that_does_not_fit()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", Bert.Replace("\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2", StringComparison.Ordinal));
        WriteWeights(folder, pooler: true);
        ToolRun run = ToolRun.Of("new", folder.Path, "--name", "Mini", "--output", folder["Mini.cs"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("does not match the model that the folder declares, so no class is written", run.Error, StringComparison.Ordinal);
        Assert.Contains("encoder.layer.1.", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["Mini.cs"]));
    }

    private static void WriteModules(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["1_Pooling"]);
        Directory.CreateDirectory(folder["2_Dense"]);
        folder.Write("config.json", Bert);
        folder.Write("modules.json", Modules);
        folder.Write(
            "1_Pooling/config.json",
            """{ "word_embedding_dimension": 16, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true }"""
        );
        folder.Write(
            "2_Dense/config.json",
            """{ "in_features": 16, "out_features": 8, "bias": true, "activation_function": "torch.nn.modules.activation.Tanh" }"""
        );
        File.WriteAllBytes(folder["2_Dense/model.safetensors"], Bytes([("linear.weight", [8, 16]), ("linear.bias", [8])]));
    }

    private static void WriteWeights(TemporaryFolder folder, bool pooler)
    {
        List<(string Name, int[] Shape)> tensors =
        [
            ("embeddings.word_embeddings.weight", [11, 16]),
            ("embeddings.position_embeddings.weight", [12, 16]),
            ("embeddings.token_type_embeddings.weight", [2, 16]),
            ("embeddings.LayerNorm.weight", [16]),
            ("embeddings.LayerNorm.bias", [16]),
        ];
        foreach (
            (string part, int outputs, int inputs) in new[]
            {
                ("attention.self.query", 16, 16),
                ("attention.self.key", 16, 16),
                ("attention.self.value", 16, 16),
                ("attention.output.dense", 16, 16),
                ("intermediate.dense", 32, 16),
                ("output.dense", 16, 32),
            }
        )
        {
            tensors.Add(($"encoder.layer.0.{part}.weight", [outputs, inputs]));
            tensors.Add(($"encoder.layer.0.{part}.bias", [outputs]));
        }

        foreach (string norm in new[] { "attention.output.LayerNorm", "output.LayerNorm" })
        {
            tensors.Add(($"encoder.layer.0.{norm}.weight", [16]));
            tensors.Add(($"encoder.layer.0.{norm}.bias", [16]));
        }

        if (pooler)
        {
            tensors.Add(("pooler.dense.weight", [16, 16]));
            tensors.Add(("pooler.dense.bias", [16]));
        }

        File.WriteAllBytes(folder["model.safetensors"], Bytes([.. tensors]));
    }

    /// <summary>A safetensors file with random values, the same in every run.</summary>
    private static byte[] Bytes((string Name, int[] Shape)[] tensors)
    {
        var random = new Random(1);
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach ((string name, int[] shape) in tensors)
        {
            long begin = data.Length;
            float[] values =
            [
                .. Enumerable
                    .Range(0, shape.Aggregate(1, static (product, extent) => product * extent))
                    .Select(_ => random.NextSingle() - 0.5f),
            ];
            data.Write(MemoryMarshal.AsBytes<float>(values));
            header.Add(
                name,
                new
                {
                    dtype = "F32",
                    shape,
                    data_offsets = new[] { begin, data.Length },
                }
            );
        }

        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data.ToArray()];
    }

    /// <summary>The printed text without the line breaks of a narrow terminal.</summary>
    private static string OneLine(string output) =>
        string.Join(' ', output.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
