using System;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Text.Tests.Constraints;

/// <summary>Filters over tokenizers, and regular expressions.</summary>
[Feature("structured-output")]
public sealed class TokenFilterTests
{
    [Theory]
    [InlineData("[a-c]+x?")]
    [InlineData("(?:ab|a)(?:bc|c)*")]
    [InlineData("a{2,3}b{0,1}c{1,}")]
    [InlineData("[^a]b|\\.")]
    [InlineData("^a.c$")]
    [InlineData("(?<name>a|b)+?")]
    public void A_regular_expression_allows_what_NET_matches(string pattern)
    {
        OutputConstraint constraint = OutputConstraint.Regex(pattern);
        var judge = new Regex($"^(?:{pattern.TrimStart('^').TrimEnd('$')})\\z", RegexOptions.Singleline);
        var random = new Random(3);
        for (int i = 0; i < 3000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(0, 7)).Select(_ => "abcx.é\n"[random.Next(7)])]);
            Assert.True(judge.IsMatch(text) == ConstraintWalk.Allows(constraint, text), $"'{text}' by {pattern}");
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*")]
    [InlineData("a{2,1}")]
    [InlineData("a{99999}")]
    [InlineData("\\q")]
    [InlineData("(a$)b")]
    [InlineData("a^b")]
    [InlineData("[b-a]")]
    [InlineData("\\ud800")]
    [InlineData("\\p{Nothing}")]
    public void A_malformed_expression_is_refused(string pattern) =>
        Assert.Throws<ConstraintException>(() => OutputConstraint.Regex(pattern));

    [Fact]
    public void Scalars_of_any_length_are_followed_byte_by_byte()
    {
        OutputConstraint constraint = OutputConstraint.Regex("[\\u00e0-\\u{1F64F}]");
        for (int scalar = 0; scalar < 0x20000; scalar += 7)
        {
            if (Rune.IsValid(scalar))
            {
                Assert.Equal(scalar is >= 0xE0 and <= 0x1F64F, ConstraintWalk.Allows(constraint, new Rune(scalar).ToString()));
            }
        }
    }

    [Fact]
    public void The_decoder_gives_a_token_its_bytes()
    {
        // SentencePiece's tokens with byte fallback, whose first space the decoder drops.
        JsonObject json = SmallTokenizers.ByteLevelJson("", 0, byteLevel: false);
        JsonObject vocabulary = json["model"]!["vocab"]!.AsObject();
        string[] tokens = ["▁{", "▁", "\"a\":", "▁1", "}", "{"];
        foreach (string token in tokens)
        {
            vocabulary.TryAdd(token, vocabulary.Count);
        }

        json["decoder"]!["decoders"]!.AsArray().Add(JsonNode.Parse("""{"type":"Strip","content":" ","start":1,"stop":0}"""));
        Tokenizer tokenizer = SmallTokenizers.Load(json);
        TokenFilter filter = OutputConstraint.JsonObject().CreateFilter(tokenizer);
        var mask = new ulong[filter.MaskLength + 1];
        filter.WriteMask(mask);
        Assert.Equal(
            [.. new[] { "<0x20>", "<0x7B>", "▁{", "▁", "{" }.Select(token => tokenizer.TokenToId(token)!.Value).Order()],
            ConstraintWalk.TokensOf(mask)
        );
        int[] ids = [.. new[] { "▁{", "\"a\":", "▁1", "}" }.Select(token => tokenizer.TokenToId(token)!.Value)];
        Assert.All(ids, id => Assert.True(filter.TryAccept(id)));
        Assert.True(filter is { CanEnd: true, MustEnd: true });
        Assert.Equal("{\"a\": 1}", tokenizer.Decode(ids));
    }

    [Fact]
    public void Control_tokens_and_unknown_ids_are_never_allowed()
    {
        Tokenizer tokenizer = SmallTokenizers.ByteLevel();
        TokenFilter filter = OutputConstraint.Regex(".*").CreateFilter(tokenizer);
        int end = tokenizer.TokenToId("<|endoftext|>")!.Value;
        var mask = new ulong[filter.MaskLength];
        filter.WriteMask(mask);
        Assert.DoesNotContain(end, ConstraintWalk.TokensOf(mask));
        Assert.False(filter.TryAccept(end));
        Assert.False(filter.TryAccept(-1));
        Assert.False(filter.TryAccept(1_000_000));
        Assert.True(filter.CanEnd);
    }

    [Fact]
    public void A_tokenizer_whose_tokens_depend_on_neighbours_is_refused()
    {
        JsonObject json = SmallTokenizers.ByteLevelJson("", 0);
        json["decoder"] = JsonNode.Parse("""{"type":"WordPiece","prefix":"##","cleanup":true}""");
        var exception = Assert.Throws<ConstraintException>(() => OutputConstraint.JsonObject().CreateFilter(SmallTokenizers.Load(json)));
        Assert.Contains("neighbours", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_mask_is_refused_and_the_text_can_start_again()
    {
        TokenFilter filter = OutputConstraint.Regex("ab").CreateFilter(ConstraintWalk.Bytes);
        Assert.Throws<ArgumentException>(() => filter.WriteMask(new ulong[filter.MaskLength - 1]));
        Assert.True(filter.TryAccept('a'));
        TokenFilter copy = filter.Clone();
        Assert.False(filter.TryAccept('a'));
        Assert.True(filter.TryAccept('b'));
        filter.Reset();
        Assert.True(filter.TryAccept('a'));
        Assert.True(copy.TryAccept('b'));
        Assert.True(copy.MustEnd);
    }

    [Fact]
    public void Filters_of_one_constraint_work_at_the_same_time()
    {
        // So many states that the tables are replaced several times.
        OutputConstraint constraint = OutputConstraint.JsonSchema("""{"type":"string","pattern":"^(a|b|c)*a(a|b|c){12}$"}""");
        Parallel.For(
            0,
            4,
            index =>
            {
                var random = new Random(index);
                for (int i = 0; i < 40; i++)
                {
                    string? text = ConstraintWalk.Walk(constraint.CreateFilter(ConstraintWalk.Pieces), random);
                    Assert.True(text is null || Regex.IsMatch(text, "^\"[abc]*a[abc]{12}\"$"), text);
                }
            }
        );
    }

    [Fact]
    public void A_mask_that_is_known_allocates_nothing()
    {
        TokenFilter filter = OutputConstraint.JsonObject().CreateFilter(ConstraintWalk.Pieces);
        var mask = new ulong[filter.MaskLength];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            filter.Reset();
            foreach (byte value in "{\"a\": [1, true]}"u8)
            {
                filter.WriteMask(mask);
                filter.TryAccept(value);
            }
        }
    }
}
