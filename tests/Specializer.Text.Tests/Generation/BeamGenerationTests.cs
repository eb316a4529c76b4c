using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Generation;

/// <summary>Greedy and beam search with all rules equal the oracle's plain implementation, to the last step.</summary>
[Feature("text-generation")]
public sealed class BeamGenerationTests
{
    private static readonly GenerationSettings s_settings = new() { EndTokens = [SmallParts.EndToken], DecoderStartToken = 3 };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_decoders_text_is_that_of_the_oracle(int seed)
    {
        var random = new Random(seed);
        using SmallDecoder model = SmallParts.RandomDecoder(seed % 5);
        int[] prompt = SmallParts.Tokenizer.EncodeToIds("the quick brown");
        using IDecoderSession session = model.CreateSession();
        double[] Logits(int[] tokens)
        {
            session.Reset();
            return Doubles(session.Prefill(tokens));
        }

        int[] likely = new GenerationOracle(Logits, new OracleGenerationRules { MaximumNewTokens = 8 }).Greedy(prompt);
        await Compare(model, Draw(random, likely), prompt, prompt, Logits);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task An_encoder_decoders_text_is_that_of_the_oracle(int seed)
    {
        var random = new Random(1000 + seed);
        using SafetensorsFile weights = SmallWeights.Random(SmallTranslator.Tensors, seed % 5);
        using SmallTranslator model = SmallTranslator.Load(weights);
        int[] source = SmallParts.Tokenizer.EncodeToIds("the quick brown fox");
        using ISequenceToSequenceSession<TokenInput> session = ((ISequenceToSequenceModel<TokenInput>)model).CreateSession();
        session.Encode(new TokenInput(source));
        double[] Logits(int[] tokens)
        {
            session.Reset();
            return Doubles(session.Prefill(tokens));
        }

        int[] likely = new GenerationOracle(Logits, new OracleGenerationRules { MaximumNewTokens = 8 }).Greedy([3]);
        GenerationSettings settings = Draw(random, likely) with
        {
            ForcedFirstToken = random.Next(3) == 0 ? random.Next(320) : null,
            ForcedLastToken = random.Next(3) == 0 ? likely[1] : null,
        };
        await Compare(model, settings, source, [3], Logits);
    }

    [Fact]
    public async Task Beams_end_where_the_context_does()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(2);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, new GenerationSettings { Beams = 3 });
        int[] prompt = SmallParts.Tokenizer.EncodeToIds("the quick brown fox");
        GeneratedText text = await generator.GenerateTokensAsync(prompt);
        Assert.Equal(FinishReason.ContextFull, text.Finish);

