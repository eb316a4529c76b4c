using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights.Gguf;

/// <summary>Every element type of GGUF that can be converted, against ggml's own functions, bit for bit.</summary>
[Feature("gguf")]
public sealed unsafe class DequantizationTests
{
    public static TheoryData<int, string> Types =>
        new()
        {
            { 1, "F16" },
            { 30, "BF16" },
            { 2, "Q4_0" },
            { 3, "Q4_1" },
            { 6, "Q5_0" },
            { 7, "Q5_1" },
            { 8, "Q8_0" },
            { 10, "Q2_K" },
            { 11, "Q3_K" },
            { 12, "Q4_K" },
            { 13, "Q5_K" },
            { 14, "Q6_K" },
            { 20, "IQ4_NL" },
            { 23, "IQ4_XS" },
            { 39, "MXFP4" },
        };

    [GgmlTheory]
    [MemberData(nameof(Types))]
    public void Random_blocks_have_the_bits_of_ggml(int id, string name)
    {
        Assert.True(GgufType.TryFind(id, out GgufType type));
        Assert.Equal(name, type.Name);
        Assert.True(type.IsReadable);
        const int Blocks = 2000;
        var random = new Random(id);
        byte[] source = new byte[Blocks * type.BlockBytes];

        // Random bytes contain scales that are subnormal, infinite or no number, Q6_K scales of -128 and E8M0 of 0 and 255.
        random.NextBytes(source);
        if (id == 39)
        {
            for (int block = 0; block < 256; block++)
            {
                source[block * type.BlockBytes] = (byte)block;
            }
        }

        Compare(GgmlLibrary.ToFloats(id, source, Blocks * type.BlockElements), type, source);
    }

    [GgmlTheory]
    [MemberData(nameof(Types))]
    public void Blocks_that_ggml_quantizes_have_the_bits_of_ggml(int id, string name)
    {
        Assert.True(GgufType.TryFind(id, out GgufType type), name);
        var random = new Random(id);
        float[] values = [.. Enumerable.Range(0, 16 * 256).Select(i => (random.NextSingle() - 0.5f) * (i % 512 == 0 ? 30 : 2))];
        byte[] source = GgmlLibrary.Quantize(id, values, 512);
        float[] expected = GgmlLibrary.ToFloats(id, source, values.Length);
        Assert.InRange(values.Zip(expected, static (value, stored) => Math.Abs(value - stored)).Max(), 0, 6);
        Compare(expected, type, source);
    }

    [SharedDataTheory]
    [InlineData("Q2_K")]
    [InlineData("Q4_K")]
    [InlineData("Q5_K")]
    [InlineData("Q6_K")]
    public void The_fixture_has_the_values_of_its_reference(string name)
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("fixtures", "kquant_gguf", "reference.json")));
        float[] expected =
        [
            .. reference.RootElement.GetProperty("dequant").GetProperty(name).EnumerateArray().Select(static item => item.GetSingle()),
        ];
        using GgufFile file = GgufFile.Open(SharedData.Path("fixtures", "kquant_gguf", "tiny_kquant.gguf"));
        GgufTensor tensor = file.Tensors.Single(tensor => tensor.TypeName == name);
        Assert.Equal(expected.Length, tensor.ElementCount);
        float[] actual = new float[tensor.ElementCount];
        Dequantization.Run(tensor.Type, file.Contents.Start + file.DataStart + tensor.Offset, actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(34)]
    [InlineData(40)]
    public void Other_types_are_not_converted(int id)
    {
        Assert.True(GgufType.TryFind(id, out GgufType type));
        Assert.False(type.IsReadable);
    }

    private static void Compare(float[] expected, GgufType type, byte[] source)
    {
        float[] actual = new float[expected.Length];
        fixed (byte* start = source)
        {
            Dequantization.Run(type, start, actual);
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsNaN(expected[i]) || !float.IsNaN(actual[i]))
            {
                Assert.True(
                    BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                    $"{type.Name}, element {i}: expected {expected[i]:R}, found {actual[i]:R}"
                );
            }
        }
    }
}
