using System.Collections.Generic;

namespace Specializer.Text;

/// <summary>A part of a rendered chat whose characters come from one source.</summary>
/// <param name="Start">Its first character, an index of UTF-16 units in the text.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="IsContent">Whether it comes from the conversation, the tools or the variables; otherwise it is the template's own.</param>
/// <param name="IsAssistant">Whether it stands in a generation block: it is what the assistant says, as training masks need it.</param>
public readonly record struct ChatSegment(int Start, int Length, bool IsContent, bool IsAssistant);

/// <summary>
/// A conversation as text. A tokenizer encodes the text whole, and matches control tokens only where all their characters lie in
/// segments of the template; in content the same characters are plain text, so that a user's "&lt;|im_start|&gt;" begins no turn.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Segments">Its parts in order, without gaps; adjacent ones differ in their source.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<ChatSegment> Segments)
{
    /// <summary>The parts that the assistant says, by the template's generation blocks; adjacent blocks are one part.</summary>
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
