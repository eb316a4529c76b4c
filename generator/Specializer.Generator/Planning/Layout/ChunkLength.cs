using System;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Chooses how many positions pass through a step at once.</summary>
internal static class ChunkLength
{
    /// <summary>The most positions of a chunk.</summary>
    private const int Longest = 128;

    /// <summary>The fewest positions that a chunk is cut down to.</summary>
    private const int Shortest = 16;

    /// <summary>The inputs that a linear layer reads again and again stay within about a megabyte of second-level cache.</summary>
    private const int InputFloats = 280 * 1024;

    /// <summary>Returns the declared length, or the longest whose widest inputs stay in the cache; never more than the context.</summary>
    public static int Choose(TransformerArchitecture architecture)
    {
        if (architecture.ChunkLength > 0)
        {
            return Math.Min(architecture.ChunkLength, architecture.ContextLength);
        }

        int widestInput = Math.Max(
            Math.Max(architecture.Width, architecture.FeedForward.Width),
            architecture.Attention.Heads * architecture.Attention.HeadDimension
        );
        int chunk = Longest;
        while (chunk > Shortest && chunk * widestInput > InputFloats)
        {
            chunk /= 2;
        }

        return Math.Min(chunk, architecture.ContextLength);
    }
}
