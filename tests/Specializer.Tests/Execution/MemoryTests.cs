using System;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Execution;

/// <summary>Memory that cannot be had is reported with its size, its purpose and how less is needed.</summary>
[Feature("memory")]
public sealed class MemoryTests
{
    private static readonly ModelDescription s_description = new()
    {
        Name = "Huge",
        Layers = 1,
        DModel = 16,
        VocabularySize = 100,
        ContextLength = 123_456,
        ChunkLength = 64,
        ParameterCount = 1L << 60,
        PackedWeightBytes = 1L << 62,
        SessionBytes = 1L << 62,
        MultiplyAddsPerToken = 1,
    };

    [Theory]
    [InlineData(1L << 60, "1,152,921,504,606,846,976 bytes (1.0 EiB)")]
    [InlineData(long.MaxValue, "9,223,372,036,854,775,807 bytes (8.0 EiB)")]
    [InlineData(long.MaxValue - 64, "9,223,372,036,854,775,743 bytes (8.0 EiB)")]
    public void A_block_that_cannot_be_had_is_reported_with_its_size(long bytes, string size)
    {
        InsufficientMemoryException exception = Assert.Throws<InsufficientMemoryException>(() => AlignedBuffer.Allocate(bytes));
        Assert.Contains($"needs {size}, which the system does not provide", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_cannot_be_had_are_reported()
    {
        InsufficientMemoryException exception = Assert.Throws<InsufficientMemoryException>(() =>
            AlignedBuffer.Allocate(s_description.PackedWeightBytes, MemoryRequest.Weights(s_description))
        );
        Assert.StartsWith(
            "The packed weights of Huge (1,152,921,504,606,846,976 parameters) need 4,611,686,018,427,387,904 bytes (4.0 EiB)",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("WeightStorage.BFloat16", exception.Message, StringComparison.Ordinal);
        Assert.Contains("LoadPacked", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "A session of Huge needs 1,024 bytes (1.0 KiB)", "declare smaller ones.")]
    [InlineData(
        4,
        "A session of Huge for 4 sequences needs 1,024 bytes (1.0 KiB)",
        "declare smaller ones, or create the session for fewer sequences."
    )]
    public void A_session_names_what_its_size_depends_on(int sequences, string start, string end)
    {
        string message = MemoryRequest.Session(s_description, sequences).Refused(1024, null).Message;
        Assert.StartsWith(start, message, StringComparison.Ordinal);
        Assert.Contains("ContextLength, which is 123,456, and ChunkLength, which is 64: ", message, StringComparison.Ordinal);
        Assert.EndsWith(end, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue, 16)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 27) - 1, 16)]
    public void Logits_that_no_array_can_hold_are_reported(int count, int stride)
    {
        InsufficientMemoryException exception = Assert.Throws<InsufficientMemoryException>(() =>
            new LogitsRows(count, stride, stride, MemoryRequest.Batch(s_description, count))
        );
        Assert.Contains(
            FormattableString.Invariant($"A batch of {count:N0} sessions of Huge needs {(decimal)count * stride * 4:N0} bytes"),
            exception.Message,
            StringComparison.Ordinal
        );
    }
}
