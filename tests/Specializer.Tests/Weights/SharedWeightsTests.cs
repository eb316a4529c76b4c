using System;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>Files that other programs wrote: the reference implementation's writer, for every model that results are compared with.</summary>
[Feature("packed-weights")]
public sealed class SharedWeightsTests
{
    [SharedDataFact]
    public void Every_file_of_the_data_folder_is_valid()
    {
        string[] paths = Directory.GetFiles(SharedData.Path(), "*.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Names);
            foreach (string name in file.Names)
            {
                Assert.True(file.TryGetTensor(name, out TensorView view));
                if (view.ElementType is TensorElementType.Float32 or TensorElementType.BFloat16 or TensorElementType.Float16)
                {
                    view.CopyTo(new float[view.ElementCount]);
                }
            }
        }
    }

    [SharedDataFact]
    public void BFloat16_weights_are_the_rounded_float_weights()
    {
        using SafetensorsFile exact = SafetensorsFile.Open(SharedData.Path("goldens", "llama", "model.safetensors"));
        using SafetensorsFile rounded = SafetensorsFile.Open(SharedData.Path("goldens", "llama", "model.bf16.safetensors"));
        Assert.Equal(exact.Names.Order(StringComparer.Ordinal), rounded.Names.Order(StringComparer.Ordinal));
        foreach (string name in exact.Names)
        {
            Assert.True(exact.TryGetTensor(name, out TensorView left));
            Assert.True(rounded.TryGetTensor(name, out TensorView right));
            Assert.Equal(TensorElementType.BFloat16, right.ElementType);
            Assert.Equal(left.Shape.ToArray(), right.Shape.ToArray());
            float[] expected = new float[left.ElementCount];
            float[] found = new float[right.ElementCount];
            left.CopyTo(expected);
            right.CopyTo(found);
            for (int i = 0; i < expected.Length; i++)
            {
                // bfloat16 has 8 significant bits, so rounding to it is off by at most 2^-8 of the value.
                Assert.InRange(MathF.Abs(found[i] - expected[i]), 0, MathF.Abs(expected[i]) / 256);
            }
        }
    }
}
