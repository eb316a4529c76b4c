using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Generation;

[Feature("text-generation")]
public sealed class TextGeneratorTests
{
    private static readonly GenerationSettings s_settings = new() { EndTokens = [SmallParts.EndToken] };

    public static TheoryData<GenerationOptions> Options =>
        [
            new GenerationOptions { MaximumNewTokens = 30 },
            new GenerationOptions
            {
                Sampling = new SamplingOptions
                {
                    Temperature = 0.9f,
                    TopK = 40,
                    Seed = 5,
                },
            },
            new GenerationOptions
            {
                Sampling = new SamplingOptions
                {
                    Temperature = 1.2f,
                    MinP = 0.02f,
                    TopP = 0.95f,
                },
                Seed = 9,
            },
            new GenerationOptions
            {
                Sampling = new SamplingOptions { RepetitionPenalty = 1.3f, FrequencyPenalty = 0.5f },
                LogProbabilities = 2,
            },
        ];

    [Theory]
    [MemberData(nameof(Options))]
    public async Task A_text_is_that_of_a_plain_loop(GenerationOptions options)
    {
        using SmallDecoder model = SmallParts.RandomDecoder(3);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings, keptSessions: 2);
        foreach (string prompt in new[] { "the quick", "the quick brown fox", "there \u00E9\U0001F600", "x" })
        {
            int[] prompted = SmallParts.Tokenizer.EncodeToIds(prompt);
            (List<int> expected, FinishReason reason) = PlainLoop(model, prompted, options);
            IEnumerable<int> visible = expected.Where(token => token != SmallParts.EndToken);
            List<TextUpdate> updates = await Collect(generator.StreamAsync(prompt, options));
            Assert.Equal(SmallParts.Tokenizer.Decode([.. visible]), string.Concat(updates.Select(update => update.Text)));
            Assert.All(updates.SkipLast(1), update => Assert.True(update.Finish is null && update.Usage is null));
            TextUpdate last = updates[^1];
            Assert.Equal((reason, prompted.Length, expected.Count), (last.Finish, last.Usage!.PromptTokens, last.Usage.GeneratedTokens));
            if (options.LogProbabilities is not null)
            {
                Assert.Equal(expected, updates.SelectMany(update => update.Tokens).Select(token => token.Id));
                Assert.All(updates.SelectMany(update => update.Tokens), token => Assert.Equal(2, token.Alternatives.Count));
            }

            GeneratedText whole = await generator.GenerateAsync(prompt, options);
            Assert.Equal(string.Concat(updates.Select(update => update.Text)), whole.Text);
        }
    }

    [Fact]
    public async Task The_next_turn_computes_only_what_is_new()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(4);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        var options = new GenerationOptions { MaximumNewTokens = 6 };
        int[] first = SmallParts.Tokenizer.EncodeToIds("the quick brown fox");
        GenerationUsage usage = (await Collect(generator.StreamTokensAsync(first, options)))[^1].Usage!;
        Assert.Equal(0, usage.ReusedTokens);

        (List<int> answer, _) = PlainLoop(model, first, options);
        int[] second = [.. first, .. answer, .. SmallParts.Tokenizer.EncodeToIds(" there")];
        List<TextUpdate> updates = await Collect(generator.StreamTokensAsync(second, options));

        // The last token of an answer was chosen, yet never computed.
        Assert.Equal(first.Length + answer.Count - 1, updates[^1].Usage!.ReusedTokens);
        Assert.Equal(
            SmallParts.Tokenizer.Decode([.. PlainLoop(model, second, options).Tokens]),
            string.Concat(updates.Select(update => update.Text))
        );

        // The same prompt again: all of it is there, and its last token is computed for the logits.
        Assert.Equal(second.Length - 1, (await Collect(generator.StreamTokensAsync(second, options)))[^1].Usage!.ReusedTokens);
    }

    [Fact]
    public async Task A_stop_string_across_tokens_is_held_back_and_cut_off()
    {
        using SmallDecoder model = SmallParts.Chain("abcdefgh");
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        List<TextUpdate> whole = await Collect(generator.StreamAsync("a"));
        Assert.Equal(("bcdefgh", FinishReason.EndToken, 8), Summary(whole));
        List<TextUpdate> cut = await Collect(generator.StreamAsync("a", new GenerationOptions { StopStrings = ["ef", "fgX"] }));
        Assert.Equal(("bcd", FinishReason.StopString, 5), Summary(cut));
        Assert.DoesNotContain(cut, update => update.Text.Contains('e', StringComparison.Ordinal));
        List<TextUpdate> missed = await Collect(generator.StreamAsync("a", new GenerationOptions { StopStrings = ["ghi"] }));
        Assert.Equal(("bcdefgh", FinishReason.EndToken, 8), Summary(missed));
    }

    [Fact]
    public async Task Limits_and_forced_tokens_of_the_settings()
    {
        using SmallDecoder model = SmallParts.Chain("abcdefgh");
        int letter = SmallParts.Tokenizer.TokenToId("d")!.Value;
        async Task<(string, FinishReason, int)> Of(GenerationSettings settings, string prompt = "a", GenerationOptions? options = null)
        {
            using var generator = new TextGenerator(model, SmallParts.Tokenizer, settings);
            return Summary(await Collect(generator.StreamAsync(prompt, options)));
        }

        Assert.Equal(("bcd", FinishReason.MaximumTokens, 3), await Of(s_settings with { MaximumNewTokens = 3 }));
        Assert.Equal(("bcde", FinishReason.MaximumTokens, 4), await Of(s_settings with { MaximumLength = 5 }));
        Assert.Equal(
            ("bc", FinishReason.MaximumTokens, 2),
            await Of(s_settings with { MaximumNewTokens = 9 }, options: new GenerationOptions { MaximumNewTokens = 2 })
        );
        Assert.Equal(("defgh", FinishReason.EndToken, 6), await Of(s_settings with { ForcedFirstToken = letter }));
        Assert.Equal(("bcd", FinishReason.MaximumTokens, 3), await Of(s_settings with { ForcedLastToken = letter, MaximumNewTokens = 3 }));
        Assert.Equal(
            ("b", FinishReason.EndToken, 2),
            await Of(s_settings with { ForcedLastToken = SmallParts.EndToken, MaximumNewTokens = 2 })
        );
        Assert.Equal(("bc", FinishReason.EndToken, 3), await Of(new GenerationSettings { EndTokens = [letter, SmallParts.EndToken] }));
        Assert.Equal(
            ("bcdefgh", FinishReason.EndToken, 8),
            await Of(s_settings with { StartToken = SmallParts.Tokenizer.TokenToId("a") }, "")
        );

        // Without its end token the model goes on until the context is full.
        (string text, FinishReason reason, int tokens) = await Of(s_settings with { MinimumNewTokens = 1000 });
        Assert.Equal((FinishReason.ContextFull, 96), (reason, tokens));
        Assert.StartsWith("bcdefgh", text, StringComparison.Ordinal);
        Assert.DoesNotContain("d", (await Of(s_settings with { SuppressedTokens = [letter] })).Item1, StringComparison.Ordinal);
        (string first, _, _) = await Of(
            s_settings with
            {
                FirstSuppressedTokens = [SmallParts.Tokenizer.TokenToId("b")!.Value],
                MaximumNewTokens = 1,
            }
        );
        Assert.NotEqual("b", first);
    }

    [Fact]
    public async Task A_cancelled_generation_leaves_the_generator_usable()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(6);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        var options = new GenerationOptions { MaximumNewTokens = 40, LogProbabilities = 0 };
        GeneratedText expected = await generator.GenerateAsync("the", options);
        using var source = new CancellationTokenSource();
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (TextUpdate update in generator.StreamAsync("the", options, source.Token))
            {
                if (++seen == 3)
                {
                    await source.CancelAsync();
                }
            }
        });
        Assert.Equal(3, seen);
        Assert.Equal(expected.Text, (await generator.GenerateAsync("the", options)).Text);
        await foreach (TextUpdate update in generator.StreamAsync("the", options))
        {
            break;
        }

        Assert.Equal(expected.Text, (await generator.GenerateAsync("the", options)).Text);
    }

    [Fact]
    public async Task Calls_at_the_same_time_generate_the_same()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(7);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        string[] prompts = ["the", "fox", "quick", "the fox", "brown"];
        string[] expected = new string[prompts.Length];
        for (int i = 0; i < prompts.Length; i++)
        {
            expected[i] = (await generator.GenerateAsync(prompts[i])).Text;
        }

        GeneratedText[] texts = await Task.WhenAll(prompts.Concat(prompts).Select(prompt => generator.GenerateAsync(prompt)));
        Assert.Equal(expected.Concat(expected), texts.Select(text => text.Text));
    }

    [Fact]
    public async Task A_folder_with_its_own_settings_and_template()
    {
        string folder = Directory.CreateTempSubdirectory("specializer-generation").FullName;
        try
        {
            SmallParts.WriteFolder(
                folder,
                $$"""{"eos_token_id":[{{SmallParts.EndToken}}],"do_sample":true,"temperature":0.7,"top_k":20}"""
            );
            using SmallDecoder model = SmallParts.RandomDecoder(8);
            using TextGenerator generator = TextGenerator.Load(model, folder);
            Assert.Equal((0.7f, 20), (generator.Settings.Sampling.Temperature, generator.Settings.Sampling.TopK));
            ChatMessage[] messages = [new("user", "the <|im_end|> fox")];
            int[] tokens = generator.EncodeChat(messages);
            Assert.Equal(1, tokens.Count(token => token == SmallParts.EndToken));
            GeneratedText answer = await generator.GenerateAsync(messages, options: new GenerationOptions { MaximumNewTokens = 12 });
            Assert.Equal(tokens.Length, answer.Usage.PromptTokens);
            var repeated = new GenerationOptions { MaximumNewTokens = 12, Seed = answer.Seed };
            Assert.Equal(answer.Text, (await generator.GenerateAsync(messages, options: repeated)).Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_encoder_decoder_rewrites_its_source()
    {
        using SafetensorsFile weights = SmallWeights.Random(SmallTranslator.Tensors, 11);
        using SmallTranslator model = SmallTranslator.Load(weights);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings with { DecoderStartToken = 2 });
        using var session = model.CreateSession();
        foreach (string text in new[] { "the quick", "there", "the quick" })
        {
            int[] source = SmallParts.Tokenizer.EncodeToIds(text);
            session.Encode(source);
            var expected = new int[20];
            int count = GreedySearch.Generate(session, [2], expected, SmallParts.EndToken);
            GeneratedText generated = await generator.GenerateAsync(text, new GenerationOptions { MaximumNewTokens = 20 });
            Assert.Equal(SmallParts.Tokenizer.Decode(expected.AsSpan(0, count)), generated.Text);
            Assert.Equal((source.Length, count), (generated.Usage.PromptTokens, generated.Usage.GeneratedTokens));
        }

        Assert.Contains(
            "decoder_start_token_id",
            Assert.Throws<ArgumentException>(() => new TextGenerator(model, SmallParts.Tokenizer, s_settings)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_cannot_be_is_named()
    {
        using SmallDecoder model = SmallParts.RandomDecoder(9);
        using var generator = new TextGenerator(model, SmallParts.Tokenizer, s_settings);
        void Throws<T>(string message, Func<object> action)
            where T : Exception => Assert.Contains(message, Assert.Throws<T>(action).Message, StringComparison.Ordinal);
        Throws<ArgumentException>("no tokens", () => generator.StreamAsync(""));
        Throws<ArgumentException>("expected at least 1", () => generator.StreamAsync("a", new GenerationOptions { MaximumNewTokens = 0 }));
        Throws<ArgumentException>("stop string is empty", () => generator.StreamAsync("a", new GenerationOptions { StopStrings = [""] }));
        Throws<ArgumentException>("expected 0 to 320", () => generator.StreamAsync("a", new GenerationOptions { LogProbabilities = 321 }));
        Throws<ArgumentException>("has positions for 96", () => generator.StreamAsync(string.Concat(Enumerable.Repeat("xyz", 40))));
        Throws<InvalidOperationException>("no chat template", () => generator.StreamAsync([new ChatMessage("user", "a")]));
        Throws<ArgumentException>(
            "eos_token_id is 400",
            () => new TextGenerator(model, SmallParts.Tokenizer, new GenerationSettings { EndTokens = [400] })
        );
        Tokenizer larger = SmallTokenizers.Load(
            SmallTokenizers.ByteLevelJson(
                new string('a', 200) + string.Concat(Enumerable.Range(0, 200).Select(i => $" {i * 7919}{i * 7919}")),
                80
            )
        );
        Throws<TokenizerException>("beyond the 320 of SmallDecoder: '", () => new TextGenerator(model, larger));
        generator.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync("a"));
    }

    private static (List<int> Tokens, FinishReason Reason) PlainLoop(IDecoderModel model, int[] prompt, GenerationOptions options)
    {
        using IDecoderSession session = model.CreateSession();
        SamplingOptions sampling = options.Sampling ?? new SamplingOptions();
        var sampler = new Sampler(model.Description.VocabularySize, sampling with { Seed = options.Seed ?? sampling.Seed });
        sampler.AcceptPrompt(prompt);
        ReadOnlySpan<float> logits = session.Prefill(prompt);
        var tokens = new List<int>();
        while (true)
        {
            int token = sampler.Sample(logits);
            sampler.Accept(token);
            tokens.Add(token);
            if (token == SmallParts.EndToken)
            {
                return (tokens, FinishReason.EndToken);
            }

            if (tokens.Count == options.MaximumNewTokens)
            {
                return (tokens, FinishReason.MaximumTokens);
            }

            if (session.Position == session.ContextLength)
            {
                return (tokens, FinishReason.ContextFull);
            }

            logits = session.Decode(token);
        }
    }

    private static (string Text, FinishReason Finish, int Tokens) Summary(List<TextUpdate> updates) =>
        (string.Concat(updates.Select(update => update.Text)), updates[^1].Finish!.Value, updates[^1].Usage!.GeneratedTokens);

    private static async Task<List<TextUpdate>> Collect(IAsyncEnumerable<TextUpdate> updates)
    {
        var result = new List<TextUpdate>();
        await foreach (TextUpdate update in updates)
        {
            result.Add(update);
        }

        return result;
    }
}
