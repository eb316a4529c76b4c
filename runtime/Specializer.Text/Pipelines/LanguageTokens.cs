using System;
using System.Collections.Generic;

namespace Specializer.Text.Pipelines;

/// <summary>The tokens of languages: fr_XX (mBART), fra_Latn (NLLB), __fr__ (M2M100), &gt;&gt;fra&lt;&lt; (Marian).</summary>
internal static class LanguageTokens
{
    /// <summary>Returns the token of a language, given as the token itself or as the code inside of it; null if there is none.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="language">The language.</param>
    /// <param name="isInSource">Whether the token of a target language is part of the source, as in Marian's models.</param>
    public static int? Find(Tokenizer tokenizer, string language, out bool isInSource)
    {
        foreach (string token in new[] { language, $"__{language}__", $">>{language}<<" })
        {
            if (IsLanguage(token) && tokenizer.TokenToId(token) is { } id)
            {
                isInSource = token[0] == '>';
                return id;
            }
        }

        isInSource = false;
        return null;
    }

    /// <summary>Replaces the language token that the tokenizer adds to a source.</summary>
    /// <exception cref="ArgumentException">The tokenizer does not add exactly one.</exception>
    public static int[] Replace(Tokenizer tokenizer, TokenSequence source, int language)
    {
        var places = new List<int>();
        for (int i = 0; i < source.Count; i++)
        {
            if (source.SpecialTokensMask[i] == 1 && tokenizer.IdToToken(source.Ids[i]) is { } token && IsLanguage(token))
            {
                places.Add(i);
            }
        }

        if (places.Count != 1)
        {
            throw new ArgumentException(
                $"The tokenizer adds {places.Count} language tokens to a text, so that the place of '{tokenizer.IdToToken(language)}' is unknown. Leave the source language out."
            );
        }

        int[] ids = source.Ids.ToArray();
        ids[places[0]] = language;
        return ids;
    }

    // Two or three letters and a region or script, or letters between marks.
    private static bool IsLanguage(string token)
    {
        if (token.Length > 4 && (token.StartsWith("__", StringComparison.Ordinal) && token.EndsWith("__", StringComparison.Ordinal)))
        {
            return true;
        }

        if (token.Length > 4 && token.StartsWith(">>", StringComparison.Ordinal) && token.EndsWith("<<", StringComparison.Ordinal))
        {
            return true;
        }

        int separator = token.IndexOf('_', StringComparison.Ordinal);
        return separator is 2 or 3
            && token.Length - separator is 3 or 5
            && token.AsSpan(0, separator).IndexOfAnyExceptInRange('a', 'z') < 0
            && char.IsAsciiLetterUpper(token[separator + 1]);
    }
}
