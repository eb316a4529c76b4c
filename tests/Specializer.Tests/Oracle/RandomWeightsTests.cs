using System;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Oracle;

[Feature("oracle")]
public sealed class RandomWeightsTests
{
    private static readonly DecoderArchitecture Architecture = GoldenArchitectures.Gpt2 with { VocabularySize = 400 };

    [Fact]
    public void The_names_and_shapes_are_the_architectures()
    {
        using RandomWeights weights = new(Architecture, seed: 1);

        Assert.Equal(Architecture.Tensors().Select(tensor => tensor.Name), weights.Names);
        foreach (OracleTensor tensor in Architecture.Tensors())
        {
            Assert.True(weights.TryGetTensor(tensor.Name, out TensorView view));
            Assert.Equal(tensor.Name, view.Name);
            Assert.Equal(TensorElementType.Float32, view.ElementType);
            Assert.Equal(tensor.Shape, view.Shape.ToArray());
        }

        Assert.False(weights.TryGetTensor("model.layers.2.input_layernorm.weight", out _));
    }

    [Fact]
    public void The_seed_decides_every_value()
    {
        using RandomWeights first = new(Architecture, seed: 1);
        using RandomWeights same = new(Architecture, seed: 1);
        using RandomWeights other = new(Architecture, seed: 2);

        OracleWeights expected = OracleWeights.Read(first);
        OracleWeights repeated = OracleWeights.Read(same);
        OracleWeights different = OracleWeights.Read(other);
        foreach (string name in first.Names)
        {
            Assert.Equal(expected.Get(name), repeated.Get(name));
            Assert.NotEqual(expected.Get(name), different.Get(name));
        }
    }

    [Theory]
    [InlineData("model.embed_tokens.weight", 0, 0.102)] // 1/√96
    [InlineData("model.layers.1.mlp.down_proj.weight", 0, 0.051)] // 1/√384
    [InlineData("model.layers.1.mlp.up_proj.bias", 0, 0.2)]
    [InlineData("model.norm.weight", 1, 0.2)]
    [InlineData("model.norm.bias", 0, 0.2)]
    public void Values_are_spread_as_their_kind_asks(string name, double expectedMean, double expectedDeviation)
    {
        using RandomWeights weights = new(Architecture, seed: 1);
        double[] values = OracleWeights.Read(weights).Get(name);

        double mean = values.Average();
        double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));

        double standardError = expectedDeviation / Math.Sqrt(values.Length);
        Assert.InRange(mean, expectedMean - 4 * standardError, expectedMean + 4 * standardError);
        Assert.InRange(deviation, expectedDeviation - 4 * standardError, expectedDeviation + 4 * standardError);
        Assert.All(values, value => Assert.Equal(value, (float)value));
    }

    [Fact]
    public void Disposed_weights_are_read_no_longer()
    {
        RandomWeights weights = new(Architecture, seed: 1);
        Assert.True(weights.TryGetTensor("model.norm.weight", out TensorView view));
        weights.Dispose();

        Assert.Throws<ObjectDisposedException>(() => view.CopyTo(new float[Architecture.Width]));
        Assert.Throws<ObjectDisposedException>(() => weights.TryGetTensor("model.norm.weight", out _));
    }
}
