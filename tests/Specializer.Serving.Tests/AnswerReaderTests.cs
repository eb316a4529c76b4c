using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Specializer.Serving.Tests;

/// <summary>Reasoning and calls of tools in the text of an answer, for any division of the text.</summary>
public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData("Hello <b>world", false, "T:Hello <b>world")]
    [InlineData("<think>\none two</think>\n\nfour", false, "R:\none two|T:four")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>", true, "C:f{\"a\": 1}")]
    [InlineData(
        "I look. <tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"g\",\"arguments\":{}}</tool_call>",
        true,
        "T:I look.|C:f{}|C:g{}"
    )]
    [InlineData("{\"name\": \"f\", \"parameters\": {\"b\": \"x\"}}", true, "C:f{\"b\": \"x\"}")]
    [InlineData(" [{\"name\":\"f\",\"arguments\":{}},{\"name\":\"g\",\"arguments\":{}}]", true, "C:f{}|C:g{}")]
    [InlineData("{\"name\": \"\\ud800\", \"arguments\": {}}", true, "T:{\"name\": \"\\ud800\", \"arguments\": {}}")]
    [InlineData("{\"no\": \"call\"}", true, "T:{\"no\": \"call\"}")]
    [InlineData("<tool_call>{\"name\":\"f\",\"arg", true, "T:<tool_call>{\"name\":\"f\",\"arg")]
    [InlineData("<tool_call>{}</tool_call>", false, "T:<tool_call>{}</tool_call>")]
    [InlineData("a <thin", false, "T:a <thin")]
    public void Parts_are_the_same_for_any_division(string text, bool hasTools, string expected)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            var reader = new AnswerReader(hasTools);
            var parts = new List<AnswerPart>();
            for (int start = 0; start < text.Length; start += size)
            {
                parts.AddRange(reader.Append(text.Substring(start, Math.Min(size, text.Length - start))));
            }

            parts.AddRange(reader.Complete());
            Assert.Equal(expected, string.Join('|', Join(parts)));
            Assert.Equal(expected.Contains("C:", StringComparison.Ordinal), reader.HasCalls);
        }
    }

    private static IEnumerable<string> Join(List<AnswerPart> parts)
    {
        for (int i = 0; i < parts.Count; )
        {
            if (parts[i].Call is { } call)
            {
                yield return $"C:{call.Name}{call.Arguments.GetRawText()}";
                i++;
                continue;
            }

            bool reasoning = parts[i].IsReasoning;
            int end = i;
            while (end < parts.Count && parts[end].Call is null && parts[end].IsReasoning == reasoning)
            {
                end++;
            }

            yield return (reasoning ? "R:" : "T:") + string.Concat(parts.Skip(i).Take(end - i).Select(static part => part.Text));
            i = end;
        }
    }
}
