using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

[Feature("safetensors")]
public sealed unsafe class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specializer-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_valid_file_gives_its_tensors_in_file_order_and_its_metadata()
    {
        byte[] contents = new SafetensorsBytes()
            .Metadata("format", "pt")
            .Floats("z", [2, 3], 1, 2, 3, 4, 5, 6)
            .Floats("a", [2], 7, 8)
            .ToArray();
        using SafetensorsFile file = SafetensorsFile.Parse(contents, "embedded");

        Assert.Equal("embedded", file.Description);
        Assert.Equal(["z", "a"], file.Names);
        Assert.Equal(new KeyValuePair<string, string>("format", "pt"), Assert.Single(file.Metadata));
        Assert.True(file.TryGetTensor("z", out TensorView view));
        Assert.Equal("z", view.Name);
        Assert.Equal(TensorElementType.Float32, view.ElementType);
        Assert.Equal([2L, 3L], view.Shape.ToArray());
        Assert.Equal(6, view.ElementCount);
        Assert.Equal(24, view.ByteLength);
        float[] values = new float[6];
        view.CopyTo(values);
        Assert.Equal([1, 2, 3, 4, 5, 6], values);
        Assert.False(file.TryGetTensor("Z", out _));
        Assert.False(file.TryGetTensor("__metadata__", out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    public void Tensors_may_lie_at_any_alignment(int alignment)
    {
        byte[] contents = new SafetensorsBytes()
            .Tensor("odd", "U8", [1], [1])
            .Floats("values", [3], 1.5f, -2.5f, float.MaxValue)
            .ToArray(alignment);
        using SafetensorsFile file = SafetensorsFile.Parse(contents, "file");
        float[] values = new float[3];
        Assert.True(file.TryGetTensor("values", out TensorView view));
        view.CopyTo(values);
        Assert.Equal([1.5f, -2.5f, float.MaxValue], values);
    }

    [Fact]
    public void Empty_and_scalar_tensors_and_files_without_tensors_are_legal()
    {
        using SafetensorsFile none = SafetensorsFile.Parse(SafetensorsBytes.File("{}"), "file");
        Assert.Empty(none.Names);
        Assert.Empty(none.Metadata);

        using SafetensorsFile file = SafetensorsFile.Parse(
            new SafetensorsBytes().Floats("empty", [0, 5]).Floats("scalar", [], 42).Floats("also empty", [7, 0]).ToArray(),
            "file"
        );
        Assert.True(file.TryGetTensor("scalar", out TensorView scalar));
        float[] value = new float[1];
        scalar.CopyTo(value);
        Assert.Equal(42, value[0]);
        Assert.Equal(1, scalar.ElementCount);
        Assert.True(scalar.Shape.IsEmpty);
        Assert.True(file.TryGetTensor("empty", out TensorView empty));
        Assert.Equal(0, empty.ByteLength);
        empty.CopyTo([]);
    }

    [Fact]
    public void The_order_of_the_header_is_free_and_white_space_may_follow_it()
    {
        string header =
            "{"
            + SafetensorsBytes.Entry("second", "U8", "[3]", "[2,5]")
            + ",\n "
            + SafetensorsBytes.Entry("first", "U8", "[2]", "[0,2]")
            + "}   \n";
        using SafetensorsFile file = SafetensorsFile.Parse(SafetensorsBytes.File(header, 5), "file");
        Assert.Equal(["first", "second"], file.Names);
    }

    [Theory]
    [InlineData("F32", TensorElementType.Float32, 32)]
    [InlineData("BF16", TensorElementType.BFloat16, 16)]
    [InlineData("F16", TensorElementType.Float16, 16)]
    [InlineData("F64", TensorElementType.Float64, 64)]
    [InlineData("I64", TensorElementType.Int64, 64)]
    [InlineData("I32", TensorElementType.Int32, 32)]
    [InlineData("I16", TensorElementType.Int16, 16)]
    [InlineData("I8", TensorElementType.Int8, 8)]
    [InlineData("U64", TensorElementType.UInt64, 64)]
    [InlineData("U32", TensorElementType.UInt32, 32)]
    [InlineData("U16", TensorElementType.UInt16, 16)]
    [InlineData("U8", TensorElementType.UInt8, 8)]
    [InlineData("BOOL", TensorElementType.Boolean, 8)]
    [InlineData("F8_E4M3", TensorElementType.Float8E4M3, 8)]
    [InlineData("F8_E5M2", TensorElementType.Float8E5M2, 8)]
    [InlineData("F8_E8M0", TensorElementType.Float8E8M0, 8)]
    [InlineData("F8_E4M3FNUZ", TensorElementType.Float8E4M3Fnuz, 8)]
    [InlineData("F8_E5M2FNUZ", TensorElementType.Float8E5M2Fnuz, 8)]
    [InlineData("F6_E2M3", TensorElementType.Float6E2M3, 6)]
    [InlineData("F6_E3M2", TensorElementType.Float6E3M2, 6)]
    [InlineData("F4", TensorElementType.Float4, 4)]
    [InlineData("C64", TensorElementType.Complex64, 64)]
    public void Every_element_type_of_the_format_is_known(string name, TensorElementType type, int bits)
    {
        // Eight elements fill whole bytes in every type.
        byte[] contents = SafetensorsBytes.File(
            "{" + SafetensorsBytes.Entry("x", name, "[8]", string.Create(CultureInfo.InvariantCulture, $"[0,{bits}]")) + "}",
            bits
        );
        using SafetensorsFile file = SafetensorsFile.Parse(contents, "file");
        Assert.True(file.TryGetTensor("x", out TensorView view));
        Assert.Equal(type, view.ElementType);
        Assert.Equal(bits, view.ByteLength);
        Assert.Equal(name, TensorElementTypes.Name(type));
        Assert.Contains(name, TensorElementTypes.KnownNames.Split(", "));
    }

    [Fact]
    public void Every_element_type_of_the_enumeration_has_a_size_and_a_name_that_parses()
    {
        foreach (TensorElementType type in Enum.GetValues<TensorElementType>())
        {
            Assert.InRange(TensorElementTypes.Bits(type), 4, 64);
            Assert.True(TensorElementTypes.TryParse(TensorElementTypes.Name(type), out TensorElementType parsed));
            Assert.Equal(type, parsed);
        }
    }

    [Fact]
    public void Open_maps_the_same_tensors_that_Parse_reads()
    {
        byte[] contents = new SafetensorsBytes()
            .Metadata("k", "v")
            .Floats("a", [3], 1, 2, 3)
            .Zeros("b", "BF16", 1000, 7)
            .Floats("c", [1], 4)
            .ToArray();
        string path = Write("model.safetensors", contents);
        using SafetensorsFile opened = SafetensorsFile.Open(path);
        using SafetensorsFile parsed = SafetensorsFile.Parse(contents, "memory");
        Assert.Equal(path, opened.Description);
        Assert.Equal(parsed.Names, opened.Names);
        Assert.Equal(parsed.Metadata, opened.Metadata);
        foreach (string name in parsed.Names)
        {
            Assert.True(opened.TryGetTensor(name, out TensorView left));
            Assert.True(parsed.TryGetTensor(name, out TensorView right));
            Assert.Equal(right.Shape.ToArray(), left.Shape.ToArray());
            Assert.True(
                new ReadOnlySpan<byte>(left.Data, (int)left.ByteLength).SequenceEqual(
                    new ReadOnlySpan<byte>(right.Data, (int)right.ByteLength)
                )
            );
        }
    }

    [Fact]
    public void A_file_is_opened_twice_and_replaced_after_it_is_disposed()
    {
        string path = Write("model.safetensors", new SafetensorsBytes().Floats("a", [1], 1).ToArray());
        using (SafetensorsFile first = SafetensorsFile.Open(path))
        using (SafetensorsFile second = SafetensorsFile.Open(path))
        {
            Assert.Equal(first.Names, second.Names);
        }

        File.WriteAllBytes(path, SafetensorsBytes.File("{}"));
        using SafetensorsFile replaced = SafetensorsFile.Open(path);
        Assert.Empty(replaced.Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_dispose_everything_that_would_read_throws(bool mapped)
    {
        byte[] contents = new SafetensorsBytes().Floats("a", [2, 2], 1, 2, 3, 4).Floats("empty", [0]).ToArray();
        SafetensorsFile file = mapped
            ? SafetensorsFile.Open(Write("model.safetensors", contents))
            : SafetensorsFile.Parse(contents, "memory");
        Assert.True(file.TryGetTensor("a", out TensorView view));
        Assert.True(file.TryGetTensor("empty", out TensorView empty));
        file.Dispose();
        file.Dispose();

        float[] values = new float[4];
        Assert.Throws<ObjectDisposedException>(() => file.TryGetTensor("a", out _));
        Assert.Throws<ObjectDisposedException>(() => file.Names);
        Assert.Throws<ObjectDisposedException>(() => view.CopyTo(values));
        Assert.Throws<ObjectDisposedException>(() => view.CopyRowTo(0, values));
        Assert.Throws<ObjectDisposedException>(() => view.CopyRangeTo(1, values.AsSpan(0, 1)));
        Assert.Throws<ObjectDisposedException>(() => (nint)view.Data);
        Assert.Throws<ObjectDisposedException>(() => empty.CopyTo([]));
        Assert.Throws<ObjectDisposedException>(() => new TensorTable([new TensorRequirement("a", 0, 2, 2)], ["empty"]).Check(file));
        Assert.All(values, value => Assert.Equal(0, value));
        Assert.Equal([2L, 2L], view.Shape.ToArray());
    }

    [Fact]
    public void A_view_keeps_the_memory_of_a_file_that_nobody_disposed()
    {
        TensorView view = ViewOfForgottenFile(Write("model.safetensors", new SafetensorsBytes().Floats("a", [2], 1, 2).ToArray()));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        float[] values = new float[2];
        view.CopyTo(values);
        Assert.Equal([1, 2], values);

        static TensorView ViewOfForgottenFile(string path)
        {
            Assert.True(SafetensorsFile.Open(path).TryGetTensor("a", out TensorView view));
            return view;
        }
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_an_error_with_the_path_in_it()
    {
        string path = Path.Combine(_folder, "absent.safetensors");
        WeightsException exception = Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path));
        Assert.Equal(path, exception.Description);
        Assert.Equal(WeightsProblemKind.Unreadable, Assert.Single(exception.Problems).Kind);
        Assert.StartsWith($"{path}: the file does not exist.", exception.Message, StringComparison.Ordinal);
        Assert.IsType<FileNotFoundException>(exception.InnerException);

        string deeper = Path.Combine(_folder, "absent", "model.safetensors");
        Assert.IsType<DirectoryNotFoundException>(Assert.Throws<WeightsException>(() => SafetensorsFile.Open(deeper)).InnerException);
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Open(""));
        Assert.Throws<ArgumentNullException>(() => SafetensorsFile.Open(null!));
    }

    [Fact]
    public void A_folder_is_an_error_that_says_what_to_pass_instead()
    {
        WeightsException exception = Assert.Throws<WeightsException>(() => SafetensorsFile.Open(_folder));
        Assert.Equal(
            $"{_folder}: the path is a folder. Expected a file: pass the .safetensors file in it, or open the folder with Checkpoint.Open.",
            exception.Message
        );
    }

    [Theory]
    [InlineData(0, "the file is empty")]
    [InlineData(1, "the file has 1 bytes")]
    [InlineData(7, "the file has 7 bytes")]
    [InlineData(8, "the header must begin with '{'")]
    public void A_file_that_is_too_short_is_refused_on_disk_as_in_memory(int length, string message)
    {
        string path = Write("model.safetensors", new byte[length]);
        WeightsException opened = Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path));
        WeightsException parsed = Assert.Throws<WeightsException>(() => SafetensorsFile.Parse(new byte[length], path));
        Assert.StartsWith($"{path}: {message}", opened.Message, StringComparison.Ordinal);
        Assert.Equal(opened.Message, parsed.Message);
        Assert.Equal(WeightsProblemKind.Malformed, Assert.Single(opened.Problems).Kind);

        // A rejected file is closed.
        File.WriteAllBytes(path, []);
    }

    [Fact]
    public void A_header_of_very_many_tensors_is_read_quickly()
    {
        const int count = 100_000;
        string header =
            "{"
            + string.Join(
                ',',
                Enumerable.Range(0, count).Select(i => SafetensorsBytes.Entry($"layers.{i}.weight", "U8", "[1]", $"[{i},{i + 1}]"))
            )
            + "}";
        byte[] contents = SafetensorsBytes.File(header, count);
        long start = Environment.TickCount64;
        using SafetensorsFile file = SafetensorsFile.Parse(contents, "file");
        Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
        Assert.Equal(count, file.Names.Count);
    }

    private string Write(string name, byte[] contents)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, contents);
        return path;
    }
}
