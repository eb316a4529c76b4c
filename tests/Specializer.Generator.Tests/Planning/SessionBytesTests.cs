using System;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Generator.Planning;
using Specializer.Generator.Tests.Incrementality;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Generator.Tests.Planning;

/// <summary>How the bytes of a session grow with its context: linearly at most, and not at all where no position is kept.</summary>
[Feature("memory")]
public sealed class SessionBytesTests
{
    private const string Band = "[SlidingWindow(64)]\n[FeedForward";

    [Fact]
    public void A_decoders_session_grows_by_the_same_for_every_position() => AssertLinear(Declarations.OddSizes);

    [Fact]
    public void An_encoders_session_grows_by_the_same_for_every_position() => AssertLinear(Declarations.Encoder);

    /// <summary>Longformer's attention: a band, and global tokens with projections of their own.</summary>
    [Fact]
    public void So_does_that_of_a_band_with_global_tokens() =>
        AssertLinear(Declarations.Encoder.Replace("[FeedForward", Band).Replace("HeadDim = 20", "HeadDim = 20, GlobalTokens = true"));

    [Fact]
    public void A_sliding_windows_session_does_not_grow() => AssertConstant(Declarations.OddSizes.Replace("[FeedForward", Band));

    [Fact]
    public void The_session_of_a_decoder_with_linear_attention_does_not_grow() =>
        AssertConstant(
            Declarations
                .OddSizes.Replace("HeadDim = 20", "HeadDim = 20, Form = AttentionForm.Linear")
                .Replace("[RotaryPositions(Pairing = RotaryPairing.Interleaved, RotaryDim = 8)]", "")
        );

    private static void AssertLinear(string declaration)
    {
        long[] bytes = [.. new[] { 4096, 8192, 12288 }.Select(length => Bytes(declaration, length))];
        Assert.Equal(bytes[1] - bytes[0], bytes[2] - bytes[1]);
        Assert.True(bytes[1] < 2.01 * bytes[0], FormattableString.Invariant($"{bytes[0]} bytes for 4096 positions, {bytes[1]} for 8192"));
    }

    private static void AssertConstant(string declaration) => Assert.Equal(Bytes(declaration, 4096), Bytes(declaration, 8192));

    private static long Bytes(string declaration, int contextLength) =>
        (
            (PlannedModel)
                GeneratorRun
                    .Of(declaration.Replace("ContextLength = 48", FormattableString.Invariant($"ContextLength = {contextLength}")))
                    .Step(TrackingNames.Plans)
                    .Single()
                    .Value
        )
            .Plan
            .SessionBytes;
}
