using System;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary>A folder whose weights are in an unsupported format gets one message, which names the file and the remedy.</summary>
[Feature("checkpoints")]
public sealed class OtherFormatsTests
{
    public static TheoryData<string, string> Formats =>
        new()
        {
            { "pytorch_model.bin", "torch.load(" },
            { "pytorch_model-00001-of-00002.bin", "torch.load(" },
            { "consolidated.00.pth", "torch.load(" },
            { "tf_model.h5", "from_tf=True" },
            { "flax_model.msgpack", "from_flax=True" },
            { "model.onnx", "Download the original checkpoint" },
            { "onnx/model_quantized.onnx", "Download the original checkpoint" },
            { "smollm-q4_k_m.gguf", "Download the original checkpoint" },
        };

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_folder_without_safetensors(string file, string advice)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(InspectTests.Pronounce, "config.json"), folder["config.json"]);
        Directory.CreateDirectory(folder["onnx"]);
        folder.Write(file, "not read");
        ToolRun inspect = ToolRun.Of("inspect", folder.Path),
            verify = ToolRun.Of("verify", folder.Path);
        Assert.Equal((1, 1), (inspect.ExitCode, verify.ExitCode));
        foreach (
            string message in new[]
            {
                inspect.Output,
                verify.Error,
                Assert.Throws<WeightsException>(() => Checkpoint.Open(folder.Path)).Message,
            }
        )
        {
            Assert.Contains($"{folder.Path}: the folder contains {file}, but no safetensors file. ", message, StringComparison.Ordinal);
            Assert.Contains(advice, message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("The class can be generated", inspect.Output, StringComparison.Ordinal);
        string direct = Assert.Throws<WeightsException>(() => Checkpoint.Open(folder[file])).Message;
        if (file.EndsWith(".gguf", StringComparison.Ordinal))
        {
            // A GGUF file is read; this one is malformed.
            Assert.Contains("Expected a GGUF file", direct, StringComparison.Ordinal);
            return;
        }

        Assert.Contains($"{Path.GetFileName(file)} is not a safetensors file. ", direct, StringComparison.Ordinal);
        Assert.Contains(advice, direct, StringComparison.Ordinal);
    }

    [Fact]
    public void Safetensors_beside_another_format_are_read()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(InspectTests.Pronounce, "config.json"), folder["config.json"]);
        File.Copy(Path.Combine(InspectTests.Pronounce, "model.safetensors"), folder["model.safetensors"]);
        folder.Write("pytorch_model.bin", "not read");
        Assert.Contains(
            "It contains exactly the tensors of the model.",
            ToolRun.Of("inspect", folder.Path).Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_adapter_alone_is_no_model(bool configuration)
    {
        using var folder = new TemporaryFolder();
        folder.Write("adapter_config.json", "{ \"peft_type\": \"LORA\" }");
        folder.Write("adapter_model.safetensors", "not read");
        if (configuration)
        {
            File.Copy(Path.Combine(InspectTests.Pronounce, "config.json"), folder["config.json"]);
        }

        ToolRun inspect = ToolRun.Of("inspect", folder.Path),
            create = ToolRun.Of("new", folder.Path, "--output", folder["Model.cs"]);
        Assert.Equal((1, 1), (inspect.ExitCode, create.ExitCode));
        Assert.False(File.Exists(folder["Model.cs"]));
        foreach (
            string message in new[]
            {
                configuration ? inspect.Output : inspect.Error,
                create.Error,
                Assert.Throws<WeightsException>(() => Checkpoint.Open(folder.Path)).Message,
            }
        )
        {
            Assert.Contains(
                "the folder contains adapter_model.safetensors, but no checkpoint of a whole model.",
                message,
                StringComparison.Ordinal
            );
            Assert.Contains(".merge_and_unload()", message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "adapter_model.safetensors is not the checkpoint of a whole model.",
            Assert.Throws<WeightsException>(() => Checkpoint.Open(folder["adapter_model.safetensors"])).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>transformers would apply it.</summary>
    [Fact]
    public void An_adapter_beside_a_checkpoint_is_not_passed_over_in_silence()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(InspectTests.Pronounce, "config.json"), folder["config.json"]);
        File.Copy(Path.Combine(InspectTests.Pronounce, "model.safetensors"), folder["weights.safetensors"]);
        folder.Write("adapter_model.safetensors", "not read");
        ToolRun inspect = ToolRun.Of("inspect", folder.Path),
            create = ToolRun.Of("new", folder.Path, "--output", folder["Model.cs"]);
        Assert.Equal((0, 0), (inspect.ExitCode, create.ExitCode));
        foreach (string output in new[] { inspect.Output, create.Output })
        {
            Assert.Contains("adapter_model.safetensors is not applied: it is an adapter (LoRA)", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_without_configuration_says_what_it_holds()
    {
        using var folder = new TemporaryFolder();
        folder.Write("smollm-q4_k_m.gguf", "not read");
        string error = ToolRun.Of("inspect", folder.Path).Error;
        Assert.Contains("contains no config.json, and the folder contains smollm-q4_k_m.gguf,", error, StringComparison.Ordinal);
    }

    /// <summary>Three lines of Python follow, each of its own.</summary>
    [Fact]
    public void The_advice_is_lines_of_Python()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", "not read");
        string[] lines = Assert.Throws<WeightsException>(() => Checkpoint.Open(folder.Path)).Message.Split('\n');
        Assert.Equal(["    import ", "    parts =", "    safeten"], lines[1..].Select(static line => line[..11]));
        Assert.Contains(
            $"glob.glob(\"{Path.Combine(folder.Path, "pytorch_model*.bin").Replace("\\", "\\\\")}\")",
            lines[2],
            StringComparison.Ordinal
        );
    }
}
