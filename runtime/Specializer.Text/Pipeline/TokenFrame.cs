using System.Collections.Generic;
using Specializer.Text.PostProcessors;

namespace Specializer.Text.Pipeline;

/// <summary>The tokens that a post-processor adds before and after one text.</summary>
internal sealed class TokenFrame(int[] before, int[] after)
{
    public int[] Before => before;

    public int[] After => after;

    /// <summary>
    /// Determines the frame by processing a text of one token; null if the text does not occur exactly once in the result.
    /// </summary>
    public static TokenFrame? TryCreate(IPostProcessor? processor)
    {
        if (processor is null)
        {
            return new TokenFrame([], []);
        }

        const int Sentinel = -1;
        var ids = new List<int>();
        foreach (TokenSequence part in processor.Process([TokenSequence.OfSpecial([Sentinel], 0)], addSpecialTokens: true))
        {
            ids.AddRange(part.IdArray);
        }

        int place = ids.IndexOf(Sentinel);
        return place >= 0 && ids.LastIndexOf(Sentinel) == place ? new TokenFrame([.. ids[..place]], [.. ids[(place + 1)..]]) : null;
    }
}
