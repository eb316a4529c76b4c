using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>
/// Small image encoders and the text encoders beside them, declared by their own config.json, against the states and embeddings
/// that transformers computed in float64.
/// </summary>
[Feature("image-fixtures")]
public sealed class ImageFixtureTests
{
    internal const string AssemblyName = "image fixtures";

    private const string Text = "text_config";
    private const string Vision = "vision_config";

    private static readonly (string Name, string Section)[] s_cases =
    [
        ("dinov2", ""),
        ("dinov3", ""),
        ("clip", Vision),
        ("clip", Text),
        ("siglip", Vision),
        ("siglip", Text),
    ];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
        SharedData.Root is null ? [] : [.. s_cases.Select(static one => Architecture(one.Name, one.Section))];

    public static TheoryData<string> Bodies => [.. s_cases.Where(static one => one.Section.Length == 0).Select(static one => one.Name)];

    public static TheoryData<string> Towers => [.. s_cases.Where(static one => one.Section == Vision).Select(static one => one.Name)];

    [SharedDataTheory]
    [MemberData(nameof(Bodies))]
    public void States_are_those_of_transformers(string fixture)
    {
        using JsonDocument reference = Reference(fixture, "hidden.json");
        double[][] expected = reference.RootElement.GetProperty("hidden").Deserialize<double[][]>()!;
        CheckImage(fixture, "", Pixels(reference), (_, states) => states, expected);
        CheckImage(fixture, "", Pixels(reference), (output, _) => output, [expected[0]]);
    }

    [SharedDataTheory]
    [MemberData(nameof(Towers))]
    public void Embeddings_of_images_are_those_of_transformers(string fixture)
    {
        using JsonDocument reference = Reference(fixture, "embeds.json");
        double[][] expected = reference.RootElement.GetProperty("image_embeds").Deserialize<double[][]>()!;
        CheckImage(fixture, Vision, Pixels(reference), (output, _) => output, expected);
    }

    [SharedDataTheory]
    [MemberData(nameof(Towers))]
    public void Embeddings_of_texts_are_those_of_transformers(string fixture)
    {
        using JsonDocument reference = Reference(fixture, "embeds.json");
        int[][] sequences = reference.RootElement.GetProperty("text_sequences").Deserialize<int[][]>()!;
        double[][] expected = reference.RootElement.GetProperty("text_embeds").Deserialize<double[][]>()!;
        using WeightsSource weights = Weights(fixture);
        using CheckpointTensors tensors = new(weights);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model = (IEncoderModel<TokenInput>)Load(fixture, Text, weights, instructionSet);
            using IEncoderSession<TokenInput> session = model.CreateSession();
            foreach ((int[] tokens, double[] row) in sequences.Zip(expected))
            {
                float[] output = new float[model.Description.OutputWidth];
                session.Encode(new TokenInput(tokens), output);
                Tolerance.Default.AssertClose<float>([row], output, $"{fixture} on {instructionSet}");
                double[][] formula = new ArchitectureOracle(Architecture(fixture, Text), OracleWeights.Read(tensors)).Run(tokens).Logits;
                Tolerance.Default.AssertClose<float>(formula, output, $"{fixture} by the oracle on {instructionSet}");
            }
        }
    }

    /// <summary>Compares a part of the results with a reference, and the output with the oracle.</summary>
    private static void CheckImage(
        string fixture,
        string section,
        float[] pixels,
        Func<float[], float[], float[]> part,
        double[][] expected
    )
    {
        using WeightsSource weights = Weights(fixture);
        using CheckpointTensors tensors = new(weights, OracleName(fixture));
        double[][] formula = new ArchitectureOracle(Architecture(fixture, section), OracleWeights.Read(tensors))
            .Run([], new OracleInput(Signal: pixels))
            .Logits;
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model = (IEncoderModel<ImageInput>)Load(fixture, section, weights, instructionSet);
            using IEncoderSession<ImageInput> session = model.CreateSession();
            float[] output = new float[model.Description.OutputWidth],
                states = new float[model.Description.ContextLength * model.Description.DModel];
            session.Encode(pixels, output, states);
            Tolerance.Default.AssertClose<float>(expected, part(output, states), $"{fixture} on {instructionSet}");
            Tolerance.Default.AssertClose<float>(formula, output, $"{fixture} by the oracle on {instructionSet}");
        }
    }

    /// <summary>The oracle supports only the names of the table. The files of bare bodies lack the prefix.</summary>
    private static Func<string, string>? OracleName(string fixture) => fixture == "dinov2" ? name => "dinov2." + name : null;

    private static TransformerModel Load(string fixture, string section, WeightsSource weights, InstructionSet instructionSet) =>
        s_assembly.Value.Load(
            Array.IndexOf(s_cases, (fixture, section)),
            weights,
            new ModelOptions { InstructionSet = instructionSet, Threads = 2 }
        );

    private static float[] Pixels(JsonDocument reference) =>
        [
            .. reference
                .RootElement.GetProperty("pixels")
                .Deserialize<double[][][]>()!
                .SelectMany(static channel => channel.SelectMany(static row => row.Select(static value => (float)value))),
        ];

    private static SafetensorsFile Weights(string fixture) =>
        SafetensorsFile.Open(SharedData.Path("fixtures", fixture, "model.safetensors"));

    private static JsonDocument Reference(string fixture, string file) =>
        JsonDocument.Parse(File.ReadAllText(SharedData.Path("fixtures", fixture, file)));

    private static TransformerArchitecture Architecture(string fixture, string section)
    {
        var file = new ConfigurationFile("config.json", File.ReadAllText(SharedData.Path("fixtures", fixture, "config.json")));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", 0, ChunkLength: 5) { Section = section });
        Assert.Empty(reading.Problems);
        return reading.Architecture!;
    }
}
