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
/// The fixtures of embedding models and of heads, with the outputs that transformers computed in float64. They are e5 pooled by a
/// sentence-transformers folder, ColBERT with a projection of every token, a cross-encoder, and question answering.
/// </summary>
[Feature("sentence-encoders")]
public sealed class SentenceFixtureTests
{
    private const string Pooling = """{ "embedding_dimension": 8, "pooling_mode": "mean", "include_prompt": true }""";

    private static readonly string[] s_names = ["e5", "colbert", "bert_reranker", "distilbert_qa", "xlmroberta"];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    internal const string AssemblyName = "sentences";

    /// <summary>None where the fixtures are absent.</summary>
    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
        SharedData.Root is null ? [] : [.. s_names.Select(Architecture)];

    /// <summary>The reference lets padding be attended to and leaves it out of the mean alone, so that the mean of its tokens' states is compared.</summary>
    [SharedDataFact]
    public void E5_pools_the_mean_and_divides_it_by_its_length()
    {
        using JsonDocument reference = Reference("e5", "embed.json");
        int[][] sequences = Rows<int>(reference, "sequences");
        int[] counts = Row<int>(reference.RootElement.GetProperty("real_tokens"));
        double[][] embeddings = Rows<double>(reference, "embeddings");
        for (int i = 0; i < sequences.Length; i++)
        {
            int count = counts[i];
            Check("e5", sequences[i], null, (_, states) => Mean(states, count), embeddings[i]);
            Check(
                "e5",
                sequences[i][..count],
                null,
                static (output, states) =>
                    [.. Mean(states, states.Length / output.Length).Zip(output, static (mean, pooled) => mean - pooled)],
                new double[embeddings[i].Length]
            );
        }
    }

    /// <summary>The reference lets the document's padding be attended to, and leaves its rows out.</summary>
    [SharedDataFact]
    public void Colbert_projects_every_token_and_divides_it_by_its_length()
    {
        using JsonDocument reference = Reference("colbert", "score.json");
        foreach (string part in new[] { "query", "doc" })
        {
            int[] tokens = Row<int>(reference.RootElement.GetProperty(part + "_ids"));
            double[] expected = [.. Rows<double>(reference, part + "_mat").SelectMany(static row => row)];
            Check("colbert", tokens, null, (output, _) => output[..expected.Length], expected);
        }
    }

    /// <summary>The reference lets padding be attended to.</summary>
    [SharedDataFact]
    public void A_cross_encoder_gives_one_number()
    {
        using JsonDocument reference = Reference("bert_reranker", "logits.json");
        JsonElement root = reference.RootElement;
        int[] tokens = Row<int>(root.GetProperty("input_ids"));
        Check(
            "bert_reranker",
            tokens,
            Row<int>(root.GetProperty("token_type_ids")),
            static (output, _) => output,
            [root.GetProperty("logit").GetDouble()]
        );
        Check("bert_reranker", tokens, null, static (output, _) => output, [root.GetProperty("logit_all_seg0").GetDouble()]);
    }

    [SharedDataFact]
    public void Question_answering_gives_where_an_answer_begins_and_ends()
    {
        using JsonDocument reference = Reference("distilbert_qa", "logits.json");
        int[][] sequences = Rows<int>(reference, "sequences");
        double[][] starts = Rows<double>(reference, "start_logits"),
            ends = Rows<double>(reference, "end_logits");
        for (int i = 0; i < sequences.Length; i++)
        {
            Check(
                "distilbert_qa",
                sequences[i],
                null,
                static (output, _) => output,
                [.. starts[i].Zip(ends[i]).SelectMany(static pair => new[] { pair.First, pair.Second })]
            );
        }
    }

    [SharedDataFact]
    public void XLM_robertas_states_and_pooler()
    {
        using JsonDocument reference = Reference("xlmroberta", "hidden.json");
        int[][] sequences = Rows<int>(reference, "sequences");
        double[][][] hidden = reference.RootElement.GetProperty("hidden").Deserialize<double[][][]>()!;
        double[][] pooled = Rows<double>(reference, "pooler");
        for (int i = 0; i < sequences.Length; i++)
        {
            Check("xlmroberta", sequences[i], null, static (_, states) => states, [.. hidden[i].SelectMany(static row => row)]);
            Check("xlmroberta", sequences[i], null, static (output, _) => output, pooled[i]);
        }
    }

