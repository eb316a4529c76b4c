using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>The names that checkpoints have for the tensors of one table.</summary>
[Feature("tensor-names")]
public sealed class TensorNamingTests
{
    private static readonly TensorNaming s_naming = new()
    {
        BasePrefix = "model.",
        Wrappers = ["language_model.", "model.language_model."],
        Ignored = ["*.inv_freq", "model.layers.{layer}.attn.bias", "score.*"],
        OutputMatrix = "lm_head.weight",
    };

    private static readonly TensorTable s_table = new(
        [
            new("model.embed.weight", 0, 3, 2) { Copies = ["lm_head.weight", "model.shared.weight"] },
            new("model.layers.{layer}.norm.weight", 2, 2),
            new("model.layers.{layer}.norm.bias", 2, 2),
            new("model.layers.{layer}.qkv.weight", 2, 4, 2)
            {
                Parts =
                [
                    new("model.layers.{layer}.q.weight", 0, 2),
                    new("model.layers.{layer}.k.weight", 2, 1),
                    new("model.layers.{layer}.v.weight", 3, 1),
                ],
            },
            new("model.layers.{layer}.gate.weight", 2, 1, 2) { PartOf = new("model.layers.{layer}.gate_up.weight", 0, 3) },
            new("model.layers.{layer}.up.weight", 2, 2, 2) { PartOf = new("model.layers.{layer}.gate_up.weight", 1, 3) },
            new("head.bias", 0, 1, 3) { ZeroIfAbsent = true },
            new("head.weight", 0, 3, 2) { Substitutes = ["model.embed.weight"] },
        ],
        s_naming
    );

    private static readonly string[] s_plain =
    [
        "model.embed.weight",
        "head.bias",
        "head.weight",
        .. new[] { 0, 1 }.SelectMany(layer =>
            new[] { "norm.weight", "norm.bias", "qkv.weight", "gate.weight", "up.weight" }.Select(name => $"model.layers.{layer}.{name}")
        ),
    ];

    [Theory]
    [InlineData("model.", "")]
    [InlineData("", "")]
    [InlineData("model.model.", "")]
    [InlineData("model.model.", "model.")]
    [InlineData("language_model.model.", "language_model.")]
    [InlineData("language_model.", "")]
    [InlineData("language_model.", "language_model.")]
    [InlineData("model.language_model.", "")]
    [InlineData("model.language_model.model.", "")]
    public void A_prefix_is_there_or_not_or_twice(string body, string head)
    {
        Assert.Equal(
            Values(File(s_plain)),
            Values(
                File(s_plain, name => name.StartsWith("model.", StringComparison.Ordinal) ? body + name["model.".Length..] : head + name)
            )
        );
    }

