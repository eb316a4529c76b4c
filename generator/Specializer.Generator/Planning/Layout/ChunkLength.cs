using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Chooses the number of positions per prefill step.</summary>
internal static class ChunkLength
{
    /// <summary>The maximum number of positions of a chunk.</summary>
    private const int Longest = 128;

    /// <summary>The minimum to which the number of positions of a chunk is reduced.</summary>
    private const int Shortest = 16;

    /// <summary>The size of the inputs that a linear layer reads repeatedly: about a megabyte of L2 cache.</summary>
    private const int InputFloats = 280 * 1024;

    /// <summary>Returns the declared length, or the longest whose widest inputs fit in the cache. It is at most the context.</summary>
    public static int Choose(TransformerArchitecture architecture)
    {
        if (architecture.ChunkLength > 0)
        {
            return Math.Min(architecture.ChunkLength, architecture.ContextLength);
        }

        int widestInput = architecture.LayerKinds.Max(kind =>
            Math.Max(Math.Max(architecture.Width, kind.FeedForward.Width), kind.Attention.Heads * kind.Attention.HeadDim)
        );
        int chunk = Longest;
        while (chunk > Shortest && chunk * widestInput > InputFloats)
        {
            chunk /= 2;
        }

        return Math.Min(chunk, architecture.ContextLength);
    }
}
