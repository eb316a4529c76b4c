using System;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Patterns;
using Specializer.Text.Tests.Fuzzing;
using Xunit;

namespace Specializer.Text.Tests;

/// <summary>The scanners written by hand against the general engine, which reads the pattern.</summary>
[Feature("tokenizers")]
public sealed class ScannerTests
{
    public static TheoryData<string> Patterns { get; } =
    [Gpt2Scanner.Pattern, Cl100kScanner.Pattern, Cl100kScanner.QwenPattern, O200kScanner.Pattern, DeepSeekScanner.Pattern];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Scanners_match_as_their_patterns_do(string pattern)
    {
        TextPattern scanner = PatternFactory.FromRegex(pattern),
            general = PatternFactory.General(pattern);
        Assert.IsAssignableFrom<SplitScanner>(scanner);
        var random = new RandomText(new Random(7));
        for (int i = 0; i < 1500; i++)
        {
            string text = random.Text(["don't", "We'LL", "HELLOworld", "\u01C5\u02B0", "a\u0301", "\r\n", " \n ", "//", "!!x", "1234"]);
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Assert.Equal(All(general, bytes), All(scanner, bytes));
        }
    }

    [Theory]
    [InlineData(@"(a")]
    [InlineData(@"a)")]
    [InlineData(@"[a")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData(@"(?>ab)")]
    [InlineData(@"(ab)++")]
    [InlineData(@"\1")]
    [InlineData(@"(?<=ab)c")]
    [InlineData(@"a{2000}")]
    [InlineData(@"((((((((a{99}){99}){99}){99}){99}){99}){99}){99})")]
    [InlineData(@"(?i:\u00e9)")]
    [InlineData(@"(?i:ss)")]
    [InlineData(@"*a")]
    public void What_cannot_be_matched_exactly_is_refused(string pattern) =>
        Assert.Throws<RegexSyntaxException>(() => PatternFactory.FromRegex(pattern));

    [Fact]
    public void Nested_repetition_takes_no_exponential_time()
    {
        TextPattern pattern = PatternFactory.FromRegex("(a*)*b");
        Assert.False(pattern.Find(Encoding.UTF8.GetBytes(new string('a', 200)), 0, out _, out _));
    }

    private static string All(TextPattern pattern, byte[] text)
    {
        var result = new StringBuilder();
        var matches = new MatchIterator(pattern, text);
        while (matches.MoveNext())
        {
            result.Append(matches.Start).Append('-').Append(matches.End).Append(' ');
        }

        return result.ToString();
    }
}
