using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.Generator.Architecture;
using Specializer.Generator.Parsing.Configuration;
using Specializer.Tests;
using Specializer.Tests.Goldens;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>
/// The fixtures of embedding models and of heads, with the outputs that transformers computed in float64: e5 pooled by a
/// sentence-transformers folder, ColBERT with a projection of every token, a cross-encoder, and question answering.
/// </summary>
public sealed class SentenceFixtureTests
{
    private const string Pooling = """{ "embedding_dimension": 8, "pooling_mode": "mean", "include_prompt": true }""";

    private static readonly string[] s_names = ["e5", "colbert", "bert_reranker", "distilbert_qa"];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal const string AssemblyName = "sentences";

    /// <summary>None where the fixtures are absent.</summary>
    internal static IReadOnlyList<TransformerArchitecture> Architectures => SharedData.Root is null ? [] : [.. s_names.Select(Architecture)];

    [SharedDataFact]
    public void E5PoolsTheMeanAndDividesItByItsLength()
    {
        using JsonDocument reference = Reference("e5", "embed.json");
        int[][] sequences = Rows<int>(reference, "sequences"), tokens = [.. sequences.Zip(Row<int>(reference.RootElement.GetProperty("real_tokens")), static (row, count) => row[..count])];
        double[][] embeddings = Rows<double>(reference, "embeddings");
        Check("e5", tokens, null, static output => output, embeddings);
    }

    /// <summary>The query is as long as its row; of the document padding is left out.</summary>
    [SharedDataFact]
    public void ColbertProjectsEveryTokenAndDividesItByItsLength()
    {
        using JsonDocument reference = Reference("colbert", "score.json");
        JsonElement root = reference.RootElement;
        int[] query = Row<int>(root.GetProperty("query_ids")), document = Row<int>(root.GetProperty("doc_ids"))[..root.GetProperty("doc_real_tokens").GetInt32()];
        Check("colbert", [query], null, static output => output, [[.. Rows<double>(reference, "query_mat").SelectMany(static row => row)]]);
        Check("colbert", [document], null, static output => output, [[.. Rows<double>(reference, "doc_mat").Take(document.Length).SelectMany(static row => row)]]);
    }

    [SharedDataFact]
    public void ACrossEncoderGivesOneNumber()
    {
        using JsonDocument reference = Reference("bert_reranker", "logits.json");
        JsonElement root = reference.RootElement;
        int count = root.GetProperty("real_tokens").GetInt32();
        int[] tokens = Row<int>(root.GetProperty("input_ids"))[..count], types = Row<int>(root.GetProperty("token_type_ids"))[..count];
        Check("bert_reranker", [tokens], [types], static output => output, [[root.GetProperty("logit").GetDouble()]]);
        Check("bert_reranker", [tokens], null, static output => output, [[root.GetProperty("logit_all_seg0").GetDouble()]]);
    }

    [SharedDataFact]
    public void QuestionAnsweringGivesWhereAnAnswerBeginsAndEnds()
    {
        using JsonDocument reference = Reference("distilbert_qa", "logits.json");
        int[][] sequences = Rows<int>(reference, "sequences");
        Check("distilbert_qa", sequences, null, static output => [.. output.Where(static (_, i) => i % 2 == 0)], Rows<double>(reference, "start_logits"));
        Check("distilbert_qa", sequences, null, static output => [.. output.Where(static (_, i) => i % 2 == 1)], Rows<double>(reference, "end_logits"));
    }

