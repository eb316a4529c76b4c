using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Specializer.Text.Tests.Templates;

/// <summary>Compares a rendering with Jinja's.</summary>
internal static class Comparison
{
    /// <summary>Renders a template with the variables alone.</summary>
    /// <exception cref="ChatTemplateException">It does not render.</exception>
    public static RenderedChat Render(string template, JsonObject variables) =>
        ChatTemplate.Parse(template).RenderVariables(Options(variables));

    // A template whose output is longer may reach the limits of the options below.
    private const int LongOutput = 500_000;

    /// <summary>The variables as options, with a constant clock.</summary>
    public static ChatTemplateOptions Options(JsonObject variables) =>
        new()
        {
            Variables = variables.ToDictionary(entry => entry.Key, entry => JsonSerializer.SerializeToElement(entry.Value)),
            Clock = new FixedClock(),

            // Random loops in loops may be long; limits are tested elsewhere.
            Limits = ChatTemplateLimits.Default with
            {
                Steps = 5_000_000,
                Bytes = 100_000_000,
            },
        };

    /// <summary>
    /// The difference of a rendering from Jinja's; null if there is none. An unsupported feature is reported as such.
    /// </summary>
    public static string? Difference(string template, JsonObject variables, JinjaResult expected, out bool isUnsupported)
    {
        isUnsupported = false;
        try
        {
            RenderedChat chat = Render(template, variables);
            return expected.Error is not null ? $"Jinja: {expected.Error}\nours: '{chat.Text}'"
                : expected.Text!.Contains(" at 0x", StringComparison.Ordinal) ? null
                : chat.Text != expected.Text ? $"Jinja: '{expected.Text}'\nours:  '{chat.Text}'"
                : HasBuffers(template) ? null
                : SpanDifference(chat, expected);
        }
        catch (ChatTemplateException exception)
        {
            isUnsupported =
                exception.Error == ChatTemplateError.Unsupported
                || (exception.Error == ChatTemplateError.Limit && expected.Text?.Length > LongOutput)
                // Jinja evaluates constants while it compiles, where a slice of a number is undefined instead of an error.
                || exception.Message.Contains("object has no slices", StringComparison.Ordinal);
            return expected.Error is not null || isUnsupported ? null : $"Jinja: '{expected.Text}'\nours: {exception.Message}";
        }
    }

    /// <summary>A case for a message: its template, variables and difference.</summary>
    public static string Describe(string name, string template, JsonObject variables, string difference) =>
        new StringBuilder().AppendLine(name).AppendLine(template).AppendLine(variables.ToJsonString()).AppendLine(difference).ToString();

    // transformers counts what the template printed before a generation block; what a macro or a block collected first is not in it.
    private static bool HasBuffers(string template) =>
        Array.Exists(["endmacro", "endset", "endfilter", "endcall"], end => template.Contains(end, StringComparison.Ordinal));

    private static string? SpanDifference(RenderedChat chat, JinjaResult expected)
    {
        int[] offsets = Offsets(expected.Text!);
        HashSet<int> theirs = [];
        foreach ((int start, int end) in expected.Spans)
        {
            for (int i = start; i < end && i + 1 < offsets.Length; i++)
            {
                theirs.UnionWith(Enumerable.Range(offsets[i], offsets[i + 1] - offsets[i]));
            }
        }

        HashSet<int> ours = [.. chat.AssistantSpans.SelectMany(span => Enumerable.Range(span.Start, span.Length))];
        return ours.SetEquals(theirs)
            ? null
            : $"spans of Jinja {string.Join(' ', expected.Spans)}, ours {string.Join(' ', chat.AssistantSpans)} in '{chat.Text}'";
    }

    private static int[] Offsets(string text)
    {
        List<int> offsets = [];
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            offsets.Add(i);
        }

        offsets.Add(text.Length);
        return [.. offsets];
    }
}
