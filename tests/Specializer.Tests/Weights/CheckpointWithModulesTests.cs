using System;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>A checkpoint and those of the modules beside it, as one set of tensors.</summary>
[Feature("checkpoints")]
public sealed class CheckpointWithModulesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modules").FullName;

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("")]
    public void Tensors_of_a_module_have_its_folders_name(string path)
    {
        Write("model.safetensors", "a", 1, 2);
        Write("2_Dense/model.safetensors", "linear.weight", 3, 4, 5);
        using WeightsSource source = Checkpoint.Open(Path.Combine(_folder, path), ["2_Dense"]);
        Assert.Equal(["2_Dense/linear.weight", "a"], source.Names.Order(StringComparer.Ordinal));
        Assert.True(source.TryGetTensor("2_Dense/linear.weight", out TensorView view));
        float[] values = new float[3];
        view.CopyTo(values);
        Assert.Equal("2_Dense/linear.weight", view.Name);
        Assert.Equal([3f, 4, 5], values);
        Assert.True(source.TryGetTensor("a", out _));
        Assert.False(source.TryGetTensor("linear.weight", out _));
        Assert.False(source.TryGetTensor("2_Dense/a", out _));
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.Names);
    }

    /// <summary>The first versions of sentence-transformers kept the transformer beside its modules.</summary>
    [Fact]
    public void A_module_may_stand_beside_the_folder_of_the_checkpoint()
    {
        Write("0_Transformer/model.safetensors", "a", 1);
        Write("2_Dense/model.safetensors", "linear.weight", 3);
        using WeightsSource source = Checkpoint.Open(Path.Combine(_folder, "0_Transformer"), ["../2_Dense"]);
        Assert.Equal(["2_Dense/linear.weight", "a"], source.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        Write("model.safetensors", "a", 1);
        WeightsException exception = Assert.Throws<WeightsException>(() => Checkpoint.Open(_folder, ["2_Dense"]));
        Assert.Contains("2_Dense: the folder does not exist", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_file_is_named()
    {
        Write("model.safetensors", "a", 1);
        Directory.CreateDirectory(Path.Combine(_folder, "2_Dense"));
        Assert.Contains(
            "2_Dense",
            Assert.Throws<WeightsException>(() => Checkpoint.Open(_folder, ["2_Dense"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_tensor_of_the_checkpoint_may_look_like_a_modules()
    {
        Write("model.safetensors", "2_Dense/linear.weight", 1);
        Write("2_Dense/model.safetensors", "linear.weight", 3);
        Assert.Contains(
            "it contains the tensor \"2_Dense/linear.weight\", which has the name of a module's tensor",
            Assert.Throws<WeightsException>(() => Checkpoint.Open(_folder, ["2_Dense"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Two_folders_of_one_name_are_refused()
    {
        Write("model.safetensors", "a", 1);
        Write("2_Dense/model.safetensors", "linear.weight", 3);
        Assert.Throws<ArgumentException>(() => Checkpoint.Open(_folder, ["2_Dense", "./2_Dense"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string file, string tensor, params float[] values)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new SafetensorsBytes().Floats(tensor, [values.Length], values).ToArray());
    }
}
