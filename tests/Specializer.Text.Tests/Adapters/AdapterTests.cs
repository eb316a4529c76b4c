using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Text.Tests.Adapters;

/// <summary>Merged weights equal the formula W + scale · B · A of the paper, computed plainly in double precision.</summary>
[Feature("adapters")]
public sealed class AdapterTests
{
    private const string Query = "model.layers.0.self_attn.q_proj";
    private const string Up = "model.layers.0.mlp.up_proj";

    [Theory]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 16 }""", 8.0, 8.0)]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 16, "use_rslora": true }""", 11.313708498984761, 11.313708498984761)]
    [InlineData("""{ "peft_type": "LORA", "r": 7, "lora_alpha": 4, "rank_pattern": { "q_proj": 2, "mlp.up_proj": 2 } }""", 2.0, 2.0)]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "alpha_pattern": { "^model.layers.0.mlp.up_proj": 3 } }""", 2.0, 1.5)]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "alpha_pattern": { "layers\\.\\d+.*.q_proj": 1 } }""", 0.5, 2.0)]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "alpha_pattern": { "proj": 1, "k_proj|up_proj": 6 } }""", 2.0, 3.0)]
    public void Linear_layers_get_the_scaled_product(string configuration, double queryScale, double upScale)
    {
        var random = new Random(5);
        float[] queryDown = Draw(random, 2 * 6),
            queryUp = Draw(random, 4 * 2),
            upDown = Draw(random, 2 * 6),
            upUp = Draw(random, 5 * 2),
            query = Draw(random, 4 * 6),
            up = Draw(random, 5 * 6);
        using var folder = new TemporaryFolder();
        Write(
            folder,
            configuration,
            new SafetensorsBytes()
                .Floats($"base_model.model.{Query}.lora_A.weight", [2, 6], queryDown)
                .Floats($"base_model.model.{Query}.lora_B.weight", [4, 2], queryUp)
                .Floats($"base_model.model.{Up}.lora_A.weight", [2, 6], upDown)
                .Floats($"base_model.model.{Up}.lora_B.weight", [5, 2], upUp)
        );
        using WeightsSource merged = Merge(
            new SafetensorsBytes()
                .Floats(Query + ".weight", [4, 6], query)
                .Floats(Up + ".weight", [5, 6], up)
                .Floats("model.norm.weight", [2], 1, 2),
            folder.Path
        );
        Check(merged, Query + ".weight", Product(query, queryUp, queryDown, 4, 6, 2, queryScale));
        Check(merged, Up + ".weight", Product(up, upUp, upDown, 5, 6, 2, upScale));
        Check(merged, "model.norm.weight", [1, 2]);
        Assert.Equal(3, merged.Names.Count);
    }

    [Fact]
    public void Transposed_layers_embeddings_and_saved_modules()
    {
        var random = new Random(6);
        float[] down = Draw(random, 3 * 4),
            up = Draw(random, 6 * 3),
            weights = Draw(random, 4 * 6),
            embedding = Draw(random, 7 * 4),
            embeddingDown = Draw(random, 3 * 7),
            embeddingUp = Draw(random, 4 * 3);
        using var folder = new TemporaryFolder();
        Write(
            folder,
            """{ "peft_type": "LORA", "r": 3, "lora_alpha": 6, "fan_in_fan_out": true, "modules_to_save": ["score"] }""",
            new SafetensorsBytes()
                .Floats("base_model.model.transformer.h.0.attn.c_attn.lora_A.weight", [3, 4], down)
                .Floats("base_model.model.transformer.h.0.attn.c_attn.lora_B.weight", [6, 3], up)
                .Floats("base_model.model.transformer.wte.lora_embedding_A", [3, 7], embeddingDown)
                .Floats("base_model.model.transformer.wte.lora_embedding_B", [4, 3], embeddingUp)
                .Floats("base_model.model.score.weight", [2, 1], 5, 6)
        );

        // GPT-2's published file omits the first part of the names, and has no classifier.
        using WeightsSource merged = Merge(
            new SafetensorsBytes().Floats("h.0.attn.c_attn.weight", [4, 6], weights).Floats("wte.weight", [7, 4], embedding),
            folder.Path
        );
        Check(merged, "h.0.attn.c_attn.weight", Transposed(Product(Transposed(weights, 4, 6), up, down, 6, 4, 3, 2), 6, 4));
        Check(merged, "wte.weight", Transposed(Product(Transposed(embedding, 7, 4), embeddingUp, embeddingDown, 4, 7, 3, 2), 4, 7));
        Check(merged, "score.weight", [5, 6]);
        Assert.Contains("score.weight", merged.Names);
    }

    [Fact]
    public void Several_adapters_add_up()
    {
        float[] weights = [1, 2, 3, 4];
        using TemporaryFolder first = new(),
            second = new();
        Write(first, """{ "peft_type": "LORA", "r": 1, "lora_alpha": 2 }""", Pair(Query, [1, 0], [0, 1]));
        Write(second, """{ "peft_type": "LORA", "r": 1, "lora_alpha": 1 }""", Pair(Query, [1, 1], [3, 0]));
        using WeightsSource merged = Merge(
            new SafetensorsBytes().Floats("base." + Query + ".weight", [2, 2], weights),
            first.Path,
            second.Path
        );

        // 2 · [0 0; 1 0] and [3 3; 0 0].
        Check(merged, "base." + Query + ".weight", [4, 5, 5, 4]);
    }

    [Fact]
    public void A_model_loads_as_if_merged()
    {
        var random = new Random(8);
        using var folder = new TemporaryFolder();
        Write(
            folder,
            """{ "peft_type": "LORA", "r": 2, "lora_alpha": 2 }""",
            new SafetensorsBytes()
                .Floats($"base_model.model.{Query}.lora_A.weight", [2, 64], Draw(random, 2 * 64))
                .Floats($"base_model.model.{Query}.lora_B.weight", [64, 2], Draw(random, 64 * 2))
        );
        float[] plain = Logits(SmallDecoder.Load(SmallWeights.Random(SmallDecoder.Tensors, 3)));
        float[] adapted = Logits(
            SmallDecoder.Load(SmallWeights.Random(SmallDecoder.Tensors, 3), new ModelOptions { Adapters = [folder.Path] })
        );
        using WeightsSource merged = Checkpoint.WithAdapters(SmallWeights.Random(SmallDecoder.Tensors, 3), [folder.Path]);
        Assert.Equal(Logits(SmallDecoder.Load(merged)), adapted);
        Assert.NotEqual(plain, adapted);
        Assert.Contains(
            "packed weights cannot be adapted",
            Assert.Throws<WeightsException>(() => SmallDecoder.LoadPacked("absent", new ModelOptions { Adapters = [folder.Path] })).Message,
            StringComparison.Ordinal
        );

        static float[] Logits(SmallDecoder model)
        {
            using (model)
            {
                using IDecoderSession session = model.CreateSession();
                return session.Prefill([1, 2, 3]).ToArray();
            }
        }
    }

    [Theory]
    [InlineData("""{ "r": 1 }""", "\"peft_type\" is missing; expected \"LORA\"")]
    [InlineData("""{ "peft_type": "IA3" }""", "\"peft_type\" is \"IA3\", which is not supported; expected \"LORA\"")]
    [InlineData("""{ "peft_type": "LORA", "use_dora": true }""", "\"use_dora\" is true, which is not supported")]
    [InlineData("""{ "peft_type": "LORA", "bias": "all" }""", "\"bias\" is \"all\", which is not supported; expected \"none\"")]
    [InlineData("""{ "peft_type": "LORA", "init_lora_weights": "pissa" }""", "\"init_lora_weights\" is \"pissa\", which is not supported")]
    [InlineData("""{ "peft_type": "LORA", "layer_replication": [[0, 1]] }""", "\"layer_replication\" is [[0, 1]], which is not supported")]
    [InlineData("""{ "peft_type": "LORA", "new_field": 1 }""", "\"new_field\" is 1, which is not supported; expected an absent")]
    [InlineData("""{ "peft_type": "LORA", "r": 0 }""", "\"r\" is 0, which is not supported; expected an integer of at least 1")]
    [InlineData("""{ "peft_type": "LORA", "rank_pattern": { "q(k)": 1 } }""", "the pattern \"q(k)\" in \"rank_pattern\" is not supported")]
    [InlineData("""{ "peft_type": "LORA", "r": 2 }""", "have the rank 1; adapter_config.json has 2 for it")]
    [InlineData("{", "the file is not valid JSON")]
    public void Configurations_that_are_not_understood_are_refused_by_name(string configuration, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder, configuration, Pair(Query, [1, 0], [0, 1]));
        Assert.Contains(message, Message(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_are_not_understood_are_refused_by_name()
    {
        const string Configuration = """{ "peft_type": "LORA", "r": 1, "lora_alpha": 1 }""";
        using var folder = new TemporaryFolder();
        Assert.Contains("contains no adapter_model.safetensors", Message(folder), StringComparison.Ordinal);
        Refused(Pair("model.layers.9.self_attn.q_proj", [1, 0], [0, 1]), "model.layers.9.self_attn.q_proj.weight");
        Refused(Pair(Query, [1, 0, 1], [0, 1]), "as a tensor of shape [2, 3]; that of the model is [2, 2]");
        Refused(new SafetensorsBytes().Floats("other.lora_A.weight", [1, 2], 1, 0), "expected names that start with 'base_model.model.'");
        Refused(new SafetensorsBytes().Floats($"base_model.model.{Query}.lora_A.weight", [1, 2], 1, 0), "lora_B.weight\" is missing");
        Refused(
            new SafetensorsBytes().Floats($"base_model.model.{Query}.lora_magnitude_vector", [2], 1, 0),
            "lora_magnitude_vector\" is not supported"
        );
        Refused(new SafetensorsBytes().Floats("base_model.model.lm_head.weight", [1], 1), "\"modules_to_save\"");

        void Refused(SafetensorsBytes adapter, string message)
        {
            Write(folder, Configuration, adapter);
            Assert.Contains(message, Message(folder), StringComparison.Ordinal);
        }
    }

    private static string Message(TemporaryFolder folder)
    {
        using SafetensorsFile weights = SafetensorsFile.Parse(
            new SafetensorsBytes().Floats(Query + ".weight", [2, 2], 1, 2, 3, 4).ToArray(),
            "weights of the test"
        );
        return Assert.Throws<WeightsException>(() => Checkpoint.WithAdapters(weights, [folder.Path])).Message;
    }

    private static SafetensorsBytes Pair(string module, float[] down, float[] up) =>
        new SafetensorsBytes()
            .Floats($"base_model.model.{module}.lora_A.weight", [1, down.Length], down)
            .Floats($"base_model.model.{module}.lora_B.weight", [up.Length, 1], up);

    private static void Write(TemporaryFolder folder, string configuration, SafetensorsBytes weights)
    {
        folder.Write("adapter_config.json", configuration);
        File.WriteAllBytes(folder["adapter_model.safetensors"], weights.ToArray());
    }

    private static WeightsSource Merge(SafetensorsBytes weights, params string[] adapters) =>
        Checkpoint.WithAdapters(SafetensorsFile.Parse(weights.ToArray(), "weights of the test"), adapters);

    private static float[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static double[] Product(
        IReadOnlyList<float> weights,
        float[] up,
        float[] down,
        int rows,
        int columns,
        int rank,
        double scale
    ) =>
        [
            .. Enumerable
                .Range(0, rows * columns)
                .Select(i =>
                    weights[i]
                    + (
                        scale
                        * Enumerable.Range(0, rank).Sum(k => (double)up[((i / columns) * rank) + k] * down[(k * columns) + (i % columns)])
                    )
                ),
        ];

    private static T[] Transposed<T>(T[] values, int rows, int columns) =>
        [.. Enumerable.Range(0, values.Length).Select(i => values[((i % rows) * columns) + (i / rows)])];

    private static void Check(WeightsSource source, string name, double[] expected)
    {
        Assert.True(source.TryGetTensor(name, out TensorView view));
        var actual = new float[view.ElementCount];
        view.CopyTo(actual);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), static pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
