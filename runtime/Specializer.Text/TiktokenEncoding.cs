using System.Collections.Generic;
using Specializer.Text.Patterns;

namespace Specializer.Text;

/// <summary>What a tiktoken file does not say: how text is split, and the special tokens.</summary>
/// <param name="Pattern">The split pattern, a regular expression.</param>
/// <param name="SpecialTokens">Special tokens and their ids.</param>
public sealed record TiktokenEncoding(string Pattern, IReadOnlyDictionary<string, int> SpecialTokens)
{
    /// <summary>GPT-2's and GPT-3's encoding (gpt2, r50k_base).</summary>
    public static TiktokenEncoding R50kBase { get; } = new(Gpt2Scanner.Pattern, new Dictionary<string, int> { ["<|endoftext|>"] = 50256 });

    /// <summary>GPT-3.5's and GPT-4's encoding.</summary>
    public static TiktokenEncoding Cl100kBase { get; } =
        new(
            Cl100kScanner.Pattern,
            new Dictionary<string, int>
            {
                ["<|endoftext|>"] = 100257,
                ["<|fim_prefix|>"] = 100258,
                ["<|fim_middle|>"] = 100259,
                ["<|fim_suffix|>"] = 100260,
                ["<|endofprompt|>"] = 100276,
            }
        );

    /// <summary>GPT-4o's encoding.</summary>
    public static TiktokenEncoding O200kBase { get; } =
        new(O200kScanner.Pattern, new Dictionary<string, int> { ["<|endoftext|>"] = 199999, ["<|endofprompt|>"] = 200018 });
}
