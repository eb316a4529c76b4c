using System;
using System.IO;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights.Gguf;

/// <summary>
/// The 33 handmade files of llama.cpp (tests/test-gguf.cpp), built by the same rules. Each is read from an array and from a file, with
/// and without extra bytes at its end.
/// </summary>
[Feature("gguf")]
public sealed class GgufHandmadeTests
{
    private const int First = 1,
        Seeds = 3;

    [Theory]
    [InlineData("HEADER_BAD_MAGIC", "begins with 46554747")]
    [InlineData("HEADER_BAD_VERSION_0", "version at byte 4 is 0; supported are 2 and 3")]
    [InlineData("HEADER_BAD_VERSION_1", "version at byte 4 is 1; supported are 2 and 3")]
    [InlineData("HEADER_BAD_VERSION_FUTURE", "version at byte 4 is 4; supported are 2 and 3")]
    [InlineData("HEADER_BAD_N_TENSORS", "the number of tensors at byte 8 is -1")]
    [InlineData("HEADER_BAD_N_KV", "the number of metadata pairs at byte 16 is -1")]
    [InlineData("HEADER_EMPTY", null)]
    [InlineData("KV_BAD_KEY_SIZE", "the metadata key 0 has a length of 18446744073709551615 bytes at byte 24")]
    [InlineData("KV_EMPTY_KEY", "the metadata key 0 at byte 24 is empty")]
    [InlineData("KV_BAD_TYPE", "has the type 13 at byte")]
    [InlineData("KV_DUPLICATE_KEY", "occurs twice")]
    [InlineData("KV_BAD_ALIGN", "general.alignment is 13; expected a power of two of type UInt32")]
    [InlineData("KV_WRONG_TYPE_ALIGN", "general.alignment is a value of type Int32; expected a power of two of type UInt32")]
    [InlineData("KV_SUCCESS", null)]
    [InlineData("TENSORS_BAD_NAME_SIZE", "and at most 63 are allowed")]
    [InlineData("TENSORS_BAD_N_DIMS", "it has 5 dimensions; the format allows 4")]
    [InlineData("TENSORS_BAD_SHAPE", "has a negative dimension")]
    [InlineData("TENSORS_ZERO_DIM", null)]
    [InlineData("TENSORS_NE_TOO_BIG", "more than 2^63 - 1 elements")]
    [InlineData("TENSORS_NBYTES_TOO_BIG", "takes more than 2^63 - 1 bytes")]
    [InlineData("TENSORS_BAD_TYPE", "its type is 43, which is no type of ggml")]
    [InlineData("TENSORS_BAD_OFFSET", "of the data; expected")]
    [InlineData("TENSORS_DUPLICATE_NAME", "the name occurs twice")]
    [InlineData("TENSORS_BAD_ALIGN", "general.alignment is 13")]
    [InlineData("TENSORS_INCONSISTENT_ALIGN", "rounded up to the alignment of 32")]
    [InlineData("TENSORS_SUCCESS", null)]
    [InlineData("TENSORS_CUSTOM_ALIGN", null)]
    [InlineData("DATA_NOT_ENOUGH_DATA", "The file is truncated")]
    [InlineData("DATA_BAD_ALIGN", "general.alignment is 13")]
    [InlineData("DATA_INCONSISTENT_ALIGN", "rounded up to the alignment of 32")]
    [InlineData("DATA_MEM_SIZE_OVERFLOW", "exceed 63 bits")]
    [InlineData("DATA_SUCCESS", null)]
    [InlineData("DATA_CUSTOM_ALIGN", null)]
    public void Handmade_file(string kind, string? message)
    {
        using var folder = new TemporaryFolder();
        for (int seed = First; seed < First + Seeds; seed++)
        {
            byte[] plain = GgufHandmade.Create(kind, seed);
            foreach (byte[] contents in new[] { plain, [.. plain, .. new byte[19]] })
            {
                string path = Path.Combine(folder.Path, $"{kind}{seed}.{contents.Length}.gguf");
                File.WriteAllBytes(path, contents);
                Check(() => GgufFile.Parse(contents, path), message);
                Check(() => GgufFile.Open(path), message);
            }
        }
    }

    private static void Check(Func<GgufFile> open, string? message)
    {
        if (message is null)
        {
            using GgufFile file = open();
            return;
        }

        WeightsException exception = Assert.Throws<WeightsException>(() => open().Dispose());
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(WeightsProblemKind.Malformed, Assert.Single(exception.Problems).Kind);
        Assert.StartsWith(exception.Description, exception.Message, StringComparison.Ordinal);
    }
}
