using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>The text of a request under load is byte for byte its text alone.</summary>
public sealed class SameAnswerTests
{
    [Fact]
    public async Task A_thousand_mixed_requests_get_the_answers_that_they_get_alone()
    {
        const int Requests = 1000;
        using ServedDecoder model = Served.Decoder();
        using TextGenerator alone = new(model, SmallParts.Tokenizer, Served.Settings);
        GenerationRequest[] requests = [.. Enumerable.Range(0, Requests).Select(Draw)];
        var expected = new GeneratedText[Requests];
        for (int i = 0; i < Requests; i++)
        {
            expected[i] = await alone.GenerateTokensAsync(requests[i].Prompt, requests[i].Options);
        }

        await using GenerationEngine engine = Served.Engine(
            model,
            new EngineOptions
            {
                BatchCapacity = 12,
                QueueLength = Requests,
                QueueLengthPerTenant = Requests,
                QueueTimeout = TimeSpan.FromMinutes(10),
                MinimumPrefix = 4,
                MemoryBytes = 16 * ServedDecoder.SessionBytes,
            }
        );
        var answers = new GeneratedText?[Requests];
        int cancelled = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = 24 },
            async (i, _) =>
            {
                if (i % 9 == 4)
                {
                    // Its caller leaves after a few updates.
                    await using GenerationStream stream = engine.Submit(requests[i]);
                    int left = i % 4;
                    await foreach (TextUpdate update in stream)
                    {
                        if (left-- == 0)
                        {
                            break;
                        }
                    }

                    Interlocked.Increment(ref cancelled);
                    return;
                }

                answers[i] = await engine.Submit(requests[i]).ReadAllAsync();
            }
        );
        for (int i = 0; i < Requests; i++)
        {
            if (answers[i] is { } answer)
            {
                Assert.Equal(expected[i].Text, answer.Text);
                Assert.Equal(expected[i].Finish, answer.Finish);
                Assert.Equal(expected[i].Usage.GeneratedTokens, answer.Usage.GeneratedTokens);
                Assert.Equal(expected[i].Tokens.Select(Describe), answer.Tokens.Select(Describe));
            }
        }

        EngineStatus status = engine.Status;
        Assert.Equal(0, status.Running + status.Waiting);
        Assert.True(status.CachedTokens > 500, $"{status.CachedTokens} tokens were reused.");
        Assert.Equal(Requests, status.Completed + status.Cancelled);
        Assert.Equal(0, status.Failed);

        static string Describe(GeneratedToken token) => string.Create(CultureInfo.InvariantCulture, $"{token.Id} {token.LogProbability:R}");
    }

    private static GenerationRequest Draw(int index)
    {
        var random = new Random(index);

        // Half of the prompts share a beginning with others.
        int[] prompt = Served.Prompt(random, 1 + random.Next(90));
        if (index % 2 == 0)
        {
            prompt = [.. Served.Prompt(new Random(index % 4), 10 + random.Next(60)), .. prompt];
        }

        return new GenerationRequest
        {
            Prompt = prompt,
            Tenant = (index / 100 % 3).ToString(CultureInfo.InvariantCulture),
            Options = new GenerationOptions
            {
                MaximumNewTokens = 1 + random.Next(40),
                Sampling =
                    index % 3 == 0
                        ? new SamplingOptions()
                        : new SamplingOptions
                        {
                            Temperature = 0.5f + random.NextSingle(),
                            TopP = index % 3 == 1 ? 0.9f : 1,
                            FrequencyPenalty = index % 5 == 0 ? 0.5f : 0,
                        },
                Seed = (ulong)index,
                LogProbabilities = index % 7 == 0 ? 2 : null,
                StopStrings = index % 4 == 0 ? ["e", "th"] : null,
                Constraint = index % 11 == 0 ? s_json : null,
            },
        };
    }

    private static readonly OutputConstraint s_json = OutputConstraint.JsonObject();

    [Fact]
    public async Task A_full_context_ends_the_text()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        var options = new GenerationOptions
        {
            Sampling = new SamplingOptions { LogitBias = new Dictionary<int, float> { [SmallParts.EndToken] = float.NegativeInfinity } },
        };
        GeneratedText text = await engine
            .Submit(new GenerationRequest { Prompt = Served.Prompt(new Random(2), 250), Options = options })
            .ReadAllAsync();
        Assert.Equal(FinishReason.ContextFull, text.Finish);
        Assert.Equal(7, text.Usage.GeneratedTokens);
    }

    [Fact]
    public async Task A_prefix_of_the_same_tenant_is_reused_and_of_another_is_not()
    {
        using ServedDecoder model = Served.Decoder();
        await using GenerationEngine engine = Served.Engine(model);
        int[] prompt = Served.Prompt(new Random(3), 100);
        Assert.Equal(0, (await Run("a")).ReusedTokens);
        Assert.Equal(99, (await Run("a")).ReusedTokens);
        Assert.Equal(0, (await Run("b")).ReusedTokens);
        Assert.Equal(99, (await Run("b")).ReusedTokens);
        prompt = [.. prompt[..20], .. Served.Prompt(new Random(4), 60)];

        // Fewer equal tokens than the minimum of 32.
        Assert.Equal(0, (await Run("a")).ReusedTokens);

        async Task<GenerationUsage> Run(string tenant) =>
            (
                await engine
                    .Submit(
                        new GenerationRequest
                        {
                            Prompt = prompt,
                            Tenant = tenant,
                            Options = new GenerationOptions { MaximumNewTokens = 3 },
                        }
                    )
                    .ReadAllAsync()
            ).Usage;
    }
}
