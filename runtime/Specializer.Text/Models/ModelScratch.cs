using System;

namespace Specializer.Text.Models;

/// <summary>Working memory of the models, one instance for each active thread.</summary>
internal sealed class ModelScratch
{
    public byte[] Text = new byte[256];
    public int[] Ids = new int[64];
    public int[] Lengths = new int[64];
    public int[] Previous = new int[64];
    public int[] Next = new int[64];
    public int[] Ranks = new int[64];
    public ulong[] HeapKeys = new ulong[64];
    public int[] HeapIds = new int[64];
    public ulong[] FirstKeys = [];
    public int[] FirstIds = [];
    public double[] Scores = [];

    /// <summary>The cache of recently tokenized words.</summary>
    public WordCache Cache { get; } = new();

    /// <summary>Ensures the capacity for the symbols of a word.</summary>
    public void EnsureSymbols(int count)
    {
        if (Ids.Length < count)
        {
            int length = Math.Max(count, 2 * Ids.Length);
            Ids = new int[length];
            Lengths = new int[length];
            Previous = new int[length];
            Next = new int[length];
            Ranks = new int[length];
        }
    }

    /// <summary>Ensures the capacity for the merges of a word before the first one is applied.</summary>
    public void EnsureFirstMerges(int count)
    {
        if (FirstKeys.Length < count)
        {
            FirstKeys = new ulong[Math.Max(count, 2 * FirstKeys.Length)];
            FirstIds = new int[FirstKeys.Length];
        }
    }

    /// <summary>Ensures the capacity for the best path to each byte of a word.</summary>
    public void EnsurePath(int count)
    {
        if (Scores.Length < count)
        {
            Scores = new double[Math.Max(count, 2 * Scores.Length)];
        }

        EnsureSymbols(count);
    }

    public Span<byte> EnsureText(int count)
    {
        if (Text.Length < count)
        {
            Text = new byte[Math.Max(count, 2 * Text.Length)];
        }

        return Text;
    }

    /// <summary>Releases memory that one long word needed.</summary>
    public void Trim(int maximum)
    {
        if (Ids.Length > maximum / 4)
        {
            Ids = [];
            Lengths = [];
            Previous = [];
            Next = [];
            Ranks = [];
            Scores = [];
        }

        if (Math.Max(HeapKeys.Length, FirstKeys.Length) > maximum / 8)
        {
            HeapKeys = new ulong[64];
            HeapIds = new int[64];
            FirstKeys = [];
            FirstIds = [];
        }

        if (Text.Length > maximum)
        {
            Text = new byte[256];
        }
    }
}
