using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests;

/// <summary>
/// The program of <c>verify --script</c> and the file that <c>verify --against</c> reads. transformers is not available here:
/// stand-ins (StandIns) return the golden values, which transformers computed.
/// </summary>
[Feature("tool-verify")]
public sealed class ReferenceTests
{
    private static readonly string s_standIns = Path.Combine(RepositoryFiles.Root, "tests", "Specializer.Tool.Tests", "StandIns");

    /// <summary>A golden checkpoint; the tensors that its inputs are; the outputs by transformers' names.</summary>
    public static TheoryData<string, string, string> Goldens =>
        new()
        {
            { "llama", "input_ids=input_ids_T37", "logits=logits_T37,hidden_states*=hidden_T37_layer" },
            { "gpt2", "input_ids=input_ids_T37", "logits=logits_T37,hidden_states*=hidden_T37_layer" },
            { "gemma2", "input_ids=input_ids_T37", "logits=logits_T37,hidden_states*=hidden_T37_layer" },
            { "falcon", "input_ids=input_ids_T37", "logits=logits_T37,hidden_states*=hidden_T37_layer" },
            {
                "bert",
                "input_ids=input_ids_T37,token_type_ids=token_type_ids_T37",
                "last_hidden_state=last_hidden_T37,pooler_output=pooler_T37,hidden_states*=hidden_T37_layer"
            },
            {
                "bert_mlm",
                "input_ids=input_ids_T37,token_type_ids=token_type_ids_T37",
                "logits=logits_T37,hidden_states*=hidden_T37_layer"
            },
            { "distilbert", "input_ids=input_ids_T37", "logits=logits_T37,hidden_states*=hidden_T37_layer" },
            { "longformer", "input_ids=input_ids_T37", "last_hidden_state=last_hidden_T37_noglobal,pooler_output=pooler_T37_noglobal" },
            {
                "t5",
                "input_ids=input_ids_T37,decoder_input_ids=decoder_input_ids_D9",
                "logits=logits_T37_D9,encoder_hidden_states*=enc_hidden_T37_layer,decoder_hidden_states*=dec_hidden_T37_D9_layer"
            },
            {
                "bart",
                "input_ids=input_ids_T37,decoder_input_ids=decoder_input_ids_D9",
                "logits=logits_T37_D9,encoder_hidden_states*=enc_hidden_T37_layer,decoder_hidden_states*=dec_hidden_T37_D9_layer"
            },
            {
                "whisper",
                "input_features=input_features_T37,decoder_input_ids=decoder_input_ids_D9",
                "logits=logits_T37_D9,encoder_hidden_states*=enc_hidden_T37_layer,decoder_hidden_states*=dec_hidden_T37_D9_layer"
            },
        };

    /// <summary>The whole way: the program is printed, run, and what it writes is compared with.</summary>
    [SharedDataTheory]
    [MemberData(nameof(Goldens))]
    public void What_the_program_writes_agrees_with_the_model(string name, string inputs, string outputs)
    {
        string model = SharedData.Path("goldens", name);
        using var folder = new TemporaryFolder();
        ToolRun script = ToolRun.Of("verify", model, "--script", "--positions", "37");
        Assert.Equal((0, ""), (script.ExitCode, script.Error));
        folder.Write("reference.py", script.Output);
        (int code, string output) = Python(
            folder.Path,
            ["reference.py"],
            new()
            {
                ["PYTHONPATH"] = s_standIns,
                ["STAND_IN_GOLDEN"] = Path.Combine(model, "golden.safetensors"),
                ["STAND_IN_INPUTS"] = string.Join(',', inputs.Split(',').Select(static pair => pair.Split('=')[1])),
                ["STAND_IN_OUTPUTS"] = outputs,
            }
        );
        Assert.True(code == 0, output);

        ToolRun run = ToolRun.Of("verify", model, "--against", folder["reference.safetensors"]);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Output + run.Error);
        Assert.Contains("made by transformers stand-in and torch stand-in:", run.Output, StringComparison.Ordinal);
        Assert.Contains("The results match the reference.", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("consistency only", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            outputs.Contains("hidden_states", StringComparison.Ordinal),
            run.Output.Contains("states after layer 1", StringComparison.Ordinal)
        );
        Assert.Equal(outputs.Contains("logits", StringComparison.Ordinal), run.Output.Contains("logits", StringComparison.Ordinal));
    }

