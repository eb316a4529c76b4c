using System;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

[Feature("checkpoints")]
[Feature("weight-storage")]
public sealed unsafe class TensorViewTests
{
    [Fact]
    public void Every_half_is_converted_as_the_framework_does_it()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65_536).Select(value => (ushort)value)];
        float[] values = Convert("F16", MemoryMarshal.AsBytes<ushort>(bits));
        for (int i = 0; i < bits.Length; i++)
        {
            AssertSame((float)BitConverter.UInt16BitsToHalf(bits[i]), values[i]);
        }
    }

    [Fact]
    public void Every_bfloat16_is_the_upper_half_of_its_float()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65_536).Select(value => (ushort)value)];
        float[] values = Convert("BF16", MemoryMarshal.AsBytes<ushort>(bits));
        for (int i = 0; i < bits.Length; i++)
        {
            Assert.Equal((uint)bits[i] << 16, BitConverter.SingleToUInt32Bits(values[i]));
        }
    }

    [Fact]
    public void Single_elements_are_converted_to_the_same_bits_as_vectors_of_them()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65_536).Select(value => (ushort)value)];
        foreach (string type in (string[])["F16", "BF16"])
        {
            using SafetensorsFile file = SafetensorsFile.Parse(
                new SafetensorsBytes().Tensor("x", type, [65_536], MemoryMarshal.AsBytes<ushort>(bits)).ToArray(),
                "file"
            );
            Assert.True(file.TryGetTensor("x", out TensorView view));
            float[] vectors = new float[65_536];
            view.CopyTo(vectors);
            for (int i = 0; i < vectors.Length; i++)
            {
                float single = 0;
                view.CopyRangeTo(i, new Span<float>(ref single));
                Assert.Equal(BitConverter.SingleToUInt32Bits(vectors[i]), BitConverter.SingleToUInt32Bits(single));
            }
        }
    }

    [Fact]
    public void Floats_are_copied_bit_by_bit()
    {
        uint[] bits =
        [
            0,
            0x8000_0000,
            1,
            0x807F_FFFF,
            0x0080_0000,
            0x7F7F_FFFF,
            0x7F80_0000,
            0xFF80_0000,
            0x7FC0_0000,
            0x7F80_0001,
            0xFFFF_FFFF,
        ];
        float[] values = Convert("F32", MemoryMarshal.AsBytes<uint>(bits));
        Assert.Equal(bits, values.Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData("F16", (ushort)0x0001, 5.9604645e-8f)]
    [InlineData("F16", (ushort)0x83FF, -6.097555e-5f)]
    [InlineData("F16", (ushort)0x7BFF, 65504f)]
    [InlineData("F16", (ushort)0x7C00, float.PositiveInfinity)]
    [InlineData("F16", (ushort)0xFC00, float.NegativeInfinity)]
    [InlineData("F16", (ushort)0x7E00, float.NaN)]
    [InlineData("F16", (ushort)0x7C01, float.NaN)]
    [InlineData("BF16", (ushort)0x3FC0, 1.5f)]
    [InlineData("BF16", (ushort)0x0001, 9.1835e-41f)]
    [InlineData("BF16", (ushort)0xFF80, float.NegativeInfinity)]
    [InlineData("BF16", (ushort)0x7FC0, float.NaN)]
    public void Edges_of_the_16_bit_types(string type, ushort bits, float expected)
    {
        float[] values = Convert(type, MemoryMarshal.AsBytes<ushort>(Enumerable.Repeat(bits, 67).ToArray()));
        Assert.All(values, value => AssertSame(expected, value));
    }

    [Theory]
    [InlineData("F32", 4)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    public void Rows_are_those_of_the_whole_tensor(string type, int bytes)
    {
        // 37 is no multiple of any vector length, and the odd byte before the tensor leaves every row unaligned.
        byte[] data = new byte[5 * 37 * bytes];
        new Random(1).NextBytes(data);
        using SafetensorsFile file = SafetensorsFile.Parse(
            new SafetensorsBytes().Zeros("odd", "U8", 1).Tensor("x", type, [5, 37], data).ToArray(),
            "file"
        );
        Assert.True(file.TryGetTensor("x", out TensorView view));
        float[] whole = new float[5 * 37];
        view.CopyTo(whole);
        float[] row = new float[40];
        Assert.Equal(37, view.RowLength);
        for (int i = 0; i < 5; i++)
        {
            row.AsSpan().Fill(7);
            view.CopyRowTo(i, row);
            Assert.Equal(whole.AsSpan(i * 37, 37), row.AsSpan(0, 37));
            Assert.Equal([7, 7, 7], row.AsSpan(37));
        }
    }

    [Theory]
    [InlineData(new long[] { 4 }, 1)]
    [InlineData(new long[] { }, 1)]
    [InlineData(new long[] { 2, 3, 5 }, 15)]
    [InlineData(new long[] { 0, 6 }, 6)]
    [InlineData(new long[] { 6, 0 }, 0)]
    public void A_row_is_all_of_one_index_of_the_first_dimension(long[] shape, long length)
    {
        using SafetensorsFile file = SafetensorsFile.Parse(new SafetensorsBytes().Zeros("x", "F32", shape).ToArray(), "file");
        Assert.True(file.TryGetTensor("x", out TensorView view));
        Assert.Equal(length, view.RowLength);
        long rows = shape.Length == 0 ? 1 : shape[0];
        for (int row = 0; row < rows; row++)
        {
            view.CopyRowTo(row, new float[length]);
        }

        Assert.Throws<ArgumentOutOfRangeException>("row", () => view.CopyRowTo(rows, new float[length]));
        Assert.Throws<ArgumentOutOfRangeException>("row", () => view.CopyRowTo(-1, new float[length]));
    }

    [Fact]
    public void Nothing_beyond_the_tensor_or_the_destination_is_touched()
    {
        using SafetensorsFile file = SafetensorsFile.Parse(new SafetensorsBytes().Floats("x", [2, 3], 1, 2, 3, 4, 5, 6).ToArray(), "file");
        Assert.True(file.TryGetTensor("x", out TensorView view));
        float[] values = new float[8];
        view.CopyTo(values);
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 0], values);
        view.CopyRangeTo(4, values.AsSpan(0, 2));
        Assert.Equal([5, 6, 3, 4, 5, 6, 0, 0], values);
        view.CopyRangeTo(6, []);

        Assert.Throws<ArgumentException>("destination", () => view.CopyTo(new float[5]));
        Assert.Throws<ArgumentException>("destination", () => view.CopyRowTo(0, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>("start", () => view.CopyRangeTo(5, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>("start", () => view.CopyRangeTo(-1, new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>("start", () => view.CopyRangeTo(long.MaxValue, new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>("start", () => view.CopyRangeTo(0, new float[7]));
    }

    [Fact]
    public void Other_element_types_are_not_converted()
    {
        using SafetensorsFile file = SafetensorsFile.Parse(new SafetensorsBytes().Zeros("x", "I64", 2).ToArray(), "file");
        Assert.True(file.TryGetTensor("x", out TensorView view));
        Assert.Equal(
            "Tensor \"x\" has elements of type I64; only F32, BF16 and F16 can be converted to float. Convert the tensor before saving it.",
            Assert.Throws<NotSupportedException>(() => view.CopyTo(new float[2])).Message
        );
    }

    [Fact]
    public void A_view_of_other_memory_computes_its_size_from_its_shape()
    {
        using AlignedBuffer buffer = AlignedBuffer.Allocate(24);
        buffer.Address[5] = 3;
        TensorView view = new("x", TensorElementType.Float32, [2, 3], (byte*)buffer.Address, buffer);
        Assert.Equal(24, view.ByteLength);
        float[] values = new float[6];
        view.CopyTo(values);
        Assert.Equal([0, 0, 0, 0, 0, 3], values);
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.CopyTo(values));

        Assert.Throws<ArgumentException>("shape", () => new TensorView("x", TensorElementType.Float32, [-1], null, null));
        Assert.Throws<ArgumentException>("shape", () => new TensorView("x", TensorElementType.Float32, [1L << 32, 1L << 32], null, null));
        Assert.Throws<ArgumentException>("shape", () => new TensorView("x", TensorElementType.Float4, [1], null, null));
    }

    private static float[] Convert(string type, ReadOnlySpan<byte> data)
    {
        int bytes = type == "F32" ? 4 : 2;
        using SafetensorsFile file = SafetensorsFile.Parse(
            new SafetensorsBytes().Tensor("x", type, [data.Length / bytes], data).ToArray(),
            "file"
        );
        Assert.True(file.TryGetTensor("x", out TensorView view));
        float[] values = new float[data.Length / bytes];
        view.CopyTo(values);
        return values;
    }

    private static void AssertSame(float expected, float actual)
    {
        if (float.IsNaN(expected))
        {
            Assert.True(float.IsNaN(actual), string.Create(CultureInfo.InvariantCulture, $"expected NaN, found {actual}"));
            return;
        }

        Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(actual));
    }
}
