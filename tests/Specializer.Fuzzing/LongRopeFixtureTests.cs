using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>A Phi-3 checkpoint with LongRoPE against the logits that transformers computed, each sequence in one call.</summary>
[Feature("long-rope")]
public sealed class LongRopeFixtureTests
{
    private const string Fixture = "phi3_longrope";

    /// <summary>All prompts are longer than the original length of 8, so that the long factors hold.</summary>
    [SharedDataTheory]
    [InlineData(0)]
    [InlineData(32)]
    public void Logits_are_those_of_transformers(int contextLength)
    {
        var file = new ConfigurationFile("config.json", File.ReadAllText(SharedData.Path("fixtures", Fixture, "config.json")));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", contextLength, ChunkLength: 5));
        Assert.Empty(reading.Problems);
        TransformerArchitecture architecture = reading.Architecture!;
        Assert.Equal(8, architecture.OriginalContextLength);
        using FuzzAssembly assembly = new("longrope fixture", [architecture]);
        using SafetensorsFile weights = SafetensorsFile.Open(SharedData.Path("fixtures", Fixture, "model.safetensors"));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(SharedData.Path("fixtures", Fixture, "logits.json")));
        int[][] sequences = expected.RootElement.GetProperty("sequences").Deserialize<int[][]>()!;
        double[][][] logits = expected.RootElement.GetProperty("logits").Deserialize<double[][][]>()!;
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model = (IDecoderModel)assembly.Load(0, weights, new ModelOptions { InstructionSet = instructionSet, Threads = 2 });
            foreach ((int[] tokens, double[][] rows) in sequences.Zip(logits))
            {
                using IDecoderSession session = model.CreateSession();
                float[] all = new float[tokens.Length * model.Description.VocabularySize];
                session.Prefill(tokens, all);
                Tolerance.Default.AssertClose(rows, all.AsSpan(), "logits of a sequence in one call");

                // Across the original length: what follows has the long factors, and so have all positions before.
                session.Reset();
                session.Prefill(tokens.AsSpan(0, 6));
                float[] rest = new float[(tokens.Length - 6) * model.Description.VocabularySize];
                session.Prefill(tokens.AsSpan(6), rest);
                Tolerance.Default.AssertClose(rows[6..], rest.AsSpan(), "logits of a call across the original length");
                session.Truncate(3);
                for (int position = 3; position < tokens.Length; position++)
                {
                    float[] one = session.Decode(tokens[position]).ToArray();
                    if (position >= 8)
                    {
                        Tolerance.Default.AssertClose([rows[position]], one.AsSpan(), "logits token by token");
                    }
                }
            }
        }
    }
}
