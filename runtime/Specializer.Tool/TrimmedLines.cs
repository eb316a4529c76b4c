using System.Collections.Generic;
using System.Linq;
using Spectre.Console.Rendering;

namespace Specializer.Tool;

/// <summary>The output of another renderable without the padding of a table's last column, which would reach pipes and files.</summary>
/// <param name="inner">The other renderable.</param>
internal sealed class TrimmedLines(IRenderable inner) : Renderable
{
    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        foreach (SegmentLine line in Segment.SplitLines(inner.Render(options, maxWidth)))
        {
            int count = line.Count;
            while (count > 0 && string.IsNullOrWhiteSpace(line[count - 1].Text))
            {
                count--;
            }

            foreach (Segment segment in line.Take(count - 1))
            {
                yield return segment;
            }

            if (count > 0)
            {
                yield return new Segment(line[count - 1].Text.TrimEnd(), line[count - 1].Style);
            }

            yield return Segment.LineBreak;
        }
    }
}
