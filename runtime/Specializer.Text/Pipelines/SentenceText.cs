using System;
using System.Text;
using Specializer.Text.Templates;

namespace Specializer.Text.Pipelines;

/// <summary>The changes of a text before it is tokenized, with the meaning of Python's string methods.</summary>
internal static class SentenceText
{
    /// <summary>Removes white space at both ends.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text)
    {
        int start = 0,
            end = text.Length;
        while (start < end && IsSpace(text[start]))
        {
            start++;
        }

        while (end > start && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>Converts to lower case.</summary>
    public static string Lower(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; )
        {
            int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            int scalar = length == 2 ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i];
            if (scalar == 'Σ' && CaseMapping.IsFinalSigma(text, i))
            {
                result.Append('ς');
            }
            else
            {
                CaseMapping.AppendLower(result, scalar);
            }

            i += length;
        }

        return result.ToString();
    }

    // Python counts the separators of ASCII as white space, too.
    private static bool IsSpace(char letter) => char.IsWhiteSpace(letter) || letter is >= '\u001C' and <= '\u001F';
}
