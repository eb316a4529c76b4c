using System;
using System.IO;
using Specializer.CompilerServices;
using Specializer.Generator.Planning;
using Specializer.TestKit;
using Specializer.Tool.Tests.Gguf;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary><c>specializer quantize</c> writes the packed file that a class with the same storage saves.</summary>
[Feature("weight-storage")]
public sealed class QuantizeTests
{
    private static string Llama => Path.GetDirectoryName(GoldenGguf.Golden("llama", "config.json"))!;

    [SharedDataTheory]
    [InlineData("Int8")]
    [InlineData("Int4")]
    public void The_file_is_that_of_a_class_with_the_storage(string storage)
    {
        using TemporaryFolder folder = new();
        string file = folder["model.packed"],
            expected = folder["expected.packed"];
        ToolRun run = ToolRun.Of("quantize", Llama, "--storage", storage, "--output", file);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("LoadPacked", run.Output, StringComparison.Ordinal);

        ExecutionPlan floats = new ModelFolder(Llama).Plan();
        Generator.Architecture.WeightStorage type = Enum.Parse<Generator.Architecture.WeightStorage>(storage);
        using var compiled = new CompiledModel(Planner.Plan(floats.Architecture with { WeightStorage = type }));
        using (WeightsSource weights = Checkpoint.Open(Llama))
        using (TransformerModel model = compiled.Load(weights, new ModelOptions()))
        {
            ModelWeights.SavePacked(model, expected);
        }

        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(file));

        // An existing file is kept.
        run = ToolRun.Of("quantize", Llama, "--storage", storage, "--output", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--force", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_types_are_an_invalid_command_line()
    {
        ToolRun run = ToolRun.Of("quantize", "model", "--storage", "Int3");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Int4", run.Error, StringComparison.Ordinal);
    }

    [SharedDataFact]
    public void A_new_class_declares_the_storage()
    {
        using TemporaryFolder folder = new();
        string file = folder["Model.cs"];
        Assert.Equal(0, ToolRun.Of("new", Llama, "--storage", "Int4", "--output", file).ExitCode);
        Assert.Contains(", WeightStorage = WeightStorage.Int4)]", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Adapters_are_not_merged_into_a_gguf_file()
    {
        ToolRun run = ToolRun.Of("merge", "model.gguf", "--adapter", "adapter", "--to", "merged");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("GGUF", run.Error, StringComparison.Ordinal);
    }
}
