using System;
using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>RobertaProcessing: &lt;s&gt; A &lt;/s&gt;, then &lt;/s&gt; B &lt;/s&gt;, all of type 0.</summary>
internal sealed class RobertaProcessor(int separator, int classifier, bool trimRanges, bool addPrefixSpace) : IPostProcessor
{
    public int CountAdded(bool isPair) => isPair ? 4 : 2;

    public List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (trimRanges)
            {
                RangeTrimming.Trim(parts[i], addPrefixSpace);
            }

            parts[i].TypeArray.AsSpan().Clear();
            if (addSpecialTokens)
            {
                parts[i] = Framing.Frame(parts[i], i == 0 ? classifier : separator, separator, 0);
                foreach (TokenSequence part in parts[i].OverflowList)
                {
                    part.TypeArray.AsSpan().Clear();
                }
            }
        }

        return parts;
    }
}
