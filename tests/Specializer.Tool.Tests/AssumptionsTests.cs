using System;
using System.Diagnostics;
using System.IO;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary><c>inspect</c> states what the generator assumes of a model.</summary>
[Feature("tool-inspect")]
public sealed class AssumptionsTests
{
    private static readonly string s_benchmarks = Path.Combine(RepositoryFiles.Root, "benchmarks", "Models", "Configurations");

    [Theory]
    [InlineData("gpt2-124M", "positions", "learned, with a table of 1024 rows")]
    [InlineData("gpt2-124M", "activation", "GELU (tanh), not gated, 3072 wide, with biases")]
    [InlineData("gpt2-124M", "norms", "LayerNorm, epsilon 1E-05, with biases, before each block")]
    [InlineData("gpt2-124M", "Logits", "computed with the token embeddings (tied), no soft cap")]
    [InlineData("minilm-22M", "positions", "learned, with a table of 512 rows")]
    [InlineData("minilm-22M", "embeddings", "not scaled, normalized, with 2 token types")]
    [InlineData("minilm-22M", "attention", "bidirectional")]
    [InlineData(
        "t5-small",
        "Encoder: positions in attention",
        "relative: a learned bias for each of 32 buckets of distances up to 128, bidirectional"
    )]
    [InlineData(
        "t5-small",
        "Decoder: positions in attention",
        "relative: a learned bias for each of 32 buckets of distances up to 128, causal"
    )]
    [InlineData("t5-small", "Decoder: cross-attention", "8 heads of 64")]
    [InlineData("whisper-tiny", "Encoder: positions", "learned, with a table of 1500 rows")]
    [InlineData("vit-tiny", "positions", "learned, with a table of 197 rows")]
    public void Of_a_model(string model, string term, string description) =>
        AssertRow(Path.Combine(s_benchmarks, model), term, description);

    [SharedDataTheory]
    [InlineData("llama3", "positions in attention", "llama3 scaling by ")]
    [InlineData("llama3", "positions", "none added to the embeddings")]
    [InlineData("gemma2", "Sliding attention", "causal within 8 positions; scores times 0.16666667, soft cap 5")]
    [InlineData("gemma2", "embeddings", "times ")]
    [InlineData("gemma2", "Logits", "soft cap 1.5")]
    [InlineData("gemma2", "norms", "times 1 + weight, before and after each block")]
    [InlineData("longformer", "attention", "a band of ")]
    [InlineData("mpt", "positions in attention", "linear biases with a slope for each head (ALiBi)")]
    [InlineData("marian", "Encoder: positions", "sinusoidal")]
    [InlineData("albert", "shared layers", "1 set of weights, each used 3 times")]
    [InlineData("bert", "Pooling and head", "the state of the first token, a linear layer to 72 with tanh")]
    public void Of_a_golden(string model, string term, string description) =>
        AssertRow(SharedData.Path("goldens", model), term, description);

    /// <summary>Which values the file gives, and which are the defaults of the family's class.</summary>
    [SharedDataTheory]
    [InlineData("llama3", "read from the config.json", "rope_theta = 500000, rope_scaling.rope_type = \"llama3\"")]
    [InlineData("llama3", "absent fields with defaults", "is_causal = true")]
    public void Where_values_come_from(string model, string term, string description) =>
        AssertRow(SharedData.Path("goldens", model), term, description);

    /// <summary>Output to a pipe has no escape codes, for any terminal.</summary>
    [Fact]
    public void A_pipe_gets_no_colours()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, "inspect", InspectTests.Pronounce])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["COLORTERM"] = "truecolor";
        start.Environment.Remove("NO_COLOR");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("It contains exactly the tensors of the model.", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    private static void AssertRow(string folder, string term, string description)
    {
        string output = ToolRun.Of("inspect", folder).Output;
        string row = Assert.Single(output.Split('\n'), line => line.Trim().Split("  ")[0] == term);
        Assert.Contains(description, row, StringComparison.Ordinal);
    }
}
