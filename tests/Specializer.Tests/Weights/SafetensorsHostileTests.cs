using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights;

/// <summary>
/// One malformed file for each rule of the format: each is rejected, with a message that describes the problem and its location.
/// </summary>
[Feature("safetensors")]
public sealed class SafetensorsHostileTests
{
    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF, "a header of 18446744073709551615 bytes; the format allows 100000000")]
    [InlineData(0x8000_0000_0000_0000, "a header of 9223372036854775808 bytes; the format allows 100000000")]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF, "the format allows 100000000")]
    [InlineData(0x1_0000_0002, "the format allows 100000000")]
    [InlineData(100_000_001, "the format allows 100000000")]
    [InlineData(100_000_000, "a header of 100000000 bytes, but only 2 bytes follow")]
    [InlineData(3, "a header of 3 bytes, but only 2 bytes follow")]
    [InlineData(0, "must begin with '{' (0x7B); found no header at all")]
    [InlineData(1, "not valid JSON")]
    public void Header_length(ulong length, string message)
    {
        byte[] contents = SafetensorsBytes.File("{}");
        BinaryPrimitives.WriteUInt64LittleEndian(contents, length);
        Refuse(contents, null, message);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:", "run 'git lfs pull'")]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0", "This is a GGUF file")]
    [InlineData("PK\u0003\u0004\0\0\b\b\0\0", "PyTorch (pickle) file")]
    [InlineData("\u0080\u0002\u008A\nl\u00FC\u009CF\u00F9 j\u00A8P\u0019.", "PyTorch (pickle) file")]
    [InlineData("{\"metadata\": {\"total_size\": 1}}", "text file (JSON or HTML)")]
    [InlineData("<!DOCTYPE html><html></html>", "text file (JSON or HTML)")]
    [InlineData("something else entirely", "not a safetensors file, or it is damaged")]
    public void Files_of_other_kinds_are_named(string contents, string message) =>
        Refuse(Encoding.Latin1.GetBytes(contents), null, message);

    [Theory]
    [InlineData("", "found no header at all")]
    [InlineData(" {}", "found 0x20")]
    [InlineData("[]", "found 0x5B")]
    [InlineData("\uFEFF{}", "found 0xEF")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{}x", "not valid JSON")]
    [InlineData("{}{}", "not valid JSON")]
    [InlineData("{}\0", "not valid JSON")]
    [InlineData("{,}", "not valid JSON")]
    [InlineData("{\"a\"}", "not valid JSON")]
    [InlineData("{\"a\":}", "not valid JSON")]
    [InlineData("{a:1}", "not valid JSON")]
    [InlineData("{} // comment", "not valid JSON")]
    [InlineData("{/**/}", "not valid JSON")]
    [InlineData("{\"__metadata__\":{},}", "not valid JSON")]
    [InlineData("{\"__metadata__\":{\"a\":\"\u0001\"}}", "not valid JSON")]
    [InlineData("{\"__metadata__\":{\"a\":\"\\x\"}}", "not valid JSON")]
    public void Header_is_one_JSON_object(string header, string message) => Refuse(SafetensorsBytes.File(header), null, message);

    [Fact]
    public void Header_is_valid_UTF8()
    {
        byte[] header = [.. "{\"__metadata__\":{\"a\":\""u8, 0xC3, 0x28, .. "\"}}"u8];
        Refuse(SafetensorsBytes.File(header, []), null, "not valid UTF-8");
        Refuse(SafetensorsBytes.File("{\"__metadata__\":{\"a\":\"\\ud800\"}}"), null, "an unpaired escaped surrogate");
        Refuse(SafetensorsBytes.File("{\"\\udc00\":1}"), null, "an unpaired escaped surrogate");
        Refuse(SafetensorsBytes.File("{\"a\":{\"dtype\":\"\\ud800\"}}"), "a", "an unpaired escaped surrogate");
        Refuse(SafetensorsBytes.File("{\"a\":{\"shape\\ud800\":[]}}"), "a", "an unpaired escaped surrogate");
    }

    [Theory]
    [InlineData("{\"a\":1}", "found the number \"1\"")]
    [InlineData("{\"a\":null}", "found null")]
    [InlineData("{\"a\":true}", "found a boolean")]
    [InlineData("{\"a\":\"x\"}", "found a string")]
    [InlineData("{\"a\":[]}", "found an array")]
    [InlineData("{\"a\":{}}", "the key dtype is missing")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}", "the key shape is missing")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}", "the key data_offsets is missing")]
    [InlineData("{\"a\":{\"dtype\":1}}", "dtype must be a string; found the number \"1\"")]
    [InlineData("{\"a\":{\"dtype\":[\"F32\"]}}", "dtype must be a string; found an array")]
    [InlineData("{\"a\":{\"dtype\":\"f32\"}}", "dtype must be one of F32, BF16, F16")]
    [InlineData("{\"a\":{\"dtype\":\"\"}}", "found \"\"")]
    [InlineData("{\"a\":{\"dtype\":\"F128\"}}", "found \"F128\"")]
    [InlineData("{\"a\":{\"shape\":4}}", "shape must be an array; found the number \"4\"")]
    [InlineData("{\"a\":{\"shape\":{}}}", "shape must be an array; found an object")]
    [InlineData("{\"a\":{\"shape\":[\"4\"]}}", "shape must contain integers from 0 to 2^63 - 1; found a string")]
    [InlineData("{\"a\":{\"shape\":[[4]]}}", "shape must contain integers from 0 to 2^63 - 1; found an array")]
    [InlineData("{\"a\":{\"shape\":[null]}}", "found null")]
    [InlineData("{\"a\":{\"shape\":[-1]}}", "found the number \"-1\"")]
    [InlineData("{\"a\":{\"shape\":[-0]}}", "found the number \"-0\"")]
    [InlineData("{\"a\":{\"shape\":[1.0]}}", "found the number \"1.0\"")]
    [InlineData("{\"a\":{\"shape\":[1e2]}}", "found the number \"1e2\"")]
    [InlineData("{\"a\":{\"shape\":[9223372036854775808]}}", "found the number \"9223372036854775808\"")]
    [InlineData("{\"a\":{\"data_offsets\":[0,1,2]}}", "data_offsets must have at most 2 numbers")]
    [InlineData("{\"a\":{\"data_offsets\":[-8,0]}}", "data_offsets must contain integers")]
    [InlineData("{\"a\":{\"data_offsets\":null}}", "data_offsets must be an array; found null")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}", "data_offsets must be two numbers")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[]}}", "data_offsets must be two numbers")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"strides\":[1]}}", "found \"strides\"")]
    public void Tensor_is_an_object_of_three_keys(string header, string message) => Refuse(SafetensorsBytes.File(header), "a", message);

    [Theory]
    [InlineData("\"dtype\":\"F32\",\"dtype\":\"F32\"", "the key dtype occurs twice")]
    [InlineData("\"shape\":[],\"shape\":[]", "the key shape occurs twice")]
    [InlineData("\"data_offsets\":[0,4],\"data_offsets\":[0,4]", "the key data_offsets occurs twice")]
    [InlineData("\"dtype\":\"F32\",\"\\u0064type\":\"F32\"", "the key dtype occurs twice")]
    public void Keys_of_a_tensor_occur_once(string keys, string message) =>
        Refuse(SafetensorsBytes.File("{\"a\":{" + keys + "}}", 4), "a", message);

    [Fact]
    public void Names_occur_once()
    {
        string entry = SafetensorsBytes.Entry("a", "U8", "[2]", "[0,2]");
        Refuse(SafetensorsBytes.File("{" + entry + "," + entry + "}", 2), "a", "the name occurs twice");
        Refuse(
            SafetensorsBytes.File("{" + entry + "," + entry.Replace("\"a\"", "\"\\u0061\"", StringComparison.Ordinal) + "}", 2),
            "a",
            "the name occurs twice"
        );
        Refuse(SafetensorsBytes.File("{\"__metadata__\":{},\"__metadata__\":{}}"), null, "the key __metadata__ occurs twice");
        Refuse(SafetensorsBytes.File("{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}"), null, "has the key \"k\" twice");
    }

    [Theory]
    [InlineData("null", "must be an object; found null")]
    [InlineData("\"x\"", "must be an object; found a string")]
    [InlineData("[]", "must be an object; found an array")]
    [InlineData("{\"k\":1}", "must map strings to strings; found the number \"1\" under \"k\"")]
    [InlineData("{\"k\":null}", "found null under \"k\"")]
    [InlineData("{\"k\":{}}", "found an object under \"k\"")]
    [InlineData("{\"k\":[\"v\"]}", "found an array under \"k\"")]
    public void Metadata_maps_strings_to_strings(string metadata, string message) =>
        Refuse(SafetensorsBytes.File("{\"__metadata__\":" + metadata + "}"), null, message);

    [Theory]
    [InlineData("{\"a\":", 1_000_000)]
    [InlineData("[", 1_000_000)]
    public void Nesting_is_bounded(string opening, int count)
    {
        string bomb = string.Concat(Enumerable.Repeat(opening, count));
        Refuse(SafetensorsBytes.File("{\"a\":{\"shape\":" + bomb), null);
        Refuse(SafetensorsBytes.File("{\"a\":{\"x\":" + bomb), null);
        Refuse(SafetensorsBytes.File("{\"__metadata__\":{\"k\":" + bomb), null);
        Refuse(SafetensorsBytes.File("{\"a\":" + bomb), null);
    }

    [Theory]
    [InlineData("F32", "[9223372036854775807]", "[0,4]", "overflows")]
    [InlineData("U8", "[4294967296,4294967296]", "[0,0]", "overflows")]
    [InlineData("U8", "[4294967296,4294967296,4294967296,4294967296]", "[0,0]", "overflows")]
    [InlineData("F32", "[4611686018427387904]", "[0,0]", "overflows")]
    [InlineData("U8", "[0,4294967296,4294967296]", "[0,0]", "overflows")]
    [InlineData("U8", "[4294967296,4294967296,0]", "[0,0]", "overflows")]
    [InlineData("F4", "[3]", "[0,2]", "is not a whole number of bytes")]
    [InlineData("F6_E2M3", "[2]", "[0,2]", "is not a whole number of bytes")]
    [InlineData("F32", "[2]", "[0,4]", "takes 8 bytes, but data_offsets [0, 4] give it 4")]
    [InlineData("F32", "[]", "[0,8]", "takes 4 bytes, but data_offsets [0, 8] give it 8")]
    [InlineData("U8", "[0]", "[0,4]", "takes 0 bytes")]
    [InlineData("U8", "[4]", "[4,0]", "the second not less than the first; found [4, 0]")]
    [InlineData("U8", "[5]", "[0,5]", "it ends at byte 5 of the data, but the file contains only 4 bytes of data. The file is truncated")]
    [InlineData("U8", "[1099511627776]", "[0,1099511627776]", "it ends at byte 1099511627776")]
    [InlineData("U8", "[9223372036854775807]", "[0,9223372036854775807]", "overflows")]
    [InlineData("U8", "[1152921504606846975]", "[0,1152921504606846975]", "it ends at byte 1152921504606846975")]
    [InlineData(
        "U8",
        "[3]",
        "[1,4]",
        "it begins at byte 1 of the data, but the data begins at byte 0: bytes between them belong to no tensor"
    )]
    [InlineData("U8", "[0]", "[9223372036854775807,9223372036854775807]", "belong to no tensor")]
    public void Size_and_place_of_a_tensor(string type, string shape, string offsets, string message) =>
        Refuse(SafetensorsBytes.File("{" + SafetensorsBytes.Entry("a", type, shape, offsets) + "}", 4), "a", message);

    [Fact]
    public void Dimensions_are_bounded_in_number()
    {
        string shape = "[" + string.Join(',', Enumerable.Repeat("1", 64)) + "]";
        using SafetensorsFile file = SafetensorsFile.Parse(
            SafetensorsBytes.File("{" + SafetensorsBytes.Entry("a", "U8", shape, "[0,1]") + "}", 1),
            "file"
        );
        Refuse(
            SafetensorsBytes.File(
                "{" + SafetensorsBytes.Entry("a", "U8", shape.Replace("]", ",1]", StringComparison.Ordinal), "[0,1]") + "}",
                1
            ),
            "a",
            "at most 64 numbers"
        );
    }

    [Theory]
    [InlineData(0, 4, 3, 7, 7, "tensor \"a\" ends at byte 4: the two overlap")]
    [InlineData(0, 4, 0, 4, 4, "the two overlap")]
    [InlineData(0, 8, 2, 4, 8, "the two overlap")]
    [InlineData(0, 4, 5, 8, 8, "tensor \"a\" ends at byte 4: bytes between them belong to no tensor")]
    public void Tensors_neither_overlap_nor_leave_gaps(int beginA, int endA, int beginB, int endB, int dataLength, string message)
    {
        string header = "{" + Bytes("a", beginA, endA) + "," + Bytes("b", beginB, endB) + "}";
        Refuse(SafetensorsBytes.File(header, dataLength), "b", message);
    }

    [Fact]
    public void Nothing_follows_the_last_tensor()
    {
        Refuse(
            SafetensorsBytes.File("{" + Bytes("a", 0, 4) + "}", 5),
            null,
            "the tensors end at byte 4 of the data, but 5 bytes of data follow the header: 1 bytes belong to no tensor"
        );
        Refuse(SafetensorsBytes.File("{}", 1), null, "1 bytes belong to no tensor");
    }

    [Fact]
    public void Numbers_in_a_file_cost_no_memory_before_they_are_checked()
    {
        byte[] contents = SafetensorsBytes.File("{" + SafetensorsBytes.Entry("a", "U8", "[1099511627776]", "[0,1099511627776]") + "}", 4);
        byte[] longHeader = SafetensorsBytes.File("{}");
        BinaryPrimitives.WriteUInt64LittleEndian(longHeader, 99_999_999);
        Refuse(contents, "a");
        Refuse(longHeader, null);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refuse(contents, "a");
        Refuse(longHeader, null);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void Messages_show_hostile_names_harmlessly()
    {
        string name = "\u001b[31m\u202e\r\n" + new string('x', 100_000);
        WeightsException exception = Refuse(SafetensorsBytes.File("{" + SafetensorsBytes.Entry(name, "U8", "[1]", "[0,2]") + "}", 2), name);
        Assert.Contains("\"\\u001b[31m\\u202e\\u000d\\u000axxx", exception.Message, StringComparison.Ordinal);
        Assert.Contains("... (100008 characters)", exception.Message, StringComparison.Ordinal);
        Assert.InRange(exception.Message.Length, 0, 600);
    }

    private static string Bytes(string name, int begin, int end) =>
        SafetensorsBytes.Entry(
            name,
            "U8",
            string.Create(CultureInfo.InvariantCulture, $"[{end - begin}]"),
            string.Create(CultureInfo.InvariantCulture, $"[{begin},{end}]")
        );

    private static WeightsException Refuse(byte[] contents, string? tensor, string message = "")
    {
        WeightsException exception = Assert.Throws<WeightsException>(() => SafetensorsFile.Parse(contents, "folder/model.safetensors"));
        WeightsProblem problem = Assert.Single(exception.Problems);
        Assert.Equal(1, exception.ProblemCount);
        Assert.Equal(WeightsProblemKind.Malformed, problem.Kind);
        Assert.Equal(exception.Message, problem.Message);
        Assert.Equal("folder/model.safetensors", exception.Description);
        Assert.StartsWith("folder/model.safetensors: ", exception.Message, StringComparison.Ordinal);
        if (message.Length > 0)
        {
            Assert.Equal(tensor, problem.Tensor);
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        }

        return exception;
    }
}
