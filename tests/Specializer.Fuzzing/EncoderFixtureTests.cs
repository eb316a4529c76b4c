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

/// <summary>
/// Small encoders of others, declared by their own config.json, against the outputs for every token that transformers computed in
/// float64.
/// </summary>
[Feature("encoder-fixtures")]
public sealed class EncoderFixtureTests
{
    internal const string AssemblyName = "encoder fixtures";

    private static readonly string[] s_names = ["modernbert"];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
        SharedData.Root is null ? [] : [.. s_names.Select(Architecture)];

    public static TheoryData<string> Names => [.. s_names];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void States_are_those_of_transformers(string fixture)
    {
        string folder = SharedData.Path("fixtures", fixture);
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "logits.json")));
        int[][] sequences = reference.RootElement.GetProperty("sequences").Deserialize<int[][]>()!;
        double[][][] expected = reference.RootElement.GetProperty("logits").Deserialize<double[][][]>()!;
        Assert.NotEmpty(sequences);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model =
                (IEncoderModel<TokenInput>)
                    s_assembly.Value.Load(
                        Array.IndexOf(s_names, fixture),
                        weights,
                        new ModelOptions { InstructionSet = instructionSet, Threads = 2 }
                    );
            using IEncoderSession<TokenInput> session = model.CreateSession();
            foreach ((int[] tokens, double[][] rows) in sequences.Zip(expected))
            {
                float[] output = new float[tokens.Length * model.Description.OutputWidth];
                session.Encode(new TokenInput(tokens), output);
                Tolerance.Default.AssertClose<float>(rows, output, $"{fixture} on {instructionSet}");
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
}
