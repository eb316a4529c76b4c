using System;
using System.IO;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Specializer.Tests.Oracle;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>Weights that do not belong to the declaration: the error names the tensor.</summary>
[Feature("checkpoints")]
public sealed class WrongWeightsTests
{
    private const string KeyWeight = "model.layers.1.self_attn.k_proj.weight";

    [Fact]
    public void A_missing_tensor_is_named()
    {
        WeightsException exception = Refused([KeyWeight]);
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal(WeightsProblemKind.MissingTensor, problem.Kind);
        Assert.Equal(KeyWeight, problem.Tensor);
        Assert.Equal("[24, 96]", problem.Expected);
        Assert.Contains("altered weights", exception.Message, StringComparison.Ordinal);
        Assert.Contains(KeyWeight, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_tensor_is_named_with_its_likely_name()
    {
        WeightsException exception = Refused([KeyWeight], ("model.layers.1.self_attn.key_proj.weight", [24, 96]));
        WeightsProblem missing = Assert.Single(exception.Problems, problem => problem.Kind == WeightsProblemKind.MissingTensor);
        Assert.Equal("model.layers.1.self_attn.key_proj.weight", missing.Suggestion);
        Assert.Single(exception.Problems, problem => problem.Kind == WeightsProblemKind.UnexpectedTensor);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named()
    {
        WeightsProblem problem = Assert.Single(Refused([], (KeyWeight, [96, 24])).Problems);
        Assert.Equal(WeightsProblemKind.WrongShape, problem.Kind);
        Assert.Equal(KeyWeight, problem.Tensor);
        Assert.Equal(("[24, 96]", "[96, 24]"), (problem.Expected, problem.Found));
    }

    [Fact]
    public void A_tensor_that_the_declaration_lacks_is_named()
    {
        WeightsProblem problem = Assert.Single(Refused([], ("model.layers.0.self_attn.q_proj.bias", [96])).Problems);
        Assert.Equal(WeightsProblemKind.UnexpectedTensor, problem.Kind);
        Assert.Equal("model.layers.0.self_attn.q_proj.bias", problem.Tensor);
    }

    [Fact]
    public void A_layer_more_and_a_layer_less_are_told()
    {
        DecoderArchitecture deeper = DeclaredModels.LlamaGolden.Architecture with { Layers = 3 };
        using RandomWeights more = new(deeper, seed: 1);
        WeightsException exception = Assert.Throws<WeightsException>(() => LlamaGolden.Load(more));
        Assert.All(exception.Problems, problem => Assert.Equal(WeightsProblemKind.UnexpectedTensor, problem.Kind));
        Assert.All(exception.Problems, problem => Assert.Contains(".2.", problem.Tensor, StringComparison.Ordinal));

        using RandomWeights less = new(deeper with { Layers = 1 }, seed: 1);
        exception = Assert.Throws<WeightsException>(() => LlamaGolden.Load(less));
        Assert.All(exception.Problems, problem => Assert.Equal(WeightsProblemKind.MissingTensor, problem.Kind));
        Assert.All(exception.Problems, problem => Assert.Contains(".1.", problem.Tensor, StringComparison.Ordinal));
    }

    [Fact]
    public void Tensors_that_carry_nothing_of_their_own_may_be_there()
    {
        using RandomWeights weights = DeclaredModels.BiasedReGlu.RandomWeights();
        using AlteredWeights more = new(weights, [], ("model.layers.0.self_attn.rotary_emb.inv_freq", [4]));
        using BiasedReGlu model = BiasedReGlu.Load(more);

        // A stored output matrix of zeros is not the embeddings once more.
        using AlteredWeights other = new(weights, [], ("lm_head.weight", [509, 72]));
        WeightsProblem different = Assert.Single(Assert.Throws<WeightsException>(() => BiasedReGlu.Load(other)).Problems);
        Assert.Equal((WeightsProblemKind.CopiesDiffer, "lm_head.weight"), (different.Kind, different.Tensor));

        // A separate output matrix is required.
        WeightsException exception = Refused(["lm_head.weight"]);
        Assert.Equal("lm_head.weight", Assert.Single(exception.Problems).Tensor);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_by_its_path()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "no such folder", "model.safetensors");
        WeightsException exception = Assert.Throws<WeightsException>(() => LlamaGolden.Load(path));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [SharedDataFact]
    public void A_checkpoint_of_another_model_is_refused_by_all_its_tensors()
    {
        string path = SharedData.Path("goldens", "llama", "model.safetensors");
        WeightsException exception = Assert.Throws<WeightsException>(() => Stories260K.Load(path));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            exception.Problems,
            problem =>
                problem
                    is {
                        Kind: WeightsProblemKind.WrongShape,
                        Tensor: "model.embed_tokens.weight",
                        Expected: "[512, 64]",
                        Found: "[509, 96]"
                    }
        );
        Assert.Contains(
            exception.Problems,
            problem => problem is { Kind: WeightsProblemKind.MissingTensor, Tensor: "model.layers.4.mlp.gate_proj.weight" }
        );

        // The tied declaration has the name of the matrix, which is compared with the embeddings only if they fit.
        Assert.DoesNotContain(exception.Problems, problem => problem.Tensor == "lm_head.weight");
        Assert.Equal(exception.Problems.Count, exception.Problems.Select(problem => problem.Tensor).Distinct().Count());
    }

    private static WeightsException Refused(string[] removed, params (string Name, long[] Shape)[] added)
    {
        using RandomWeights weights = DeclaredModels.LlamaGolden.RandomWeights();
        using AlteredWeights altered = new(weights, removed, added);
        return Assert.Throws<WeightsException>(() => LlamaGolden.Load(altered));
    }
}
