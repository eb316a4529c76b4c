using System.Collections.Generic;
using Specializer.Text.Patterns;

namespace Specializer.Text;

/// <summary>The data of an encoding that a tiktoken file does not contain: the split pattern and the special tokens.</summary>
/// <param name="Pattern">The split pattern, a regular expression.</param>
/// <param name="SpecialTokens">The special tokens and their ids.</param>
public sealed record TiktokenEncoding(string Pattern, IReadOnlyDictionary<string, int> SpecialTokens)
{
    /// <summary>The encoding of GPT-2 and GPT-3 (gpt2, r50k_base).</summary>
    public static TiktokenEncoding R50kBase { get; } = new(Gpt2Scanner.Pattern, new Dictionary<string, int> { ["<|endoftext|>"] = 50256 });

    /// <summary>The encoding of GPT-3.5 and GPT-4.</summary>
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

    /// <summary>The encoding of GPT-4o.</summary>
    public static TiktokenEncoding O200kBase { get; } =
        new(O200kScanner.Pattern, new Dictionary<string, int> { ["<|endoftext|>"] = 199999, ["<|endofprompt|>"] = 200018 });
}
