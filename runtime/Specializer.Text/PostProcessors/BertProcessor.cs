using System;
using System.Collections.Generic;

namespace Specializer.Text.PostProcessors;

/// <summary>BertProcessing: [CLS] A [SEP], then B [SEP] of type 1.</summary>
internal sealed class BertProcessor(int separator, int classifier) : IPostProcessor
{
    public int CountAdded(bool isPair) => isPair ? 3 : 2;

    public List<TokenSequence> Process(List<TokenSequence> parts, bool addSpecialTokens)
    {
        if (!addSpecialTokens)
        {
            return parts;
        }

        for (int i = 0; i < parts.Count; i++)
        {
            parts[i] = Framing.Frame(parts[i], i == 0 ? classifier : -1, separator, i == 0 ? 0 : 1);
        }

        return parts;
    }
}
