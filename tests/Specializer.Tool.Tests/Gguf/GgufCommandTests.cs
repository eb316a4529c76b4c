using System;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Specializer.Generator;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tool.Tests.Gguf;

/// <summary>The commands with a GGUF file, and the keys that they report.</summary>
[Feature("gguf")]
public sealed class GgufCommandTests
{
    [SharedDataFact]
    public void Inspect_prints_the_stored_types_and_that_the_tensors_match()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["tiny.gguf"], GoldenGguf.Write("llama", BlockEncoding.Q80));
        ToolRun run = ToolRun.Of("inspect", folder["tiny.gguf"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("tiny.gguf, 21 tensors of Q8_0, F32, F16,", run.Output, StringComparison.Ordinal);
        Assert.Contains("It contains exactly the tensors of the model.", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The generator reads the header, and not the GGUF file.</summary>
    [SharedDataFact]
    public void New_writes_the_class_and_the_header_that_the_generator_reads()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["tiny.gguf"], GoldenGguf.Write("bert"));
        string[] arguments = ["new", folder["tiny.gguf"], "--name", "Tiny", "--output", folder["Tiny.cs"]];
        ToolRun run = ToolRun.Of(arguments);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("""<AdditionalFiles Include="tiny.gguf.json" />""", run.Output, StringComparison.Ordinal);
        string declaration = File.ReadAllText(folder["Tiny.cs"]);
        Assert.Contains("[Transformer(\"tiny.gguf.json\")]\n[Pooling(PoolingKind.Mean)]\n", declaration, StringComparison.Ordinal);
        Assert.Contains("Tiny.Load(\"tiny.gguf\")", declaration, StringComparison.Ordinal);

        CSharpCompilation project = CSharpCompilation.Create(
            "Project",
            [CSharpSyntaxTree.ParseText(declaration)],
            PlatformReferences.All,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        GeneratorDriverRunResult result = CSharpGeneratorDriver
            .Create(new SpecializerGenerator())
            .AddAdditionalTexts([new InMemoryText(folder["tiny.gguf.json"], File.ReadAllText(folder["tiny.gguf.json"]))])
            .RunGenerators(project)
            .GetRunResult();
        Assert.Contains(
            result.GeneratedTrees,
            static tree => tree.ToString().Contains("public const int ContextLength = 64;", StringComparison.Ordinal)
        );

        File.AppendAllText(folder["tiny.gguf.json"], " ");
        File.Delete(folder["Tiny.cs"]);
        Assert.Contains("already exists with other contents", ToolRun.Of(arguments).Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Reported =>
        new()
        {
            { "logit_scale", "the metadata key llama.logit_scale may change the computation and is not supported" },
            { "expert_count", "mixtures of experts are not supported" },
            { "rope.scaling.type", "llama.rope.scaling.type is \"ntk\"; supported are none, linear and yarn" },
            { "rope.dimension_count", "llama.rope.dimension_count is 6, but a head has 12 elements" },
            { "attention.value_length", "llama.attention.value_length is 6, but attention.key_length is 12" },
            { "block_count", "llama.block_count is 2147483648; expected a number from 0 to 2147483647" },
            { "attention.head_count", "llama.attention.head_count is 0; expected at least 1" },
            { "vocab_size", "llama.vocab_size is 7, but token_embd.weight has 509 rows" },
            { "attention.layer_norm_rms_epsilon", "has one that is not finite; expected a finite number" },
            { "embedding_length", "expected an integer" },
            { "attention.head_count_kv", "llama.attention.head_count_kv is 2 in layer 0 and 1 in layer 1" },
        };

    [SharedDataTheory]
    [MemberData(nameof(Reported))]
    public void Keys_that_change_the_computation_are_reported(string key, string message)
    {
        using var folder = new TemporaryFolder();
        byte[] contents = GoldenGguf.Write("llama", replace: ("llama." + key, file => Odd(file, "llama." + key)));
        File.WriteAllBytes(folder["model.gguf"], contents);
        ToolRun run = ToolRun.Of("inspect", folder["model.gguf"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static void Odd(GgufBytes file, string key)
    {
        switch (key["llama.".Length..])
        {
            case "logit_scale":
                file.Add(key, 0.5f);
                break;
            case "rope.scaling.type":
                file.Add(key, "ntk");
                break;
            case "attention.layer_norm_rms_epsilon":
                file.Add(key, float.NaN);
                break;
            case "embedding_length":
                file.Add(key, "wide");
                break;
            case "attention.head_count_kv":
                file.Add(key, [2, 1]);
                break;
            case "block_count":
                file.Add(key, 1u << 31);
                break;
            case "attention.head_count":
                file.Add(key, 0u);
                break;
            case "vocab_size":
                file.Add(key, 7u);
                break;
            default:
                file.Add(key, 6u);
                break;
        }
    }

    [SharedDataFact]
    public void Rotary_divisors_of_another_form_become_longrope()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(
            folder["model.gguf"],
            GoldenGguf.Write("llama", extra: static file => file.AddTensor("rope_freqs.weight", [1, 1, 2.5f, 3, 7, 7], 6))
        );
        string text = new ModelFolder(folder["model.gguf"]).Text;
        Assert.Contains("\"rope_type\": \"longrope\"", text, StringComparison.Ordinal);
        Assert.Contains("2.5", text, StringComparison.Ordinal);
        new ModelFolder(folder["model.gguf"]).Plan();
        File.WriteAllBytes(
            folder["model.gguf"],
            GoldenGguf.Write("llama", extra: static file => file.AddTensor("rope_freqs.weight", [1, 1], 2))
        );
        Assert.Contains(
            "the tensor rope_freqs.weight has 2 elements of type F32; expected 6",
            Assert.Throws<WeightsException>(() => new ModelFolder(folder["model.gguf"])).Message,
            StringComparison.Ordinal
        );
    }

    [SharedDataFact]
    public void Mutated_headers_are_reported()
    {
        using var folder = new TemporaryFolder();
        byte[] original = GoldenGguf.Write("llama3");
        var random = new Random(3);
        string path = folder["model.gguf"];
        int accepted = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] file = (byte[])original.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                file[random.Next(2500)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, file);
            try
            {
                new ModelFolder(path).Plan();
                accepted++;
            }
            catch (Exception exception) when (exception is WeightsException or ToolException)
            {
                Assert.NotEmpty(exception.Message);
            }
        }

        Assert.InRange(accepted, 1, 399);
    }
}
