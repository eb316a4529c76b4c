using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text.Generation;

/// <summary>The tokens that cannot follow, by the rules of transformers' generation.</summary>
/// <remarks>Source: huggingface/transformers, src/transformers/generation/logits_process.py.</remarks>
internal sealed class TokenBans
{
    private readonly GenerationPlan _plan;
    private readonly GenerationSettings _settings;
    private readonly int[][] _badWords;
    private readonly int _firstSuppressedIndex;

    public TokenBans(GenerationPlan plan)
    {
        _plan = plan;
        _settings = plan.Settings;
        _badWords =
        [
            .. _settings
                .BadWords.Where(words => words.Count > 1 || !_settings.EndTokens.Contains(words[0]))
                .Select(static words => words.ToArray()),
        ];

        // A forced first token is not chosen, so that the second token is the first choice.
        _firstSuppressedIndex = plan.ForcedFirstToken is null ? 0 : 1;
    }

    /// <summary>Returns the token that is forced at an index of the generated text, or null.</summary>
    public int? Forced(int index) =>
        index == 0 && _plan.ForcedFirstToken is { } first ? first
        : index == _plan.MaximumNewTokens - 1 && _plan.Filter is null ? _settings.ForcedLastToken
        : null;

    /// <summary>Clears the bits of the tokens that cannot follow.</summary>
    /// <param name="tokens">The prompt and the generated tokens.</param>
    /// <param name="allowed">A bit for each token.</param>
    public void Exclude(ReadOnlySpan<int> tokens, Span<ulong> allowed)
    {
        int index = tokens.Length - _plan.Prompt.Length;
        ExcludeAll(_settings.SuppressedTokens, allowed);
        ExcludeAll(index == _firstSuppressedIndex ? _settings.FirstSuppressedTokens : [], allowed);
        ExcludeAll(index < _plan.MinimumNewTokens ? _settings.EndTokens : [], allowed);
        ExcludeRepetitions(tokens, allowed);
        foreach (int[] words in _badWords)
        {
            ReadOnlySpan<int> before = words.AsSpan(0, words.Length - 1);
            if (words.Length <= Math.Max(1, tokens.Length) && tokens.EndsWith(before))
            {
                Exclude(words[^1], allowed);
            }
        }
    }

    // A token is excluded if it would complete a sequence that occurs already.
    private void ExcludeRepetitions(ReadOnlySpan<int> tokens, Span<ulong> allowed)
    {
        int size = _settings.NoRepeatNgramSize;
        if (size == 0 || tokens.Length + 1 < size)
        {
            return;
        }

        ReadOnlySpan<int> last = tokens[(tokens.Length - size + 1)..];
        for (int start = 0; start + size <= tokens.Length; start++)
        {
            if (tokens.Slice(start, size - 1).SequenceEqual(last))
            {
                Exclude(tokens[start + size - 1], allowed);
            }
        }
    }

    private static void ExcludeAll(IReadOnlyList<int> tokens, Span<ulong> allowed)
    {
        foreach (int token in tokens)
        {
            Exclude(token, allowed);
        }
    }

    private static void Exclude(int token, Span<ulong> allowed) => allowed[token / 64] &= ~(1UL << (token % 64));
}
