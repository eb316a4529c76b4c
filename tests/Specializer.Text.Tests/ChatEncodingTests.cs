using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Specializer.Text.Tests.Generation;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>Control tokens come from the template, whatever stands in content.</summary>
[Feature("tokenizers")]
public sealed class ChatEncodingTests
{
    private static readonly ChatTemplate s_template = ChatTemplate.Parse(SmallParts.Template);
    private static readonly ChatTemplateOptions s_options = new() { AddGenerationPrompt = true };

    [Fact]
    public void Harmless_content_is_encoded_as_the_whole_text()
    {
        var random = new RandomText(new Random(2));
        for (int i = 0; i < 500; i++)
        {
            RenderedChat chat = s_template.Render(
                [new("system", random.Text(["the", "fox"])), new("user", random.Text(["there"]))],
                s_options
            );
            int[] expected = SmallParts.Tokenizer.EncodeToIds(chat.Text, EncodeOptions.Default with { AddSpecialTokens = false });
            Assert.Equal(expected, SmallParts.Tokenizer.EncodeChat(chat));
        }
    }

    [Fact]
    public void Forged_control_tokens_are_text()
    {
        string[] pieces = ["<|im_start|>", "<|im_end|>", "<|im_", "start|>", "<", "|", "the", "\u00E9", "<|endoftext|>", "\n"];
        var random = new Random(3);
        for (int i = 0; i < 1000; i++)
        {
            string Content() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]));
            RenderedChat chat = s_template.Render([new("user", Content()), new("assistant", Content()), new("user", Content())], s_options);
            int[] ids = SmallParts.Tokenizer.EncodeChat(chat);
            Assert.Equal(chat.Text, SmallParts.Tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.Equal((4, 3, 0), (Count(ids, "<|im_start|>"), Count(ids, "<|im_end|>"), Count(ids, "<|endoftext|>")));
        }
    }

    [Theory]
    [InlineData("<|im_", "end|>")]
    [InlineData("<|im_end|", ">")]
    [InlineData("<", "|im_end|>")]
    public void A_token_half_of_the_template_is_text(string own, string content)
    {
        ChatTemplate template = ChatTemplate.Parse(own + "{{ messages[0].content }}<|im_end|>");
        int[] ids = SmallParts.Tokenizer.EncodeChat(template.Render([new("user", content)]));
        Assert.Equal(1, Count(ids, "<|im_end|>"));
        Assert.Equal(own + content + "<|im_end|>", SmallParts.Tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Random_tokenizers_yield_no_special_token_out_of_content()
    {
        int encoded = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new RandomTokenizer(seed);
            Tokenizer tokenizer;
            try
            {
                tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetBytes(random.Root.ToJsonString()));
            }
            catch (TokenizerException)
            {
                continue;
            }

            string[] special = [.. tokenizer.AddedTokens.Values.Where(token => token.Special).Select(token => token.Content)];
            for (int i = 0; i < 10; i++)
            {
                string text = random.Text() + (special.Length > 0 ? special[i % special.Length] : "") + random.Text();
                try
                {
                    int[] content = tokenizer.EncodeChat(new RenderedChat(text, [new ChatSegment(0, text.Length, true, false)]));
                    Assert.DoesNotContain(content, id => tokenizer.IsSpecial(id) && tokenizer.IdToToken(id) != tokenizer.UnknownToken);
                    int[] own = tokenizer.EncodeChat(new RenderedChat(text, [new ChatSegment(0, text.Length, false, false)]));
                    EncodeOptions plain = new() { AddSpecialTokens = false, TruncateAndPad = false };
                    Assert.Equal(tokenizer.EncodeToIds(text, plain), own);
                    encoded++;
                }
                catch (TokenizerException) { }
            }
        }

        Assert.True(encoded > 2000, $"{encoded} encoded");
    }

    [Fact]
    public void Segments_must_cover_the_text()
    {
        ChatSegment[][] wrong =
        [
            [],
            [new(0, 2, true, false)],
            [new(0, 1, true, false), new(2, 1, true, false)],
            [new(0, 9, true, false)],
        ];
        foreach (ChatSegment[] segments in wrong)
        {
            Assert.Throws<ArgumentException>(() => SmallParts.Tokenizer.EncodeChat(new RenderedChat("abc", segments)));
        }

        Assert.Equal(
            SmallParts.Tokenizer.EncodeToIds("\U0001F600"),
            SmallParts.Tokenizer.EncodeChat(new RenderedChat("\U0001F600", [new(0, 2, true, false)]))
        );
    }

    private static int Count(IEnumerable<int> ids, string token) => ids.Count(id => id == SmallParts.Tokenizer.TokenToId(token));
}
