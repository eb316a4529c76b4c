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
/// Small encoder-decoders of others, declared by their own config.json, against the states and logits that transformers computed in
/// float64.
/// </summary>
[Feature("translation-families")]
public sealed class TranslationFixtureTests
{
    internal const string AssemblyName = "translation fixtures";

    private static readonly string[] s_names = ["m2m100", "pegasus"];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
        SharedData.Root is null ? [] : [.. s_names.Select(Architecture)];

    public static TheoryData<string> Names => [.. s_names];

    [SharedDataTheory]
    [MemberData(nameof(Names))]
    public void States_and_logits_are_those_of_transformers(string fixture)
    {
        string folder = SharedData.Path("fixtures", fixture);
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "logits.json")));
        int[][] sources = Read<int[][]>("enc_sequences"),
            targets = Read<int[][]>("dec_sequences");
        double[][][] states = Read<double[][][]>("enc_hidden"),
            expected = Read<double[][][]>("logits");
        Assert.NotEmpty(sources);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using TransformerModel model = s_assembly.Value.Load(
                Array.IndexOf(s_names, fixture),
                weights,
                new ModelOptions { InstructionSet = instructionSet, Threads = 2 }
            );
            for (int i = 0; i < sources.Length; i++)
            {
                using ISequenceToSequenceSession<TokenInput> session = ((ISequenceToSequenceModel<TokenInput>)model).CreateSession(1);
                session.Encode(new TokenInput(sources[i]));
                float[] encoded = new float[sources[i].Length * model.Description.DModel],
                    logits = new float[targets[i].Length * model.Description.VocabularySize];
                session.CopyEncoderOutput(encoded);
                Tolerance.Default.AssertClose<float>(states[i], encoded, $"{fixture} on {instructionSet}: states of the encoder");
                session.Prefill(targets[i], logits);
                Tolerance.Default.AssertClose<float>(expected[i], logits, $"{fixture} on {instructionSet}: logits");
            }
        }

        T Read<T>(string name) => reference.RootElement.GetProperty(name).Deserialize<T>()!;
    }

    private static TransformerArchitecture Architecture(string fixture)
    {
        var file = new ConfigurationFile("config.json", File.ReadAllText(SharedData.Path("fixtures", fixture, "config.json")));
        ConfigurationReading reading = file.Parse(new ConfigurationReference("config.json", 0, ChunkLength: 5));
        Assert.Empty(reading.Problems);
        return reading.Architecture!;
    }
}
