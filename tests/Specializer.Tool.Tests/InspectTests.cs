using System;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

[Feature("tool-inspect")]
public sealed class InspectTests
{
    private static readonly string s_families = Path.Combine(
        RepositoryFiles.Root,
        "tests",
        "Specializer.Tests",
        "Families",
        "Configurations"
    );

    internal static string Pronounce { get; } = Path.Combine(RepositoryFiles.Root, "samples", "Pronounce", "Model");

    public static TheoryData<string> Families => [.. Directory.GetDirectories(s_families).Select(static path => Path.GetFileName(path)!)];

    [Fact]
    public void A_model_with_its_checkpoint()
    {
        ToolRun run = ToolRun.Of("inspect", Pronounce);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(
            "A decoder of 1,597,056 parameters: 4 layers, 192 wide, for sequences of up to 64 of 117 tokens.",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("38 tensors of Float32, 6,388,224 bytes.", run.Output, StringComparison.Ordinal);
        Assert.Contains("It contains exactly the tensors of the model.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_itself_is_taken_for_its_folder() =>
        Assert.Equal(ToolRun.Of("inspect", Pronounce), ToolRun.Of("inspect", Path.Combine(Pronounce, "config.json")));

    [Fact]
    public void Another_context_length() =>
        Assert.Contains(
            "sequences of up to 32 of",
            ToolRun.Of("inspect", Pronounce, "--context-length", "32").Output,
            StringComparison.Ordinal
        );

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_family(string family)
    {
        ToolRun run = ToolRun.Of("inspect", Path.Combine(s_families, family));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("parameters: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("No checkpoint:", run.Output, StringComparison.Ordinal);

        // Pipes and files get no padding.
        Assert.All(run.Output.Split('\n'), static line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "config.json",
            File.ReadAllText(Path.Combine(Pronounce, "config.json"))
                .Replace("\"vocab_size\": 117", "\"vocab_size\": 118", StringComparison.Ordinal)
        );
        File.Copy(Path.Combine(Pronounce, "model.safetensors"), folder["model.safetensors"]);
        ToolRun run = ToolRun.Of("inspect", folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("model.embed_tokens.weight", run.Output, StringComparison.Ordinal);
        Assert.Contains("118", run.Output, StringComparison.Ordinal);

        // Like the exception of a load, it contains the remedy.
        Assert.Contains("\nTo fix it: compare the declaration with the config.json", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_is_wrong_is_named_with_its_place()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", "{\n  \"model_type\": \"lama\"\n}");
        ToolRun run = ToolRun.Of("inspect", folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"error: {path}(2,17): \"model_type\" is \"lama\", but must be one of albert, ",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_folder_and_no_file()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(
            (1, $"error: '{folder.Path}' contains no config.json. Pass the folder of a downloaded model with its config.json.\n"),
            Error("inspect", folder.Path)
        );
        Assert.Equal(
            (1, $"error: The folder '{folder["none"]}' does not exist. Pass the folder that contains the config.json of the model.\n"),
            Error("inspect", folder["none"])
        );
    }

    [Fact]
    public void Several_files_of_weights()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Pronounce, "config.json"), folder["config.json"]);
        folder.Write("model-00001-of-00002.safetensors", "");
        folder.Write("model-00002-of-00002.safetensors", "");
        Assert.Contains(
            "contains 2 safetensors files and 0 indices, but neither a model.safetensors nor a model.safetensors.index.json",
            Error("inspect", folder.Path).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_checkpoint_in_several_files()
    {
        using var folder = new TemporaryFolder();
        Shards.Write(folder);
        ToolRun run = ToolRun.Of("inspect", folder.Path);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("model.safetensors.index.json, 38 tensors of Float32, 6,388,224 bytes.", run.Output, StringComparison.Ordinal);
        Assert.Contains("It contains exactly the tensors of the model.", run.Output, StringComparison.Ordinal);

        File.Delete(folder["model-00002-of-00002.safetensors"]);
        Assert.Contains(
            "missing: the file \"model-00002-of-00002.safetensors\", which should contain 19 tensors, is not beside the index.",
            Error("inspect", folder.Path).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_no_checkpoint()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Pronounce, "config.json"), folder["config.json"]);
        folder.Write("model.safetensors", "not at all");
        (int code, string error) = Error("inspect", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains("model.safetensors", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspct", "x")]
    [InlineData("inspect")]
    [InlineData("inspect", "x", "--context-length", "0")]
    [InlineData("verify", "x", "--positions", "many")]
    public void A_command_line_that_cannot_be_read(params string[] arguments)
    {
        (int code, string error) = Error(arguments);
        Assert.Equal(2, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.EndsWith("'specializer --help' lists the commands and options.\n", error, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Error) Error(params string[] arguments)
    {
        ToolRun run = ToolRun.Of(arguments);
        return (run.ExitCode, run.Error);
    }
}