    private static void Check(string name, int[][] sequences, int[][]? types, Func<float[], float[]> part, double[][] expected)
    {
        using WeightsSource weights = Weights(name);
        using CheckpointTensors tensors = new(weights);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model = (EncoderModel)s_assembly.Value.Load(Array.IndexOf(s_names, name), weights, new ModelOptions { InstructionSet = instructionSet });
            using EncoderSession session = model.CreateSession();
            for (int sequence = 0; sequence < sequences.Length; sequence++)
            {
                int[] tokens = sequences[sequence];
                float[] output = new float[model.Encoder.OutputWidth * (model.Encoder.OutputPerToken ? tokens.Length : 1)];
                session.Encode(new EncoderInput(tokens) { TokenTypes = types is null ? [] : types[sequence] }, output);
                Tolerance.Default.AssertClose<float>([expected[sequence]], part(output), $"{name} {sequence} on {instructionSet}");

                // The oracle reads like the formulas.
                double[][] formula = new ArchitectureOracle(Architecture(name), tensors).Run(tokens, new OracleInput(types?[sequence])).Logits;
                Tolerance.Default.AssertClose<float>(formula, output, $"{name} {sequence} by the oracle on {instructionSet}");
            }
        }
    }

    /// <summary>The checkpoint; of ColBERT's the projection as a module of its own.</summary>
    private static WeightsSource Weights(string name) => name == "colbert" ? new ColbertWeights() : SafetensorsFile.Open(SharedData.Path("fixtures", name, "model.safetensors"));

    private static TransformerArchitecture Architecture(string name)
    {
        const string Folder = "models/";
        ConfigurationFile configuration = new(Folder + "config.json", File.ReadAllText(SharedData.Path("fixtures", name, "config.json")));
        (string Name, string Text)[] beside = name switch
        {
            "e5" => [("modules.json", Modules("Transformer:", "Pooling:1_Pooling", "Normalize:2_Normalize")), ("1_Pooling/config.json", Pooling)],
            "colbert" =>
            [
                ("modules.json", Modules("Transformer:", "Dense:1_Dense", "Normalize:2_Normalize")),
                ("1_Dense/config.json", """{ "in_features": 8, "out_features": 5, "bias": false, "activation_function": "torch.nn.modules.linear.Identity", "module_input_name": "token_embeddings" }"""),
                ("2_Normalize/config.json", """{ "module_input_name": "token_embeddings" }"""),
            ],
            _ => [],
        };
        ConfigurationReading reading = configuration.Parse(
            new ConfigurationReference("config.json", 0, ChunkLength: 8), [configuration, .. beside.Select(static file => new ConfigurationFile(Folder + file.Name, file.Text))]);
        Assert.Empty(reading.Problems);
        Assert.Empty(reading.ProblemsBeside);
        return reading.Architecture!;
    }

    private static string Modules(params string[] modules) => "[" + string.Join(", ", modules.Select(static module =>
        $"{{ \"path\": \"{module[(module.IndexOf(':', StringComparison.Ordinal) + 1)..]}\", \"type\": \"sentence_transformers.models.{module[..module.IndexOf(':', StringComparison.Ordinal)]}\" }}")) + "]";

    private static JsonDocument Reference(string name, string file) => JsonDocument.Parse(File.ReadAllText(SharedData.Path("fixtures", name, file)));

    private static T[][] Rows<T>(JsonDocument document, string name) => [.. document.RootElement.GetProperty(name).EnumerateArray().Select(Row<T>)];

    private static T[] Row<T>(JsonElement row) => [.. row.EnumerateArray().Select(static value => (T)(typeof(T) == typeof(int) ? value.GetInt32() : (object)value.GetDouble()))];

    private sealed class ColbertWeights : WeightsSource
    {
        private const string Stored = "linear.weight";
        private const string Module = "1_Dense/linear.weight";
        private readonly SafetensorsFile _file = SafetensorsFile.Open(SharedData.Path("fixtures", "colbert", "model.safetensors"));

        public override string Description => _file.Description;

        public override IReadOnlyCollection<string> Names => [.. _file.Names.Select(static name => name == Stored ? Module : name)];

        public override bool TryGetTensor(string name, out TensorView view) => _file.TryGetTensor(name == Module ? Stored : name, out view);

        protected override void Dispose(bool disposing)
        {
            _file.Dispose();
            base.Dispose(disposing);
        }
    }
}
