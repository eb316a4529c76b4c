using System;
using System.IO;
using System.Runtime.InteropServices;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary><c>specializer merge</c> writes the merged tensors in the types of the original, and all others as they are.</summary>
[Feature("adapters")]
public sealed class MergeTests
{
    private const string Query = "model.layers.0.self_attn.q_proj";

    [Fact]
    public void Adapters_are_merged_into_a_new_folder()
    {
        using TemporaryFolder model = new(),
            adapter = new(),
            output = new();
        ushort[] half = [0x3F80, 0x4000, 0x4040, 0x4080]; // 1 2 3 4 in bfloat16
        File.WriteAllBytes(
            model["model.safetensors"],
            new SafetensorsBytes()
                .Metadata("format", "pt")
                .Tensor(Query + ".weight", "BF16", [2, 2], MemoryMarshal.AsBytes<ushort>(half))
                .Floats("model.norm.weight", [2], 1.5f, 2.5f)
                .Tensor("steps", "I64", [1], BitConverter.GetBytes(7L))
                .ToArray()
        );
        model.Write("config.json", "{}");
        model.Write("model.safetensors.index.json.txt", "kept");
        model.Write("pytorch_model.bin", "not copied");
        Write(adapter, """{ "peft_type": "LORA", "r": 1, "lora_alpha": 2 }""");
        string to = output["merged"];
        ToolRun run = ToolRun.Of("merge", model.Path, "--adapter", adapter.Path, "--to", to);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("3 tensors, 1 of them changed by 1 adapter.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("{}", File.ReadAllText(Path.Combine(to, "config.json")));
        Assert.False(File.Exists(Path.Combine(to, "pytorch_model.bin")));
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(to, "model.safetensors")))
        {
            Assert.Equal("pt", file.Metadata["format"]);
            Assert.True(file.TryGetTensor(Query + ".weight", out TensorView merged));
            Assert.Equal(TensorElementType.BFloat16, merged.ElementType);
            var values = new float[4];
            merged.CopyTo(values);

            // B · A is [0 0; 3 0.0078125], with the factor 2; 4.015625 rounds to 4.03125 or 4, the even one.
            Assert.Equal([1, 2, 9, 4], values);
            Assert.True(file.TryGetTensor("model.norm.weight", out TensorView norm));
            norm.CopyTo(values);
            Assert.Equal([1.5f, 2.5f], values[..2]);
            Assert.True(file.TryGetTensor("steps", out TensorView steps));
            Assert.Equal(TensorElementType.Int64, steps.ElementType);
        }

        ToolRun again = ToolRun.Of("merge", model.Path, "--adapter", adapter.Path, "--to", to);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("exists; --force overwrites it", again.Error, StringComparison.Ordinal);
        Assert.Equal(
            0,
            ToolRun.Of("merge", model.Path, "--adapter", adapter.Path, "--adapter", adapter.Path, "--to", to, "--force").ExitCode
        );
        Assert.Equal(1, ToolRun.Of("merge", model.Path, "--adapter", adapter.Path, "--to", model.Path, "--force").ExitCode);
        Write(adapter, """{ "peft_type": "LORA", "r": 1, "use_dora": true }""");
        ToolRun refused = ToolRun.Of("merge", model.Path, "--adapter", adapter.Path, "--to", output["other"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("\"use_dora\" is true, which is not supported", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output["other"]));
    }

    private static void Write(TemporaryFolder folder, string configuration)
    {
        folder.Write("adapter_config.json", configuration);
        File.WriteAllBytes(
            folder["adapter_model.safetensors"],
            new SafetensorsBytes()
                .Floats($"base_model.model.{Query}.lora_A.weight", [1, 2], 3, 0.0078125f)
                .Floats($"base_model.model.{Query}.lora_B.weight", [2, 1], 0, 1)
                .ToArray()
        );
    }
}
