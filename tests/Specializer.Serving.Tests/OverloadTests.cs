using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>More load than an engine serves, and callers that leave, read slowly, or flood.</summary>
public sealed class OverloadTests
{
    private static readonly SamplingOptions s_endless = new()
    {
        LogitBias = new Dictionary<int, float> { [SmallParts.EndToken] = float.NegativeInfinity },
    };

    [Fact]
    public async Task Requests_beyond_the_queue_are_rejected_at_once_and_the_others_are_served()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(
            model,
            new EngineOptions
            {
                BatchCapacity = 2,
                QueueLength = 8,
                QueueLengthPerTenant = 4,
            }
        );
        var streams = new List<GenerationStream>();
        var reasons = new List<RejectionReason>();
        for (int i = 0; i < 40; i++)
        {
            try
            {
                streams.Add(engine.Submit(Request(40, tenant: i % 3 == 0 ? "b" : "a")));
            }
            catch (EngineRejectedException exception)
            {
                Assert.True(exception.RetryAfter > TimeSpan.Zero);
                reasons.Add(exception.Reason);
            }
        }

        Assert.Contains(RejectionReason.TenantQueueFull, reasons);
        Assert.All(reasons, reason => Assert.True(reason is RejectionReason.QueueFull or RejectionReason.TenantQueueFull));
        GeneratedText[] texts = await Task.WhenAll(streams.Select(stream => stream.ReadAllAsync()));
        Assert.All(texts, text => Assert.Equal(40, text.Usage.GeneratedTokens));
        Assert.Equal(reasons.Count, engine.Status.Rejected);
        Assert.Equal(40, reasons.Count + texts.Length);
    }

    [Fact]
    public async Task A_request_that_waits_too_long_is_rejected()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(
            model,
            new EngineOptions
            {
                BatchCapacity = 1,
                BufferedUpdates = 1,
                QueueTimeout = TimeSpan.FromMilliseconds(150),
            }
        );
        GenerationStream blocking = engine.Submit(Request(200));
        await Until(() => engine.Status.Running == 1);
        GenerationStream waiting = engine.Submit(Request(1));
        EngineRejectedException exception = await Assert.ThrowsAsync<EngineRejectedException>(() => waiting.ReadAllAsync());
        Assert.Equal(RejectionReason.QueueTimeout, exception.Reason);
        blocking.Dispose();
    }

    [Fact]
    public async Task A_cancelled_request_frees_its_session_and_no_other()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model, new EngineOptions { BatchCapacity = 2, BufferedUpdates = 4 });
        using var source = new CancellationTokenSource();
        GenerationStream other = engine.Submit(Request(150));
        GenerationStream cancelled = engine.Submit(Request(200), source.Token);
        GenerationStream queued = engine.Submit(Request(200), source.Token);
        await Until(() => engine.Status is { Running: 2, Waiting: 1 });
        long start = Stopwatch.GetTimestamp();
        await source.CancelAsync();
        await Until(() => engine.Status is { Running: <= 1, Waiting: 0 });
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.ReadAllAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued.ReadAllAsync());
        Assert.Equal(150, (await other.ReadAllAsync()).Usage.GeneratedTokens);
        Assert.Equal(2, engine.Status.Cancelled);
    }

    [Fact]
    public async Task A_slow_reader_pauses_its_sequence_and_loses_nothing()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model, new EngineOptions { BufferedUpdates = 4 });
        GenerationStream slow = engine.Submit(Request(60));
        Assert.Equal(200, (await engine.Submit(Request(200)).ReadAllAsync()).Usage.GeneratedTokens);
        long tokens = engine.Status.OutputTokens;
        Assert.InRange(tokens, 204, 259);
        await Task.Delay(60);
        Assert.Equal(tokens, engine.Status.OutputTokens);
        GeneratedText text = await slow.ReadAllAsync();
        Assert.Equal(60, text.Usage.GeneratedTokens);
        Assert.Equal((await engine.Submit(Request(60)).ReadAllAsync()).Text, text.Text);
    }

    [Fact]
    public async Task A_reader_that_stops_reading_is_disconnected()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(
            model,
            new EngineOptions { BufferedUpdates = 2, StallTimeout = TimeSpan.FromMilliseconds(100) }
        );
        GenerationStream stalled = engine.Submit(Request(100));
        await Until(() => engine.Status.Rejected == 1);
        Assert.Equal(0, engine.Status.Running);
        EngineRejectedException exception = await Assert.ThrowsAsync<EngineRejectedException>(() => stalled.ReadAllAsync());
        Assert.Equal(RejectionReason.ReaderStalled, exception.Reason);
    }

    [Fact]
    public async Task A_flooding_tenant_does_not_delay_another_for_its_whole_queue()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(
            model,
            new EngineOptions
            {
                BatchCapacity = 2,
                QueueLengthPerTenant = 64,
                AgingTokensPerSecond = 0,
            }
        );
        int done = 0,
            before = 0;
        Task[] flood = [.. Enumerable.Range(0, 40).Select(_ => Count("flood"))];
        await Count("other");
        before = Volatile.Read(ref done);
        await Task.WhenAll(flood);

        // It waits for a session, not for the 40 requests of the other tenant.
        Assert.InRange(before, 1, 12);

        async Task Count(string tenant)
        {
            await engine.Submit(Request(30, tenant)).ReadAllAsync();
            Interlocked.Increment(ref done);
        }
    }

    [Fact]
    public async Task Draining_finishes_what_runs_and_accepts_nothing()
    {
        using ServedDecoder model = Served.Decoder();
        GenerationEngine engine = Served.Engine(model);
        Task<GeneratedText> running = engine.Submit(Request(100)).ReadAllAsync();
        Task<bool> drain = engine.DrainAsync(TimeSpan.FromSeconds(60));
        Assert.False(engine.Status.IsReady);
        EngineRejectedException exception = Assert.Throws<EngineRejectedException>(() => engine.Submit(Request(1)));
        Assert.Equal(RejectionReason.Draining, exception.Reason);
        Assert.True(await drain);
        Assert.Equal(100, (await running).Usage.GeneratedTokens);
        await engine.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => engine.Submit(Request(1)));
        Assert.Equal(0, engine.Status.Sessions);
    }

    [Fact]
    public async Task Disposing_ends_what_runs_with_an_error()
    {
        using ServedDecoder model = Served.Decoder();
        GenerationEngine engine = Served.Engine(model, new EngineOptions { BatchCapacity = 1, BufferedUpdates = 1 });
        GenerationStream running = engine.Submit(Request(200));
        GenerationStream waiting = engine.Submit(Request(200));
        await engine.DisposeAsync();
        foreach (GenerationStream stream in new[] { running, waiting })
        {
            EngineRejectedException exception = await Assert.ThrowsAsync<EngineRejectedException>(() => stream.ReadAllAsync());
            Assert.Equal(RejectionReason.Draining, exception.Reason);
        }
    }

    [Fact]
    public async Task A_request_that_fails_fails_alone()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        Task<GeneratedText> other = engine.Submit(Request(100)).ReadAllAsync();
        var excluded = new Dictionary<int, float>();
        for (int token = 0; token < ServedDecoder.VocabularySize; token++)
        {
            excluded[token] = float.NegativeInfinity;
        }

        GenerationRequest failing = Request(10) with
        {
            Options = new GenerationOptions
            {
                Sampling = new SamplingOptions { Temperature = 1, LogitBias = excluded },
            },
        };
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => engine.Submit(failing).ReadAllAsync());
        Assert.IsNotType<EngineRejectedException>(exception);
        Assert.Equal(100, (await other).Usage.GeneratedTokens);
        Assert.Equal(1, engine.Status.Failed);
        Assert.True(engine.Status.IsReady);
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_refused()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        Refuses(new GenerationRequest { Prompt = Array.Empty<int>() }, "no tokens");
        Refuses(new GenerationRequest { Prompt = new[] { 320 } }, "token 320");
        Refuses(new GenerationRequest { Prompt = new int[257] }, "257 tokens");
        Refuses(Request(1) with { Options = new GenerationOptions { Beams = 2 } }, "beams");
        Assert.Throws<ArgumentOutOfRangeException>(() => Served.Engine(model, new EngineOptions { QueueLength = 0 }));
        Assert.Equal(0, engine.Status.Running + engine.Status.Waiting);

        void Refuses(GenerationRequest request, string message) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => engine.Submit(request)).Message, StringComparison.Ordinal);
    }

    private static GenerationRequest Request(int tokens, string tenant = "") =>
        new()
        {
            Prompt = Served.Prompt(new Random(tokens), 5),
            Tenant = tenant,
            Options = new GenerationOptions { MaximumNewTokens = tokens, Sampling = s_endless },
        };

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 2000 && !condition(); i++)
        {
            await Task.Delay(5);
        }

        Assert.True(condition());
    }
}
