using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>ByteLevel: ranges without the white space around tokens.</summary>
internal sealed class ByteLevelProcessor(bool trimRanges, bool addPrefixSpace) : IPostProcessor
{
    public int CountAdded(bool isPair) => 0;

    public List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens)
    {
        if (trimRanges)
        {
            foreach (TokenSequence part in parts)
            {
                RangeTrimming.Trim(part, addPrefixSpace);
            }
        }

        return parts;
    }
}