    [Fact]
    public void One_prefix_holds_for_the_whole_file()
    {
        WeightsException exception = Refuse(File(s_plain, static name => name == "model.layers.1.norm.bias" ? "layers.1.norm.bias" : name));
        Assert.Equal(
            [(WeightsProblemKind.MissingTensor, "model.layers.1.norm.bias"), (WeightsProblemKind.UnexpectedTensor, "layers.1.norm.bias")],
            exception.Problems.Select(static problem => (problem.Kind, problem.Tensor!))
        );
        Assert.Equal("layers.1.norm.bias", exception.Problems[0].Suggestion);
        Assert.Contains("If it is this tensor, name it with [TensorNames].", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gamma_and_beta_are_the_weight_and_bias_of_norms()
    {
        Assert.Equal(
            Values(File(s_plain)),
            Values(
                File(
                    s_plain,
                    static name =>
                        name.Replace("norm.weight", "norm.gamma", StringComparison.Ordinal)
                            .Replace("norm.bias", "norm.beta", StringComparison.Ordinal)
                )
            )
        );
        Assert.Equal(
            "model.embed.gamma",
            Refuse(File(s_plain, static name => name.Replace("embed.weight", "embed.gamma", StringComparison.Ordinal))).Problems[^1].Tensor
        );
    }

    [Fact]
    public void A_missing_weight_is_no_bias()
    {
        WeightsException exception = Refuse(
            File(
                [.. s_plain.Where(static name => name != "model.layers.0.norm.weight")],
                static name => name == "model.layers.0.norm.bias" ? "model.layers.0.norn.bias" : name
            )
        );
        Assert.Equal(
            [null, "model.layers.0.norn.bias"],
            exception
                .Problems.Where(static problem => problem.Kind == WeightsProblemKind.MissingTensor)
                .Select(static problem => problem.Suggestion)
        );
    }

    [Theory]
    [InlineData("lm_head.weight")]
    [InlineData("model.shared.weight")]
    public void Any_copy_stands_for_the_others(string copy)
    {
        string expected = Values(File(s_plain));
        Assert.Equal(expected, Values(File(s_plain, name => name == "model.embed.weight" ? copy : name)));
        Assert.Equal(expected, Values(File([.. s_plain, copy])));
        Assert.Equal(expected, Values(File([.. s_plain, copy], type: name => name == copy ? "BF16" : "F32")));
        Assert.Equal(expected, Values(File([.. s_plain, copy], type: name => name == "model.embed.weight" ? "F16" : "F32")));
    }

    [Fact]
    public void A_copy_that_differs_is_refused_with_what_to_do()
    {
        WeightsException exception = Refuse(
            File([.. s_plain, "lm_head.weight"], change: static (name, values) => values[^1] += name == "lm_head.weight" ? 1 : 0)
        );
        Assert.Equal(
            """
            model.safetensors: the weights do not match the declared model; 1 problem:
              differs: the model has tied embeddings, but the stored output matrix "lm_head.weight" is not "model.embed.weight": found 7 at [2, 1], expected 6.
            To fix it: to use the checkpoint's output matrix, declare TiedEmbeddings = false (in the config.json: "tie_word_embeddings": false); to use the embeddings, save the checkpoint without the output matrix.
            """,
            exception.Message,
            ignoreLineEndingDifferences: true
        );
        Assert.Equal(WeightsProblemKind.CopiesDiffer, Assert.Single(exception.Problems).Kind);
        Assert.Equal(
            WeightsProblemKind.CopiesDiffer,
            Assert
                .Single(
                    Refuse(File([.. s_plain, "lm_head.weight"], shape: static name => name == "lm_head.weight" ? [2, 3] : null)).Problems
                )
                .Kind
        );
        Assert.Equal(
            WeightsProblemKind.UnsupportedElementType,
            Assert
                .Single(Refuse(File([.. s_plain, "lm_head.weight"], type: static name => name == "lm_head.weight" ? "I8" : "F32")).Problems)
                .Kind
        );
    }

    [Fact]
    public void Copies_are_compared_by_value_to_their_last_element()
    {
        foreach (int at in new[] { 0, 16383, 16384, 16385, 40000, 49999 })
        {
            float[] left =
            [
                .. Enumerable
                    .Range(0, 50000)
                    .Select(static i =>
                        i % 7 == 0 ? float.NaN
                        : i % 5 == 0 ? 0f
                        : i
                    ),
            ];
            float[] right = [.. left.Select(static value => value == 0 ? -0f : value)];
            using SafetensorsFile same = SafetensorsFile.Parse(
                new SafetensorsBytes().Floats("a", [50000], left).Floats("b", [50000], right).ToArray(),
                "same"
            );
            Assert.Equal(-1, TensorComparison.FirstDifference(View(same, "a"), View(same, "b")));
            right[at] = 0.5f;
            using SafetensorsFile other = SafetensorsFile.Parse(
                new SafetensorsBytes().Floats("a", [50000], left).Floats("b", [50000], right).ToArray(),
                "other"
            );
            Assert.Equal(at, TensorComparison.FirstDifference(View(other, "a"), View(other, "b")));
        }
    }

    [Fact]
    public void Aliases_of_the_metadata_are_followed_once()
    {
        Assert.Equal(
            Values(File(s_plain)),
            Values(File(s_plain, static name => name == "model.embed.weight" ? "kept" : name, metadata: ("model.embed.weight", "kept")))
        );
        WeightsException exception = Refuse(
            File(
                s_plain,
                static name => name == "model.embed.weight" ? "kept" : name,
                metadata: ("model.embed.weight", "model.embed.weight")
            )
        );
        Assert.Equal("kept", exception.Problems[^1].Tensor);
    }

    [Fact]
    public void An_absent_tensor_is_zeros_or_its_substitute_where_the_table_says_so()
    {
        using SafetensorsFile file = File([.. s_plain.Where(static name => !name.StartsWith("head.", StringComparison.Ordinal))]);
        CheckedTensors tensors = s_table.Check(file);
        Assert.Equal([0, 0, 0], Floats(tensors.Get(6)));
        Assert.Equal([1, 3], tensors.Get(6).Shape.ToArray());
        Assert.Equal(Floats(tensors.Get(0)), Floats(tensors.Get(7)));
    }

    [Fact]
    public void Projections_may_be_fused_or_apart()
    {
        string[] names =
        [
            .. s_plain.Where(static name =>
                !name.Contains("gate", StringComparison.Ordinal)
                && !name.Contains("up.", StringComparison.Ordinal)
                && !name.Contains("qkv", StringComparison.Ordinal)
            ),
        ];
        string[] parts =
        [
            .. new[] { 0, 1 }.SelectMany(static layer =>
                new[] { "q", "k", "v", "gate_up" }.Select(part => $"model.layers.{layer}.{part}.weight")
            ),
        ];
        using SafetensorsFile file = File([.. names, .. parts]);
        CheckedTensors tensors = s_table.Check(file);
        for (int layer = 0; layer < 2; layer++)
        {
            float[] Part(string name) => Floats(View(file, $"model.layers.{layer}.{name}.weight"));
            Assert.Equal([.. Part("q"), .. Part("k"), .. Part("v")], Floats(tensors.Get(3, layer)));
            Assert.Equal([4, 2], tensors.Get(3, layer).Shape.ToArray());
            Assert.Equal(Part("gate_up")[..2], Floats(tensors.Get(4, layer)));
            Assert.Equal(Part("gate_up")[2..], Floats(tensors.Get(5, layer)));
            Assert.Equal([2, 2], tensors.Get(5, layer).Shape.ToArray());
        }

        Assert.Equal(
            "model.layers.1.k.weight",
            Refuse(File([.. names, .. parts.Where(static name => name != "model.layers.1.k.weight")])).Problems[0].Tensor
        );
        Assert.Equal(
            "[1, 2]",
            Refuse(File([.. names, .. parts], shape: static name => name == "model.layers.1.k.weight" ? [2, 1] : null)).Problems[0].Expected
        );
        Assert.Equal(
            "[3, 2]",
            Refuse(File([.. names, .. parts], shape: static name => name == "model.layers.1.gate_up.weight" ? [2, 3] : null))
                .Problems[0]
                .Expected
        );
        Assert.Equal(
            WeightsProblemKind.UnsupportedElementType,
            Refuse(File([.. names, .. parts], type: static name => name == "model.layers.1.v.weight" ? "I8" : "F32")).Problems[0].Kind
        );
    }

    [Theory]
    [InlineData("model.layers.0.q.weight")]
    [InlineData("model.layers.0.gate_up.weight")]
    public void Fused_and_apart_is_one_too_many(string name)
    {
        WeightsProblem problem = Assert.Single(Refuse(File([.. s_plain, name])).Problems);
        Assert.Equal((WeightsProblemKind.UnexpectedTensor, name), (problem.Kind, problem.Tensor));
    }

    [Theory]
    [InlineData("inv_freq", true)]
    [InlineData("any.where.inv_freq", true)]
    [InlineData("model.layers.7.attn.bias", true)]
    [InlineData("score.weight", true)]
    [InlineData("score.", true)]
    [InlineData("xinv_freq", false)]
    [InlineData("model.layers.x.attn.bias", false)]
    [InlineData("layers.7.attn.bias", false)]
    [InlineData("scores.weight", false)]
    [InlineData("inv_freq.weight", false)]
    public void Names_that_nothing_reads_are_left_out(string name, bool left)
    {
        if (left)
        {
            Values(File([.. s_plain, name]));
        }
        else
        {
            Assert.Equal(name, Assert.Single(Refuse(File([.. s_plain, name])).Problems).Tensor);
        }
    }

    [Fact]
    public void What_is_left_out_has_the_files_prefix_too()
    {
        Values(File([.. s_plain, "model.layers.7.attn.bias"], static name => name.Replace("model.", "", StringComparison.Ordinal)));
        Values(File([.. s_plain, "model.layers.7.attn.bias", "score.weight"], static name => "language_model." + name));
    }

    [Fact]
    public void A_hostile_number_of_names_takes_no_time()
    {
        string[] extra =
        [
            .. Enumerable.Range(0, 100_000).Select(static i => FormattableString.Invariant($"model.layers.{i}.attn.bias.{i}")),
        ];
        using SafetensorsFile file = File([.. s_plain[1..], .. extra]);
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal(100_001, Assert.Throws<WeightsException>(() => s_table.Check(file)).ProblemCount);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_table_whose_alternatives_contradict_each_other_is_refused()
    {
        static void Refused(params TensorRequirement[] required) =>
            Assert.Throws<ArgumentException>(() => new TensorTable(required, new TensorNaming()));
        TensorRequirement other = new("b", 0, 1, 1);
        Refused(other, new("a", 0, 1, 1) { Copies = ["b"] });
        Refused(other, new("a", 0, 1, 1) { PartOf = new("b", 0, 1) });
        Refused(other, new("a", 0, 1, 1) { Parts = [new("b", 0, 1)] });
        Refused(new TensorRequirement("a", 0, 2, 1) { Parts = [new("b", 0, 1)] });
        Refused(new TensorRequirement("a", 0, 2, 1) { Parts = [new("b", 0, 1), new("c", 0, 1)] });
        Refused(new TensorRequirement("a", 0, 2, 1) { PartOf = new("b", 1, 2) });
        Refused(new TensorRequirement("a", 0) { PartOf = new("b", 0, 2) });
    }

    /// <summary>All that the table reads, as text.</summary>
    private static string Values(SafetensorsFile file)
    {
        using (file)
        {
            CheckedTensors tensors = s_table.Check(file);
            return string.Join(
                '\n',
                s_table.Required.SelectMany(
                    (requirement, i) =>
                        Enumerable
                            .Range(0, Math.Max(1, requirement.Layers))
                            .Select(layer => string.Join(' ', Floats(tensors.Get(i, layer))))
                )
            );
        }
    }

    private static WeightsException Refuse(SafetensorsFile file)
    {
        using (file)
        {
            return Assert.Throws<WeightsException>(() => s_table.Check(file));
        }
    }

    /// <summary>A file whose tensors have values by the first name of them that they are called by: embeddings and their copies have the same.</summary>
    private static SafetensorsFile File(
        IReadOnlyCollection<string> names,
        Func<string, string>? rename = null,
        Func<string, string>? type = null,
        Func<string, long[]?>? shape = null,
        Action<string, float[]>? change = null,
        (string Key, string Text)? metadata = null
    )
    {
        SafetensorsBytes bytes = new();
        int number = 0;
        foreach (string name in names)
        {
            long[] own = Shape(name);
            bool isEmbedding = name is "model.embed.weight" or "lm_head.weight" or "model.shared.weight";
            float[] values =
            [
                .. Enumerable
                    .Range(1, (int)own.Aggregate(1L, static (product, size) => product * size))
                    .Select(i => isEmbedding ? i : i + (10 * number)),
            ];
            change?.Invoke(name, values);
            byte[] data = (type?.Invoke(name) ?? "F32") switch
            {
                "BF16" =>
                [
                    .. values.SelectMany(static value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))),
                ],
                "F16" => [.. values.SelectMany(static value => BitConverter.GetBytes((Half)value))],
                "I8" => new byte[values.Length],
                _ => [.. values.SelectMany(BitConverter.GetBytes)],
            };
            bytes.Tensor(rename?.Invoke(name) ?? name, type?.Invoke(name) ?? "F32", shape?.Invoke(name) ?? own, data);
            number++;
        }

        if (metadata is { } alias)
        {
            bytes.Metadata(alias.Key, alias.Text);
        }

        return SafetensorsFile.Parse(bytes.ToArray(), "model.safetensors");
    }

    private static long[] Shape(string name) =>
        name switch
        {
            "model.embed.weight" or "lm_head.weight" or "model.shared.weight" or "head.weight" => [3, 2],
            "head.bias" => [1, 3],
            _ when name.EndsWith(".norm.weight", StringComparison.Ordinal) || name.EndsWith(".norm.bias", StringComparison.Ordinal) => [2],
            _ when name.EndsWith(".qkv.weight", StringComparison.Ordinal) => [4, 2],
            _ when name.EndsWith(".gate_up.weight", StringComparison.Ordinal) => [3, 2],
            _ when name.EndsWith(".q.weight", StringComparison.Ordinal) || name.EndsWith(".up.weight", StringComparison.Ordinal) => [2, 2],
            _ when name.StartsWith("model.layers.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal) =>
            [
                1,
                2,
            ],
            _ => [1],
        };

    private static TensorView View(SafetensorsFile file, string name) =>
        file.TryGetTensor(name, out TensorView view) ? view : throw new KeyNotFoundException(name);

    private static float[] Floats(TensorView view)
    {
        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }
}
