using System;
using System.IO;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

[Feature("tool-verify")]
public sealed class VerifyTests
{
    [Fact]
    public void A_model_that_the_generic_engine_has()
    {
        ToolRun run = ToolRun.Of("verify", InspectTests.Pronounce, "--positions", "7");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("7 positions of random input", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"generic engine\s+\S\s+\d", run.Output);
        Assert.Matches(@"token by token\s+\S\s+0\s+\S the same bits", run.Output);
        Assert.Contains("All agree.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_in_several_files()
    {
        using var folder = new TemporaryFolder();
        Shards.Write(folder);
        ToolRun run = ToolRun.Of("verify", folder.Path, "--positions", "3");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("All agree.", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Models of other stacks, which only come with the data beside the repository.</summary>
    [SharedDataTheory]
    [InlineData("albert-rxnmapper", "stacks other than decoders")]
    [InlineData("tiny-random-t5", "stacks other than decoders")]
    [InlineData("tiny-random-gpt2", "positions other than plain rotary ones")]
    public void A_model_that_the_generic_engine_does_not_have(string name, string missing)
    {
        ToolRun run = ToolRun.Of("verify", SharedData.Path("models", name));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("it does not support " + missing, run.Output, StringComparison.Ordinal);
        Assert.Contains("kernels for Portable", run.Output, StringComparison.Ordinal);
        Assert.Contains("All agree.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(InspectTests.Pronounce, "config.json"), folder["config.json"]);
        Assert.Contains("contains no safetensors file to run", ToolRun.Of("verify", folder.Path).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 1f, -2f }, new[] { 1f, -2f }, true)]
    [InlineData(new[] { 1f, -2f }, new[] { 1.001f, -2f }, true)]
    [InlineData(new[] { 1f, -2f }, new[] { 1.01f, -2f }, false)]
    [InlineData(new[] { 1f, -2f }, new[] { float.NaN, -2f }, false)]
    [InlineData(new[] { float.NaN, 2f }, new[] { 1f, 2f }, false)]
    [InlineData(new[] { float.PositiveInfinity }, new[] { float.PositiveInfinity }, false)]
    [InlineData(new[] { 1f, 2f }, new[] { 1f }, false)]
    public void What_counts_as_rounding(float[] expected, float[] found, bool rounding) =>
        Assert.Equal(rounding, Difference.Between(expected, found).IsRounding);
}
