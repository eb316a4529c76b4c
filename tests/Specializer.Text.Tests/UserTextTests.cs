using System;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests;

[Feature("tokenizers")]
public sealed class UserTextTests
{
    [Fact]
    public void Text_from_users_yields_no_special_token()
    {
        int refused = 0,
            encoded = 0;
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

            string[] special = [.. tokenizer.AddedTokens.Values.Where(t => t.Special).Select(t => t.Content)];
            for (int i = 0; i < 20; i++)
            {
                string text = random.Text() + (special.Length > 0 ? special[i % special.Length] : "");
                try
                {
                    TokenSequence tokens = tokenizer.Encode(text, EncodeOptions.UserText with { TruncateAndPad = false });
                    int[] ids = tokenizer.EncodeToIds(text, EncodeOptions.UserText with { TruncateAndPad = false });
                    Assert.Equal(tokens.Ids.ToArray(), ids);
                    Assert.DoesNotContain(ids, id => tokenizer.IsSpecial(id) && tokenizer.IdToToken(id) != tokenizer.UnknownToken);
                    encoded++;
                }
                catch (TokenizerException)
                {
                    refused++;
                }
            }
        }

        Assert.True(encoded > 4000 && refused < encoded / 4, $"{encoded} encoded, {refused} refused");
    }

    [Fact]
    public void The_text_of_a_special_token_decodes_to_itself()
    {
        Tokenizer tokenizer = SmallTokenizers.ByteLevel();
        int[] ids = tokenizer.EncodeToIds("a<|endoftext|>b", EncodeOptions.UserText);
        Assert.DoesNotContain(tokenizer.TokenToId("<|endoftext|>")!.Value, ids);
        Assert.Equal("a<|endoftext|>b", tokenizer.Decode(ids));
        Assert.Contains(tokenizer.TokenToId("<|endoftext|>")!.Value, tokenizer.EncodeToIds("a<|endoftext|>b"));
    }
}
