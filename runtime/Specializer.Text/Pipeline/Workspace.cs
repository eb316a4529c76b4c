using System;
using Specializer.Text.Models;

namespace Specializer.Text.Pipeline;

/// <summary>The buffers of one running encoding. A tokenizer keeps a few instances for reuse.</summary>
internal sealed class Workspace
{
    private const int MaximumKept = 8 << 20;

    public PieceList Pieces { get; } = new();

    public NormalizedText Normalized { get; } = new();

    public TokenList Tokens { get; } = new();

    public ModelScratch Scratch { get; } = new();

    /// <summary>The index of the piece of each token, if ranges are requested.</summary>
    public int[] Words { get; private set; } = [];

    public void EnsureWords(int count)
    {
        if (Words.Length < count)
        {
            int[] words = Words;
            Array.Resize(ref words, Math.Max(count, 2 * words.Length));
            Words = words;
        }
    }

    /// <summary>Releases memory that a large text needed.</summary>
    public void Trim()
    {
        Pieces.Trim(MaximumKept);
        Normalized.Trim(MaximumKept);
        Tokens.Trim(MaximumKept);
        Scratch.Trim(MaximumKept);
        if (Words.Length > MaximumKept / 4)
        {
            Words = [];
        }
    }
}