        // The last token is chosen at the last position and not processed.
        Assert.Equal(SmallDecoder.ContextLength - prompt.Length + 1, text.Usage.GeneratedTokens);
    }

    [Fact]
    public async Task Beams_with_what_they_do_not_support_are_refused()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(2);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings with { MaximumNewTokens = 4 });
        async Task<string> Message(GenerationOptions options) =>
            (await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync("the", options))).Message;
        Assert.Contains(
            "sampling",
            await Message(
                new()
                {
                    Beams = 2,
                    Sampling = new SamplingOptions { Temperature = 1 },
                }
            ),
            StringComparison.Ordinal
        );
        Assert.Contains("stop strings", await Message(new() { Beams = 2, StopStrings = ["a"] }), StringComparison.Ordinal);
        Assert.Contains("log-probabilities", await Message(new() { Beams = 2, LogProbabilities = 1 }), StringComparison.Ordinal);
        Assert.Contains("Beams is 0", await Message(new() { Beams = 0 }), StringComparison.Ordinal);
        Assert.Contains("ForcedFirstToken is 320", await Message(new() { ForcedFirstToken = 320 }), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            generator.GenerateAsync("the", new GenerationOptions { Beams = 2 }, new CancellationToken(true))
        );
    }

    [Fact]
    public async Task Several_prompts_report_their_progress()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(2);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings with { MaximumNewTokens = 3 });
        var reports = new List<PipelineProgress>();
        GeneratedText[] texts = await generator.GenerateAsync(["the", "quick"], progress: new Reports(reports));
        Assert.Equal([new PipelineProgress(1, 2), new PipelineProgress(2, 2)], reports);
        Assert.Equal((await generator.GenerateAsync("quick")).Text, texts[1].Text);
    }

    // The tokens of the most probable text make rules that change it.
    private static GenerationSettings Draw(Random random, int[] likely) =>
        s_settings with
        {
            EndTokens = random.Next(3) switch
            {
                0 => [SmallParts.EndToken],
                1 => [likely[3]],
                _ => [likely[2], likely[5]],
            },
            Beams = random.Next(4) is 0 ? 1 : random.Next(2, 6),
            LengthPenalty = new[] { 1, 0, 2, -1, 0.6 }[random.Next(5)],
            Stopping = (BeamStopping)random.Next(3),
            MaximumNewTokens = random.Next(1, 12),
            MinimumNewTokens = random.Next(3) == 0 ? random.Next(8) : 0,
            MinimumLength = random.Next(3) == 0 ? random.Next(16) : 0,
            NoRepeatNgramSize = random.Next(2) == 0 ? random.Next(4) : 0,
            BadWords =
                random.Next(2) == 0
                    ?
                    [
                        [likely[0]],
                        [likely[1], likely[2]],
                        [likely[3]],
                    ]
                    : [],
            SuppressedTokens = random.Next(4) == 0 ? [likely[4]] : [],
            FirstSuppressedTokens = random.Next(4) == 0 ? [likely[0], likely[1]] : [],
            Sampling = new SamplingOptions { RepetitionPenalty = random.Next(2) == 0 ? 1 : 1.3f },
        };

    private static async Task Compare(
        TransformerModel model,
        GenerationSettings settings,
        int[] input,
        int[] prompt,
        Func<int[], double[]> logits
    )
    {
        var rules = new OracleGenerationRules
        {
            Beams = settings.Beams,
            LengthPenalty = settings.LengthPenalty,
            EarlyStopping = settings.Stopping switch
            {
                BeamStopping.WhenFilled => "True",
                BeamStopping.Never => "never",
                _ => "False",
            },
            EndTokens = [.. settings.EndTokens],
            MaximumNewTokens = settings.MaximumNewTokens!.Value,
            MinimumNewTokens = settings.MinimumNewTokens,
            MinimumLength = settings.MinimumLength,
            RepetitionPenalty = settings.Sampling.RepetitionPenalty,
            NoRepeatNgramSize = settings.NoRepeatNgramSize,
            BadWords = [.. settings.BadWords.Select(static words => words.ToArray())],
            SuppressedTokens = [.. settings.SuppressedTokens],
            FirstSuppressedTokens = [.. settings.FirstSuppressedTokens],
            ForcedFirstToken = settings.ForcedFirstToken,
            ForcedLastToken = settings.ForcedLastToken,
        };
        var oracle = new GenerationOracle(logits, rules);
        int[] expected = settings.Beams == 1 ? oracle.Greedy(prompt) : oracle.Beams(prompt)[0].Tokens;
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, settings);
        GeneratedText text = await generator.GenerateTokensAsync(input);
        bool ended = settings.EndTokens.Contains(expected[^1]);
        Assert.Equal((expected.Length, ended), (text.Usage.GeneratedTokens, text.Finish == FinishReason.EndToken));
        Assert.Equal(SmallParts.Tokenizer.Decode(ended ? expected[..^1] : expected), text.Text);
    }

    private static double[] Doubles(ReadOnlySpan<float> logits) => Array.ConvertAll(logits.ToArray(), static logit => (double)logit);

    private sealed class Reports(List<PipelineProgress> list) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => list.Add(value);
    }
}
