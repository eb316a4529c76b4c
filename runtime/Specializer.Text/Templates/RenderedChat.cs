using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>A part of a rendered chat whose characters have one origin.</summary>
/// <param name="Start">The index of its first UTF-16 unit in the text.</param>
/// <param name="Length">The length in UTF-16 units.</param>
/// <param name="IsContent">
/// Whether it comes from the conversation, the tools or the variables; otherwise it comes from the template.
/// </param>
/// <param name="IsAssistant">Whether it is in a generation block, which training masks as the assistant's text.</param>
public readonly record struct ChatSegment(int Start, int Length, bool IsContent, bool IsAssistant);

/// <summary>
/// A rendered conversation. A tokenizer encodes the whole text, but matches control tokens only if all of their characters are in
/// segments of the template. In content, the same characters are plain text, so "&lt;|im_start|&gt;" in a user's message is
/// harmless.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Segments">The parts in order, without gaps; adjacent parts have different origins.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<ChatSegment> Segments)
{
    /// <summary>The parts of the assistant, from the generation blocks of the template; adjacent blocks are one part.</summary>
    public IReadOnlyList<(int Start, int Length)> AssistantSpans
    {
        get
        {
            List<(int Start, int Length)> spans = [];
            foreach (ChatSegment segment in Segments)
            {
                if (!segment.IsAssistant)
                {
                    continue;
                }

                if (spans.Count > 0 && spans[^1].Start + spans[^1].Length == segment.Start)
                {
                    spans[^1] = (spans[^1].Start, spans[^1].Length + segment.Length);
                }
                else
                {
                    spans.Add((segment.Start, segment.Length));
                }
            }

            return spans;
        }
    }
}