    /// <summary>Compares what is made of output and states with a reference, and the output with the oracle.</summary>
    private static void Check(string name, int[] tokens, int[]? types, Func<float[], float[], float[]> part, double[] expected)
    {
        using WeightsSource weights = Weights(name);
        // The oracle supports only the names of the table. The files of bare bodies lack the prefix.
        string prefix = name switch
        {
            "e5" or "colbert" => "bert.",
            "xlmroberta" => "roberta.",
            _ => "",
        };
        using CheckpointTensors tensors = new(
            weights,
            tensor => tensor.Contains("_Dense", StringComparison.Ordinal) ? tensor : prefix + tensor
        );

        // The oracle reads like the formulas.
        double[][] formula = new ArchitectureOracle(Architecture(name), OracleWeights.Read(tensors))
            .Run(tokens, new OracleInput(types))
            .Logits;
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            using var model =
                (IEncoderModel<TokenInput>)
                    s_assembly.Value.Load(Array.IndexOf(s_names, name), weights, new ModelOptions { InstructionSet = instructionSet });
            using IEncoderSession<TokenInput> session = model.CreateSession();
            float[] output = new float[model.Description.OutputWidth * (model.Description.OutputPerToken ? tokens.Length : 1)],
                states = new float[tokens.Length * model.Description.DModel];
            session.Encode(new TokenInput(tokens) { TokenTypes = types }, output, states);
            Tolerance.Default.AssertClose<float>([expected], part(output, states), $"{name} on {instructionSet}");
            Tolerance.Default.AssertClose<float>(formula, output, $"{name} by the oracle on {instructionSet}");
        }
    }

    /// <summary>The mean of the first states, divided by its length.</summary>
    private static float[] Mean(float[] states, int count)
    {
        const int Width = 8;
        double[] mean =
        [
            .. Enumerable.Range(0, Width).Select(i => Enumerable.Range(0, count).Average(row => (double)states[(row * Width) + i])),
        ];
        double length = Math.Sqrt(mean.Sum(static value => value * value));
        return [.. mean.Select(value => (float)(value / length))];
    }

    /// <summary>The checkpoint; of ColBERT's the projection as a module of its own.</summary>
    private static WeightsSource Weights(string name) =>
        name == "colbert" ? new ColbertWeights() : SafetensorsFile.Open(SharedData.Path("fixtures", name, "model.safetensors"));

    private static TransformerArchitecture Architecture(string name)
    {
        const string Folder = "models/";
        ConfigurationFile configuration = new(Folder + "config.json", File.ReadAllText(SharedData.Path("fixtures", name, "config.json")));
        (string Name, string Text)[] beside = name switch
        {
            "e5" =>
            [
                ("modules.json", Modules("Transformer:", "Pooling:1_Pooling", "Normalize:2_Normalize")),
                ("1_Pooling/config.json", Pooling),
            ],
            "colbert" =>
            [
                ("modules.json", Modules("Transformer:", "Dense:1_Dense", "Normalize:2_Normalize")),
                (
                    "1_Dense/config.json",
                    """{ "in_features": 8, "out_features": 5, "bias": false, "activation_function": "torch.nn.modules.linear.Identity", "module_input_name": "token_embeddings" }"""
                ),
                ("2_Normalize/config.json", """{ "module_input_name": "token_embeddings" }"""),
            ],
            _ => [],
        };
        ConfigurationReading reading = configuration.Parse(
            new ConfigurationReference("config.json", 0, ChunkLength: 8),
            [configuration, .. beside.Select(static file => new ConfigurationFile(Folder + file.Name, file.Text))]
        );
        Assert.Empty(reading.Problems);
        Assert.Empty(reading.ProblemsBeside);
        return reading.Architecture!;
    }

    private static string Modules(params string[] modules) =>
        "["
        + string.Join(
            ", ",
            modules.Select(static module =>
                $"{{ \"path\": \"{module[(module.IndexOf(':', StringComparison.Ordinal) + 1)..]}\", \"type\": \"sentence_transformers.models.{module[..module.IndexOf(':', StringComparison.Ordinal)]}\" }}"
            )
        )
        + "]";

    private static JsonDocument Reference(string name, string file) =>
        JsonDocument.Parse(File.ReadAllText(SharedData.Path("fixtures", name, file)));

    private static T[][] Rows<T>(JsonDocument document, string name) =>
        [.. document.RootElement.GetProperty(name).EnumerateArray().Select(Row<T>)];

    private static T[] Row<T>(JsonElement row) =>
        [.. row.EnumerateArray().Select(static value => (T)(typeof(T) == typeof(int) ? value.GetInt32() : (object)value.GetDouble()))];

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