    [SharedDataFact]
    public void An_image_agrees_with_its_reference()
    {
        string model = SharedData.Path("goldens", "vit");
        using var folder = new TemporaryFolder();
        using WeightsSource golden = Checkpoint.Open(Path.Combine(model, "golden.safetensors"));
        new ReferenceFile()
            .AddFirst("inputs.pixel_values", golden, "pixel_values_B2")
            .AddFirst("logits", golden, "logits_B2")
            .AddFirst("hidden_states.1", golden, "hidden_B2_layer1")
            .Write(folder["reference.safetensors"]);
        ToolRun run = ToolRun.Of("verify", model, "--against", folder["reference.safetensors"]);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Output + run.Error);
        Assert.Contains("states after layer 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("logits", run.Output, StringComparison.Ordinal);
        Assert.Contains("torch.rand(1, 3, 24, 24)", ToolRun.Of("verify", model, "--script").Output, StringComparison.Ordinal);
    }

    [SharedDataTheory]
    [InlineData("hidden_states.1", "the first that differ are the states after layer 1.")]
    [InlineData("logits", "the first that differ are the logits.")]
    public void A_value_that_differs_is_found(string changed, string message)
    {
        string model = SharedData.Path("goldens", "llama");
        using var folder = new TemporaryFolder();
        using WeightsSource golden = Checkpoint.Open(Path.Combine(model, "golden.safetensors"));
        Func<float, float>? Change(string name) => name == changed ? static value => value + 1 : null;
        new ReferenceFile()
            .Add("inputs.input_ids", golden, "input_ids_T37")
            .Add("hidden_states.0", golden, "hidden_T37_layer0")
            .Add("hidden_states.1", golden, "hidden_T37_layer1", Change("hidden_states.1"))
            .Add("logits", golden, "logits_T37", Change("logits"))
            .Write(folder["reference.safetensors"]);
        ToolRun run = ToolRun.Of("verify", model, "--against", folder["reference.safetensors"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Contains("made by transformers 4.51.3:", run.Output, StringComparison.Ordinal);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }

    [SharedDataFact]
    public void A_reference_of_other_inputs_or_without_any_is_refused()
    {
        string model = SharedData.Path("goldens", "llama");
        using var folder = new TemporaryFolder();
        using WeightsSource golden = Checkpoint.Open(Path.Combine(model, "golden.safetensors"));
        string path = folder["reference.safetensors"];
        new ReferenceFile().Add("logits", golden, "logits_T37").Write(path);
        Assert.Contains(
            "does not contain 'inputs.input_ids'",
            ToolRun.Of("verify", model, "--against", path).Error,
            StringComparison.Ordinal
        );
        new ReferenceFile().Add("inputs.input_ids", golden, "input_ids_T37").Write(path);
        Assert.Contains("contains no results to compare", ToolRun.Of("verify", model, "--against", path).Error, StringComparison.Ordinal);
        new ReferenceFile().Add("inputs.input_ids", golden, "input_ids_T7").Add("logits", golden, "logits_T37").Write(path);
        Assert.Contains("'logits' of", ToolRun.Of("verify", model, "--against", path).Error, StringComparison.Ordinal);
        Assert.Contains(
            "the file does not exist",
            ToolRun.Of("verify", model, "--against", folder["none.safetensors"]).Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>The program of every family is valid Python.</summary>
    [Fact]
    public void The_programs_are_ones_of_Python()
    {
        using var folder = new TemporaryFolder();
        string[] families =
        [
            .. Directory
                .GetDirectories(Path.Combine(RepositoryFiles.Root, "tests", "Specializer.Tests", "Families", "Configurations"))
                .Select(static path => Path.GetFileName(path)!),
        ];
        foreach (string family in families)
        {
            folder.Write(
                family + ".py",
                ToolRun
                    .Of(
                        "verify",
                        Path.Combine(RepositoryFiles.Root, "tests", "Specializer.Tests", "Families", "Configurations", family),
                        "--script"
                    )
                    .Output
            );
        }

        (int code, string output) = Python(
            folder.Path,
            ["-c", "import ast, glob; files = glob.glob('*.py'); [ast.parse(open(file).read()) for file in files]; print(len(files))"],
            []
        );
        Assert.Equal((0, families.Length + "\n"), (code, output));
    }

    [Fact]
    public void Without_a_reference_it_is_consistency_that_is_checked()
    {
        ToolRun run = ToolRun.Of("verify", InspectTests.Pronounce, "--positions", "3");
        Assert.Contains("This checks consistency only,", run.Output, StringComparison.Ordinal);
        Assert.Contains($"specializer verify {InspectTests.Pronounce} --script", run.Output, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) Python(string folder, string[] arguments, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "python" : "python3", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.ReplaceLineEndings("\n"));
    }
}
