using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Specializer.TestKit;
using Specializer.Text.Generation;
using Xunit;

namespace Specializer.Text.Tests.Generation;

[Feature("text-generation")]
public sealed class StopStringTests
{
    [Fact]
    public void Every_cut_of_a_text_ends_at_the_stop_string_that_is_complete_first()
    {
        var random = new Random(1);
        int found = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = Letters(random, random.Next(30));
            string[] stops = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Letters(random, random.Next(1, 6)))];
            (string expected, bool isFound) = Plain(text, stops);
            var matcher = new StopStringMatcher(stops);
            var result = new StringBuilder();
            for (int start = 0; start < text.Length && !matcher.IsFound; )
            {
                int length = Math.Min(random.Next(4), text.Length - start);
                result.Append(matcher.Append(text.AsSpan(start, length)));
                Assert.StartsWith(result.ToString(), expected, StringComparison.Ordinal);
                start += length;
            }

            result.Append(matcher.Complete());
            Assert.Equal((expected, isFound), (result.ToString(), matcher.IsFound));
            found += isFound ? 1 : 0;
        }

        Assert.InRange(found, 2000, 18_000);
    }

    [Fact]
    public void Nothing_is_held_back_that_cannot_belong_to_a_stop_string()
    {
        var matcher = new StopStringMatcher(["User:"]);
        Assert.Equal("Hello ", matcher.Append("Hello "));
        Assert.Equal("", matcher.Append("Us"));
        Assert.Equal("Use", matcher.Append("e") + matcher.Append("less")[..3]);
        Assert.False(matcher.IsFound);
    }

    private static (string Text, bool IsFound) Plain(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            IEnumerable<string> ending = stops.Where(stop => text.AsSpan(0, end).EndsWith(stop, StringComparison.Ordinal));
            if (ending.Any())
            {
                return (text[..(end - ending.Max(stop => stop.Length))], true);
            }
        }

        return (text, false);
    }

    private static string Letters(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => "abc"[random.Next(3)]));
}
