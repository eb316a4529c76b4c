using System;
using System.Threading;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EndToEnd;

/// <summary>A cancelled prefill leaves the session as it was before the call.</summary>
[Feature("cancellation")]
public sealed class CancellationTests
{
    private static readonly DeclaredModel s_declared = DeclaredModels.LlamaGoldenShortChunk;

    private readonly int[] _tokens = s_declared.RandomTokens(120);

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void In_the_middle_of_a_prefill(int threads, bool allLogits)
    {
        using IDecoderModel model = s_declared.LoadRandom(InstructionSets.Best, threads);
        using IDecoderSession untouched = model.CreateSession();
        using IDecoderSession session = model.CreateSession();
        untouched.Prefill(_tokens.AsSpan(0, 12));
        session.Prefill(_tokens.AsSpan(0, 12));

        using CancellationTokenSource cancellation = new();
        int furthest = 0;
        session.HiddenStates = (_, position, _) =>
        {
            furthest = Math.Max(furthest, position);
            if (position == 50)
            {
                cancellation.Cancel();
            }
        };
        float[] logits = allLogits ? new float[100 * LlamaGoldenShortChunk.VocabularySize] : [];
        OperationCanceledException exception = Assert.Throws<OperationCanceledException>(() =>
        {
            ReadOnlySpan<int> rest = _tokens.AsSpan(12, 100);
            _ = allLogits ? session.Prefill(rest, logits, cancellation.Token) : session.Prefill(rest, cancellation.Token);
        });

        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.InRange(furthest, 50, 50 + LlamaGoldenShortChunk.ChunkLength);
        Assert.Equal(12, session.Position);
        session.HiddenStates = null;
        Bits.AssertSame(untouched.Decode(_tokens[5]), session.Decode(_tokens[5]), "the next logits");
        Bits.AssertSame(untouched.Prefill(_tokens), session.Prefill(_tokens), "logits after the whole prompt");
    }

    [Fact]
    public void Before_the_first_chunk()
    {
        using IDecoderModel model = s_declared.LoadRandom();
        using IDecoderSession session = model.CreateSession();
        session.HiddenStates = (_, _, _) => Assert.Fail("Something was computed.");
        Assert.Throws<OperationCanceledException>(() =>
        {
            session.Prefill(_tokens, new CancellationToken(canceled: true));
        });
        Assert.Equal(0, session.Position);
    }

    [Fact]
    public void In_the_last_chunk_it_comes_too_late()
    {
        using IDecoderModel model = s_declared.LoadRandom();
        using IDecoderSession session = model.CreateSession();
        using CancellationTokenSource cancellation = new();
        session.HiddenStates = (_, position, _) =>
        {
            if (position == _tokens.Length - 1)
            {
                cancellation.Cancel();
            }
        };
        session.Prefill(_tokens, cancellation.Token);
        Assert.Equal(_tokens.Length, session.Position);
    }
}
