using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Tests;
using Specializer.Tests.Goldens;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>Small checkpoints of others, declared by their own config.json, against the logits that transformers computed.</summary>
public sealed class DecoderFixtureTests
{
    /// <summary>References of float32: the sums of both sides are rounded.</summary>
    private static readonly Tolerance s_float32 = new(5e-5, 2e-4);

    [SharedDataTheory]
    [InlineData("smollm2")]
    [InlineData("llama_transformers5")]
    public void LogitsAreThoseOfTransformers(string fixture)
    {
        string folder = SharedData.Path("fixtures", fixture);
        var file = new ConfigurationFile("config.json", File.ReadAllText(Path.Combine(folder, "config.json")));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", 0, ChunkLength: 5));
        Assert.Empty(reading.Problems);
        TransformerArchitecture architecture = reading.Architecture!;
        using FuzzAssembly assembly = new("fixture " + fixture, [architecture]);
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        (int[] Tokens, double[][] Logits)[] cases = [.. Cases(folder, architecture.Embeddings.VocabularySize, out Tolerance tolerance)];
        Assert.NotEmpty(cases);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model = (DecoderModel)assembly.Load(0, weights, new ModelOptions { InstructionSet = instructionSet, Threads = 2 });
            foreach ((int[] tokens, double[][] expected) in cases)
            {
                using DecoderSession session = model.CreateSession();
                float[] all = new float[tokens.Length * model.Description.VocabularySize];
                session.Prefill(tokens, all);
                tolerance.AssertClose(expected, all, $"{fixture}: logits of {tokens.Length} tokens");
            }
        }
    }

    private static IEnumerable<(int[] Tokens, double[][] Logits)> Cases(string folder, int vocabulary, out Tolerance tolerance)
    {
        string logits = Path.Combine(folder, "logits.json");
        if (File.Exists(logits))
        {
            tolerance = Tolerance.Default;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(logits));
            return document.RootElement.GetProperty("sequences").Deserialize<int[][]>()!
                .Zip(document.RootElement.GetProperty("logits").Deserialize<double[][][]>()!)
                .ToArray();
        }

        // Cases by name, each with one or several sequences of one length and all of their logits in one array.
        tolerance = s_float32;
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        var cases = new List<(int[], double[][])>();
        foreach (JsonProperty one in golden.RootElement.GetProperty("cases").EnumerateObject().Where(static one => one.Value.TryGetProperty("input_ids", out _)))
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
