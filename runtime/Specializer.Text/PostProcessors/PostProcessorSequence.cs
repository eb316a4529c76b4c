using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>Several post-processors, one after the other.</summary>
internal sealed class PostProcessorSequence(IPostProcessor[] steps) : IPostProcessor
{
    public int CountAdded(bool isPair)
    {
        int count = 0;
        foreach (IPostProcessor step in steps)
        {
            count += step.CountAdded(isPair);
        }

        return count;
    }

    public List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens)
    {
        foreach (IPostProcessor step in steps)
        {
            parts = step.Process(parts, addSpecialTokens);
        }

        return parts;
    }
}
