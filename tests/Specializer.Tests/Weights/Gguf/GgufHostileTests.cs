using System;
using System.IO;
using System.Text;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights.Gguf;

/// <summary>Rules of the format and classes of published crafted files beyond llama.cpp's own list, one malformed file for each.</summary>
[Feature("gguf")]
public sealed class GgufHostileTests
{
    [Theory]
    [InlineData(0, "the file has 0 bytes")]
    [InlineData(23, "the file has 23 bytes. Expected a GGUF file, whose header has at least 24")]
    public void A_file_too_short_for_a_header(int length, string message) => Refuse(new byte[length], message);

    [Fact]
    public void Every_prefix_of_a_file_is_refused()
    {
        byte[] whole = Small().ToArray();
        for (int length = 0; length < whole.Length - 32; length++)
        {
            byte[] prefix = whole[..length];
            Assert.Throws<WeightsException>(() => GgufFile.Parse(prefix, "prefix").Dispose());
        }
    }

    [Fact]
    public void A_big_endian_file_is_named()
    {
        GgufBytes file = Small();
        file.Version = 3u << 24;
        Refuse(file.ToArray(), "the file is big-endian");
    }

    [Fact]
    public void Version_2_is_read()
    {
        GgufBytes file = Small();
        file.Version = 2;
        using GgufFile read = GgufFile.Parse(file.ToArray(), "v2");
        Assert.Equal(2, read.Version);
        Assert.Equal("llama", read.Metadata["general.architecture"].ToText());
    }

    [Theory]
    [InlineData(4, "4 (Q4_2), which ggml has removed")]
    [InlineData(5, "5 (Q4_3), which ggml has removed")]
    [InlineData(31, "31 (Q4_0_4_4), which ggml has removed")]
    [InlineData(32, "32 (Q4_0_4_8), which ggml has removed")]
    [InlineData(33, "33 (Q4_0_8_8), which ggml has removed")]
    [InlineData(36, "36 (IQ4_NL_4_4), which ggml has removed")]
    [InlineData(37, "37 (IQ4_NL_4_8), which ggml has removed")]
    [InlineData(38, "38 (IQ4_NL_8_8), which ggml has removed")]
    [InlineData(-1, "-1, which is no type of ggml")]
    [InlineData(int.MaxValue, "2147483647, which is no type of ggml")]
    public void A_type_that_does_not_exist(int type, string message) =>
        Refuse(Small().ToArray((_, entry) => entry with { Type = type }), message);

    [Fact]
    public void Nested_arrays() =>
        Refuse(
            new GgufBytes()
                .AddArray(
                    "a.b",
                    9,
                    1,
                    static writer =>
                    {
                        writer.Write(4);
                        writer.Write(0L);
                    }
                )
                .ToArray(),
            "nested arrays"
        );

    [Fact]
    public void Strings_of_an_array_that_end_after_the_file() =>
        Refuse(
            new GgufBytes()
                .AddArray(
                    "tokens",
                    8,
                    2,
                    static writer =>
                    {
                        GgufBytes.Text(writer, "good");
                        writer.Write(1L << 40);
                    }
                )
                .ToArray(),
            "has a length of 1099511627776 bytes"
        );

    [Theory]
    [InlineData(8, 1L << 62)]
    [InlineData(6, long.MaxValue)]
    [InlineData(0, -1L)]
    [InlineData(12, (1L << 61) + 1)]
    [InlineData(0, (1L << 30) + 1)]
    public void An_array_longer_than_the_file(int type, long count) =>
        Refuse(new GgufBytes().AddArray("a", type, count, static _ => { }).ToArray(), "values of type");

