using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>A checkpoint is not held in memory beside the weights that are packed from it.</summary>
[Feature("memory")]
[Feature("packed-weights")]
public sealed unsafe class ResidentPagesTests : IDisposable
{
    private const int Rows = 4096;
    private const int Inputs = 2048;
    private const int Megabyte = 1 << 20;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("specializer-pages-").FullName, "model.safetensors");

    public ResidentPagesTests()
    {
        float[] values = [.. Enumerable.Range(0, Rows * Inputs).Select(static i => Value(i))];
        File.WriteAllBytes(_path, new SafetensorsBytes().Floats("matrix", [Rows, Inputs], values).Zeros("vector", "F32", Rows).ToArray());
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [LinuxFact]
    public void Pages_that_were_only_read_stay_until_the_file_is_closed()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        Matrix(file).CopyTo(new float[Rows * Inputs]);
        Assert.InRange(ResidentBytes(), 32 * Megabyte, 33 * Megabyte);
    }

    [LinuxFact]
    public void Packed_panels_let_the_pages_of_their_rows_go()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        using AlignedBuffer packed = AlignedBuffer.Allocate((long)Rows * Inputs * sizeof(float));
        WeightPacking.Panels(packed.Address, InstructionSet.Avx512, Rows, Inputs, [Matrix(file)]);
        Assert.InRange(ResidentBytes(), 0, Megabyte);
        AssertPacked(packed, static (output, input) => Value((output * Inputs) + input), Rows, Inputs);

        // Reading twice gives the same: released pages are read from the file again.
        WeightPacking.Panels(packed.Address, InstructionSet.Avx512, Rows, Inputs, [Matrix(file)]);
        AssertPacked(packed, static (output, input) => Value((output * Inputs) + input), Rows, Inputs);
    }

    [LinuxFact]
    public void Packed_columns_let_the_pages_of_their_tensor_go()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        using AlignedBuffer packed = AlignedBuffer.Allocate((long)Rows * Inputs * sizeof(float));
        TensorSlice columns = new(Matrix(file), Inputs, 0, Inputs, Inputs, inputsFirst: true);
        WeightPacking.Panels(packed.Address, InstructionSet.Avx512, Inputs, Rows, [columns]);
        Assert.InRange(ResidentBytes(), 0, Megabyte);
        AssertPacked(packed, static (output, input) => Value((input * Inputs) + output), Inputs, Rows);
    }

    [LinuxFact]
    public void Rows_and_vectors_let_their_pages_go()
    {
        const int Stride = Inputs + 16;
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        using AlignedBuffer packed = AlignedBuffer.Allocate((long)Rows * Stride * sizeof(float));
        WeightPacking.Rows(packed.Address, Stride, Matrix(file));
        Assert.InRange(ResidentBytes(), 0, Megabyte);
        for (int row = 0; row < Rows; row++)
        {
            Assert.Equal(Value(row * Inputs), packed.Address[(long)row * Stride]);
            Assert.Equal(Value((row * Inputs) + Inputs - 1), packed.Address[((long)row * Stride) + Inputs - 1]);
        }

        Assert.True(file.TryGetTensor("vector", out TensorView vector));
        long before = ResidentBytes();
        WeightPacking.Vectors(packed.Address, [vector]);
        Assert.InRange(ResidentBytes(), 0, before);
    }

    [Fact]
    public void Tensors_that_are_no_mapped_file_keep_their_contents()
    {
        using SafetensorsFile file = SafetensorsFile.Parse(File.ReadAllBytes(_path), "in memory");
        using AlignedBuffer packed = AlignedBuffer.Allocate((long)Rows * Inputs * sizeof(float));
        for (int turn = 0; turn < 2; turn++)
        {
            new Span<byte>(packed.Address, (int)packed.ByteLength).Clear();
            WeightPacking.Panels(packed.Address, InstructionSet.Avx512, Rows, Inputs, [Matrix(file)]);
            AssertPacked(packed, static (output, input) => Value((output * Inputs) + input), Rows, Inputs);
        }
    }

    private static float Value(int index) => index % 65_521;

    private static TensorView Matrix(SafetensorsFile file)
    {
        Assert.True(file.TryGetTensor("matrix", out TensorView matrix));
        return matrix;
    }

    private static void AssertPacked(AlignedBuffer packed, Func<int, int, float> value, int outputs, int inputs)
    {
        const int Width = 32;
        for (int output = 0; output < outputs; output++)
        {
            float* panel = packed.Address + ((long)(output / Width) * Width * inputs) + (output % Width);
            for (int input = 0; input < inputs; input += 61)
            {
                Assert.Equal(value(output, input), panel[(long)input * Width]);
            }
        }
    }

    /// <summary>The size of the file's resident part in this process, as the system counts it.</summary>
    private long ResidentBytes()
    {
        bool ours = false;
        long bytes = 0;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && words[0].Contains('-', StringComparison.Ordinal) && words[0][^1] != ':')
            {
                ours = line.EndsWith(_path, StringComparison.Ordinal);
            }
            else if (ours && words[0] == "Rss:")
            {
                bytes += 1024 * long.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }

        return bytes;
    }

    /// <summary>A fact that depends on Linux's statistics of a process's memory.</summary>
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux is told which pages are not needed any more.";
    }
}
