using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

[Feature("checkpoints")]
public sealed class TensorTableTests
{
    private static readonly TensorTable _table = new(
        [
            new TensorRequirement("model.embed_tokens.weight", 0, 10, 4),
            new TensorRequirement("model.layers.{layer}.mlp.up_proj.weight", 3, 8, 4),
            new TensorRequirement("model.layers.{layer}.norm.weight", 3, 4),
            new TensorRequirement("model.scale", 0),
        ],
        ["lm_head.weight", "model.layers.{layer}.rotary.inv_freq"]
    );

    [Fact]
    public void Weights_that_fit_are_returned_by_requirement_and_layer()
    {
        using SafetensorsFile file = File(Fitting());
        CheckedTensors tensors = _table.Check(file);
        Assert.Equal("model.embed_tokens.weight", tensors.Get(0).Name);
        Assert.Equal("model.scale", tensors.Get(3).Name);
        for (int layer = 0; layer < 3; layer++)
        {
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.mlp.up_proj.weight"),
                tensors.Get(1, layer).Name
            );
            Assert.Equal([4L], tensors.Get(2, layer).Shape.ToArray());
        }

        Assert.Throws<ArgumentOutOfRangeException>("requirement", () => tensors.Get(4));
        Assert.Throws<ArgumentOutOfRangeException>("requirement", () => tensors.Get(-1));
        Assert.Throws<ArgumentOutOfRangeException>("layer", () => tensors.Get(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("layer", () => tensors.Get(1, 3));
        Assert.Throws<ArgumentOutOfRangeException>("layer", () => tensors.Get(1, -1));
    }

    [Fact]
    public void Ignored_tensors_may_be_present_with_any_type_and_shape()
    {
        List<Tensor> tensors = Fitting();
        tensors.Add(new("lm_head.weight", "I8", 3));
        tensors.Add(new("model.layers.0.rotary.inv_freq", "F64", 2));
        tensors.Add(new("model.layers.17.rotary.inv_freq", "F32", 2));
        using SafetensorsFile file = File(tensors);
        _table.Check(file);
    }

    [Theory]
    [InlineData("lm_head.weights")]
    [InlineData("lm_head")]
    [InlineData("model.layers..rotary.inv_freq")]
    [InlineData("model.layers.x.rotary.inv_freq")]
    [InlineData("model.layers.-1.rotary.inv_freq")]
    [InlineData("model.layers.1.2.rotary.inv_freq")]
    [InlineData("model.layers.{layer}.rotary.inv_freq")]
    [InlineData("model.layers.0.rotary.inv_freq2")]
    [InlineData("model.layers.3.norm.weight")]
    [InlineData("model.layers.0.mlp.up_proj.bias")]
    [InlineData("")]
    public void Anything_else_is_an_error(string name)
    {
        List<Tensor> tensors = Fitting();
        tensors.Add(new(name, "F32", 5));
        WeightsException exception = Refuse(tensors);
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal(WeightsProblemKind.UnexpectedTensor, problem.Kind);
        Assert.Equal(name, problem.Tensor);
        Assert.Equal("[5]", problem.Found);
        Assert.Equal(
            $"""
            model.safetensors: the weights do not match the declared model; 1 problem:
              unexpected: "{name}" of shape [5]; the declared model has no such tensor.
            To fix it: compare the declaration with the config.json of these weights (layers, widths, heads, vocabulary, biases, tied embeddings, tensor names), or load the weights of the declared model.
            """,
            exception.Message,
            ignoreLineEndingDifferences: true
        );
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_shape()
    {
        List<Tensor> tensors = Fitting();
        tensors.RemoveAll(tensor => tensor.Name == "model.scale");
        WeightsException exception = Refuse(tensors);
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal(
            new WeightsProblem(WeightsProblemKind.MissingTensor, "model.scale", "missing: \"model.scale\" of shape [].")
            {
                Expected = "[]",
            },
            problem
        );
    }

    [Theory]
    [InlineData("model.embed_tokens.weight", "embed_tokens.weight", new long[] { 10, 4 })]
    [InlineData("model.embed_tokens.weight", "language_tower.text.model.embed_tokens.weight", new long[] { 10, 4 })]
    [InlineData("model.embed_tokens.weight", "model.tok_embeddings.weight", new long[] { 10, 4 })]
    [InlineData("model.embed_tokens.weight", "model.embed_token.weight", new long[] { 10, 5 })]
    [InlineData("model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.w1.weight", new long[] { 8, 4 })]
    [InlineData("model.layers.2.mlp.up_proj.weight", "model.layers.2.ffn.up.weight", new long[] { 8, 4 })]
    public void A_renamed_tensor_is_suggested(string name, string renamed, long[] shape)
    {
        List<Tensor> tensors = Fitting();
        tensors.RemoveAll(tensor => tensor.Name == name);
        tensors.Add(new(renamed, "F32", shape));
        WeightsException exception = Refuse(tensors);
        Assert.Equal(
            [WeightsProblemKind.MissingTensor, WeightsProblemKind.UnexpectedTensor],
            exception.Problems.Select(problem => problem.Kind)
        );
        Assert.Equal(renamed, exception.Problems[0].Suggestion);
        Assert.Contains(
            $"Did you mean \"{renamed}\" of shape [{string.Join(", ", shape)}], which the model does not read?",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_tensor_of_another_kind_is_not_suggested()
    {
        List<Tensor> tensors = Fitting();
        tensors.RemoveAll(tensor => tensor.Name == "model.embed_tokens.weight");
        tensors.Add(new("vision.patches.projection.bias", "F32", 7));
        Assert.Null(Refuse(tensors).Problems[0].Suggestion);
    }

    [Fact]
    public void Each_missing_tensor_gets_the_suggestion_of_its_own_layer()
    {
        List<Tensor> tensors =
        [
            .. Fitting().Select(tensor => tensor with { Name = tensor.Name.Replace("up_proj", "fc1", StringComparison.Ordinal) }),
        ];
        WeightsException exception = Refuse(tensors);
        Assert.Equal(
            ["model.layers.0.mlp.fc1.weight", "model.layers.1.mlp.fc1.weight", "model.layers.2.mlp.fc1.weight"],
            exception.Problems.Where(problem => problem.Kind == WeightsProblemKind.MissingTensor).Select(problem => problem.Suggestion)
        );
    }

    [Fact]
    public void A_wrong_shape_says_what_was_expected_and_found()
    {
        WeightsException exception = Refuse([
            .. Fitting().Select(tensor => tensor.Name == "model.layers.1.norm.weight" ? tensor with { Shape = [5] } : tensor),
        ]);
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal(WeightsProblemKind.WrongShape, problem.Kind);
        Assert.Equal("model.layers.1.norm.weight", problem.Tensor);
        Assert.Equal("[4]", problem.Expected);
        Assert.Equal("[5]", problem.Found);
        Assert.Equal("wrong shape: \"model.layers.1.norm.weight\": expected [4], found [5].", problem.Message);
    }

    [Theory]
    [InlineData(new long[] { 4, 10 }, " The file contains the transpose.")]
    [InlineData(new long[] { 40 }, "")]
    [InlineData(new long[] { 10, 4, 1 }, "")]
    [InlineData(new long[] { 11, 4 }, "")]
    [InlineData(new long[] { 0, 4 }, "")]
    [InlineData(new long[] { }, "")]
    public void Only_the_exact_shape_will_do(long[] shape, string remark)
    {
        WeightsException exception = Refuse([
            .. Fitting().Select(tensor => tensor.Name == "model.embed_tokens.weight" ? tensor with { Shape = shape } : tensor),
        ]);
        Assert.Equal(
            $"wrong shape: \"model.embed_tokens.weight\": expected [10, 4], found [{string.Join(", ", shape)}].{remark}",
            Assert.Single(exception.Problems).Message
        );
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("BF16")]
    [InlineData("F16")]
    public void The_types_that_are_converted_fit(string type)
    {
        using SafetensorsFile file = File(WithEmbeddingsOf(type));
        _table.Check(file);
    }

    [Theory]
    [InlineData("F64")]
    [InlineData("I64")]
    [InlineData("U8")]
    [InlineData("F8_E4M3")]
    public void Only_the_types_that_are_converted_fit(string type)
    {
        WeightsException exception = Refuse(WithEmbeddingsOf(type));
        Assert.Equal(
            $"""
            model.safetensors: the weights do not match the declared model; 1 problem:
              unsupported type: "model.embed_tokens.weight": expected F32, BF16 or F16, found {type}.
            To fix it: convert the tensors to F32, BF16 or F16 and save them again (in Python: tensor.to(torch.bfloat16), then safetensors.torch.save_file).
            """,
            exception.Message,
            ignoreLineEndingDifferences: true
        );
    }

    [Fact]
    public void All_problems_are_told_at_once_and_what_recurs_in_every_layer_once()
    {
        List<Tensor> tensors =
        [
            new("embed_tokens.weight", "F32", 10, 4),
            .. Enumerable
                .Range(0, 3)
                .SelectMany(layer =>
                    (Tensor[])
                        [
                            new($"model.layers.{layer}.mlp.up_proj.weight", "F32", 4, 8),
                            new($"model.layers.{layer}.mlp.up_proj.bias", "F32", 8),
                            new($"model.layers.{layer}.norm.weight", "F64", 4),
                        ]
                ),
            new("model.scale", "I64", 2),
        ];
        WeightsException exception = Refuse(tensors);
        Assert.Equal(13, exception.ProblemCount);
        Assert.Equal(13, exception.Problems.Count);
        Assert.Equal(
            """
            model.safetensors: the weights do not match the declared model; 13 problems:
              missing: "model.embed_tokens.weight" of shape [10, 4]. Did you mean "embed_tokens.weight" of shape [10, 4], which the model does not read?
              wrong shape: "model.layers.0.mlp.up_proj.weight": expected [8, 4], found [4, 8]. The file contains the transpose. The same in 2 more layers.
              unsupported type: "model.layers.0.norm.weight": expected F32, BF16 or F16, found F64. The same in 2 more layers.
              wrong shape: "model.scale": expected [], found [2].
              unsupported type: "model.scale": expected F32, BF16 or F16, found I64.
              unexpected: "embed_tokens.weight" of shape [10, 4]; the declared model has no such tensor.
              unexpected: "model.layers.0.mlp.up_proj.bias" of shape [8]; the declared model has no such tensor. The same in 2 more layers.
            To fix it: compare the declaration with the config.json of these weights (layers, widths, heads, vocabulary, biases, tied embeddings, tensor names), or load the weights of the declared model. Also convert the tensors to F32, BF16 or F16 and save them again (in Python: tensor.to(torch.bfloat16), then safetensors.torch.save_file).
            """,
            exception.Message,
            ignoreLineEndingDifferences: true
        );
    }

    [Fact]
    public void A_message_has_at_most_twenty_problems_and_the_count_of_the_rest()
    {
        WeightsException exception = Refuse([.. Fitting(), .. Enumerable.Range(0, 1500).Select(i => new Tensor($"extra{i}", "U8", 1))]);
        Assert.Equal(1500, exception.ProblemCount);
        Assert.Equal(1000, exception.Problems.Count);
        Assert.Equal(20, exception.Message.Split('\n').Count(line => line.StartsWith("  unexpected: ", StringComparison.Ordinal)));
        Assert.Contains("\n  and 1480 more.\n", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_number_of_names_does_not_make_the_search_for_suggestions_slow()
    {
        TensorTable table = new(
            [.. Enumerable.Range(0, 200).Select(i => new TensorRequirement(new string((char)('a' + (i % 26)), 150) + i, 0, 4))],
            []
        );
        using SafetensorsFile file = File([
            .. Enumerable.Range(0, 5000).Select(i => new Tensor(new string((char)('A' + (i % 26)), 150) + i, "U8", 1)),
        ]);
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal(5200, Assert.Throws<WeightsException>(() => table.Check(file)).ProblemCount);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_table_that_contradicts_itself_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new TensorTable([new TensorRequirement("a", 2, 1)], []));
        Assert.Throws<ArgumentException>(() => new TensorTable([new TensorRequirement("a.{layer}", 0, 1)], []));
        Assert.Throws<ArgumentException>(() => new TensorTable([new TensorRequirement("a.{layer}", -1, 1)], []));
        Assert.Throws<ArgumentException>(() => new TensorTable([new TensorRequirement("a", 0, -1)], []));
        Assert.Throws<ArgumentException>(() => new TensorTable([new TensorRequirement("a", 0, 1), new TensorRequirement("a", 0, 1)], []));
        Assert.Throws<ArgumentException>(() =>
            new TensorTable([new TensorRequirement("a.{layer}", 3, 1), new TensorRequirement("a.2", 0, 1)], [])
        );
        Assert.Equal([new TensorRequirement("a", 0, 1, 2)], new TensorTable([new TensorRequirement("a", 0, 1, 2)], []).Required);
        Assert.NotEqual(new TensorRequirement("a", 0, 1, 2), new TensorRequirement("a", 0, 2, 1));
    }

    private static List<Tensor> WithEmbeddingsOf(string type) =>
        [.. Fitting().Select(tensor => tensor.Name == "model.embed_tokens.weight" ? tensor with { Type = type } : tensor)];

    private static List<Tensor> Fitting() =>
        [
            new("model.embed_tokens.weight", "F32", 10, 4),
            .. Enumerable
                .Range(0, 3)
                .SelectMany(layer =>
                    (Tensor[])
                        [
                            new(string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.mlp.up_proj.weight"), "BF16", 8, 4),
                            new(string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.norm.weight"), "F16", 4),
                        ]
                ),
            new("model.scale", "F32"),
        ];

    private static SafetensorsFile File(IEnumerable<Tensor> tensors)
    {
        SafetensorsBytes bytes = new();
        foreach (Tensor tensor in tensors)
        {
            bytes.Zeros(tensor.Name, tensor.Type, tensor.Shape);
        }

        return SafetensorsFile.Parse(bytes.ToArray(), "model.safetensors");
    }

    private static WeightsException Refuse(IEnumerable<Tensor> tensors)
    {
        using SafetensorsFile file = File(tensors);
        WeightsException exception = Assert.Throws<WeightsException>(() => _table.Check(file));
        Assert.Equal("model.safetensors", exception.Description);
        return exception;
    }

    private sealed record Tensor(string Name, string Type, params long[] Shape);
}