    [Theory]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1000L)]
    public void Counts_are_compared_with_the_file_before_anything_is_allocated(long count)
    {
        GgufBytes file = Small();
        file.TensorCount = count;
        Refuse(file.ToArray(), "the number of tensors at byte 8 is");
        file = Small();
        file.PairCount = count;
        byte[] contents = file.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refuse(contents, "the number of metadata pairs at byte 16 is");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(uint.MaxValue)]
    public void Alignment_that_is_no_power_of_two(uint alignment) =>
        Refuse(new GgufBytes().Add("general.alignment", alignment).ToArray(), "general.alignment is");

    [Fact]
    public void Alignment_of_two_gigabytes_locates_tensors_after_the_end() =>
        Refuse(
            new GgufBytes().Add("general.alignment", 1u << 31).AddTensor("a", [1f], 1).ToArray(),
            "it ends at byte 2147483652, but the file has"
        );

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public void A_boolean_that_is_neither_0_nor_1(int value)
    {
        Refuse(new GgufBytes().Add("flag", 7, writer => writer.Write((byte)value)).ToArray(), "expected 0 or 1");
        Refuse(
            new GgufBytes()
                .AddArray(
                    "flags",
                    7,
                    3,
                    writer =>
                    {
                        writer.Write((byte)1);
                        writer.Write((byte)value);
                        writer.Write((byte)0);
                    }
                )
                .ToArray(),
            "expected 0 or 1"
        );
    }

    [Fact]
    public void Keys_are_valid_utf_8_without_nul()
    {
        foreach (byte[] key in new byte[][] { [0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0x61, 0, 0x62] })
        {
            Refuse(
                new GgufBytes()
                    .AddRawPair(writer =>
                    {
                        writer.Write((long)key.Length);
                        writer.Write(key);
                        writer.Write(4);
                        writer.Write(1);
                    })
                    .ToArray(),
                "is empty, has a NUL character or is not valid UTF-8"
            );
        }
    }

    [Fact]
    public void A_text_that_is_not_utf_8_is_refused_when_it_is_read()
    {
        byte[] contents = new GgufBytes()
            .Add(
                "general.name",
                8,
                static writer =>
                {
                    writer.Write(2L);
                    writer.Write((byte)0xC0);
                    writer.Write((byte)0x80);
                }
            )
            .ToArray();
        using GgufFile file = GgufFile.Parse(contents, "file");
        WeightsException exception = Assert.Throws<WeightsException>(() => file.Metadata["general.name"].ToText());
        Assert.Contains("\"general.name\" has bytes that are not valid UTF-8", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_no_multiple_of_its_block() =>
        Refuse(
            new GgufBytes().AddTensor("a", 12, new byte[144], 2, 128).ToArray(),
            "Q4_K has blocks of 256 elements, of which the last dimension must be a multiple"
        );

    [Theory]
    [InlineData(1)]
    [InlineData(-32)]
    [InlineData(32)]
    [InlineData(long.MaxValue)]
    public void Offsets_are_consecutive(long shift) =>
        Refuse(
            new GgufBytes()
                .AddTensor("a", [1f], 1)
                .AddTensor("b", [2f], 1)
                .ToArray((index, entry) => entry with { Offset = entry.Offset + (index == 1 ? shift : 0) }),
            "expected 32, the end of the previous tensor rounded up to the alignment of 32"
        );

    [Fact]
    public void Control_characters_of_names_do_not_reach_a_terminal()
    {
        WeightsException exception = Assert.Throws<WeightsException>(() =>
            GgufFile.Parse(Small().ToArray((_, entry) => entry with { Name = "\u001b[2J", Type = 99 }), "file").Dispose()
        );
        Assert.DoesNotContain('\u001b', exception.Message);
        Assert.Contains("\\u001b", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_of_types_that_cannot_be_converted_are_located()
    {
        using GgufFile file = GgufFile.Parse(
            new GgufBytes().AddTensor("odd", 16, new byte[66], 256).AddTensor("a", [1f, 2f], 2).ToArray(),
            "file"
        );
        Assert.Equal("IQ2_XXS", file.Tensors[0].TypeName);
        Assert.Equal([2L], file.Tensors[1].Shape.ToArray());
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_explained()
    {
        using var folder = new TemporaryFolder();
        string missing = Path.Combine(folder.Path, "absent.gguf");
        Assert.Contains(
            "the file does not exist",
            Assert.Throws<WeightsException>(() => GgufFile.Open(missing)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the path is a folder",
            Assert.Throws<WeightsException>(() => GgufFile.Open(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Values_have_the_type_that_is_read()
    {
        using GgufFile file = GgufFile.Parse(
            new GgufBytes()
                .Add("count", 7u)
                .Add("name", "n")
                .Add("share", 0.5f)
                .Add("flag", value: true)
                .Add("big", 10, static writer => writer.Write(ulong.MaxValue))
                .Add("list", [1, 2, 3])
                .Add("words", ["a", "bc"])
                .ToArray(),
            "file"
        );
        Assert.Equal(7, file.Metadata["count"].ToInteger());
        Assert.Equal(0.5, file.Metadata["share"].ToNumber());
        Assert.True(file.Metadata["flag"].ToFlag());
        Assert.Equal(3, file.Metadata["list"].IntegerAt(2));
        var words = new StringBuilder();
        file.Metadata["words"].ForEachText((index, text) => words.Append(index).Append(Encoding.UTF8.GetString(text)));
        Assert.Equal("0a1bc", words.ToString());
        Assert.Throws<WeightsException>(() => file.Metadata["name"].ToInteger());
        Assert.Throws<WeightsException>(() => file.Metadata["big"].ToInteger());
        Assert.Throws<WeightsException>(() => file.Metadata["count"].ToText());
        Assert.Throws<WeightsException>(() => file.Metadata["words"].ToSingles());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Metadata["list"].IntegerAt(3));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Metadata["count"].ToInteger());
    }

    private static GgufBytes Small() =>
        new GgufBytes().Add("general.architecture", "llama").Add("tokens", ["a", "b"]).AddTensor("a", [1f, 2f, 3f, 4f], 2, 2);

    private static void Refuse(byte[] contents, string message)
    {
        WeightsException exception = Assert.Throws<WeightsException>(() => GgufFile.Parse(contents, "file").Dispose());
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("file: ", exception.Message, StringComparison.Ordinal);
    }
}
