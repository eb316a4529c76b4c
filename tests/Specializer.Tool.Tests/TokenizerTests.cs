using System;
using System.IO;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary>inspect compares the tokenizer of a folder with the model.</summary>
[Feature("tool-inspect")]
public sealed class TokenizerTests
{
    private const string Words =
        """{"version":"1.0","model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[UNK]":0,"a":1,"LAST":116}},"added_tokens":[]}""";

    [Fact]
    public void A_tokenizer_that_fits_is_described()
    {
        ToolRun run = Inspect(Words);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("117 tokens for a vocabulary of 117", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_beyond_the_vocabulary_are_named()
    {
        ToolRun run = Inspect(Words.Replace("116", "117", StringComparison.Ordinal));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'LAST' (117)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_tokenizer_is_reported_with_its_place()
    {
        ToolRun run = Inspect("""{"model":{"type":"Magic"}}""");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("$.model.type", run.Output, StringComparison.Ordinal);
    }

    private static ToolRun Inspect(string tokenizer)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", File.ReadAllText(Path.Combine(InspectTests.Pronounce, "config.json")));
        folder.Write("tokenizer.json", tokenizer);
        return ToolRun.Of("inspect", folder.Path);
    }
}
