using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>Small checkpoints of others, declared by their own config.json, against the logits that transformers computed.</summary>
[Feature("decoder-families")]
[Feature("decoder-fixtures")]
public sealed class DecoderFixtureTests
{
    /// <summary>References of float32: the sums of both sides are rounded.</summary>
    private static readonly Tolerance s_float32 = new(5e-5, 2e-4);

    internal const string AssemblyName = "decoder fixtures";

    private static readonly string[] s_names =
    [
        "smollm2",
        "llama_transformers5",
        "starcoder2",
        "gptbigcode",
        "gptneo",
        "opt",
        "cohere2",
        "glm4",
        "internlm2",
        "granite",
        "olmo2",
        "cohere",
        "minicpm",
    ];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
        SharedData.Root is null ? [] : [.. s_names.Select(Architecture)];

    public static TheoryData<string> Names => [.. s_names];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_transformers(string fixture)
    {
        string folder = SharedData.Path("fixtures", fixture);
        TransformerArchitecture architecture = Architecture(fixture);
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        (int[] Tokens, double[][] Logits)[] cases = [.. Cases(folder, architecture.Embeddings.VocabularySize, out Tolerance tolerance)];
        Assert.NotEmpty(cases);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model = (IDecoderModel)
                s_assembly.Value.Load(
                    Array.IndexOf(s_names, fixture),
                    weights,
                    new ModelOptions { InstructionSet = instructionSet, Threads = 2 }
                );
            foreach ((int[] tokens, double[][] expected) in cases)
            {
                using IDecoderSession session = model.CreateSession();
                float[] all = new float[tokens.Length * model.Description.VocabularySize];
                session.Prefill(tokens, all);
                tolerance.AssertClose(expected, all, $"{fixture}: logits of {tokens.Length} tokens");
            }
        }
    }

    private static TransformerArchitecture Architecture(string fixture)
    {
        var file = new ConfigurationFile("config.json", File.ReadAllText(SharedData.Path("fixtures", fixture, "config.json")));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", 0, ChunkLength: 5));
        Assert.Empty(reading.Problems);
        return reading.Architecture!;
    }

    private static IEnumerable<(int[] Tokens, double[][] Logits)> Cases(string folder, int vocabulary, out Tolerance tolerance)
    {
        string logits = Path.Combine(folder, "logits.json");
        if (File.Exists(logits))
        {
            tolerance = Tolerance.Default;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(logits));
            return document
                .RootElement.GetProperty("sequences")
                .Deserialize<int[][]>()!
                .Zip(document.RootElement.GetProperty("logits").Deserialize<double[][][]>()!)
                .ToArray();
        }

        // Cases by name, each with one or several sequences of one length and all of their logits in one array.
        tolerance = s_float32;
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        var cases = new List<(int[], double[][])>();
        foreach (
            JsonProperty one in golden
                .RootElement.GetProperty("cases")
                .EnumerateObject()
                .Where(static one => one.Value.TryGetProperty("input_ids", out _))
        )
        {
            int[][] sequences = one.Value.GetProperty("input_ids").Deserialize<int[][]>()!;
            double[] flat = one.Value.GetProperty("logits").Deserialize<double[]>()!;
            if (flat.Length == sequences.Sum(static sequence => sequence.Length) * vocabulary)
            {
                double[][] rows = [.. flat.Chunk(vocabulary)];
                cases.AddRange(sequences.Select((sequence, i) => (sequence, rows[(i * sequence.Length)..((i + 1) * sequence.Length)])));
            }
        }

        return cases;
    }
}
