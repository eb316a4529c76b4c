using System;
using System.Text;

namespace Specializer.Text.Decoders;

/// <summary>The clean-up of spaces before punctuation and English contractions.</summary>
internal static class Cleanup
{
    /// <summary>Returns whether the text may need clean-up: all rules start with a space and one of these characters.</summary>
    public static bool Concerns(ReadOnlySpan<byte> text)
    {
        for (int index = text.IndexOf((byte)' '); index >= 0 && index + 1 < text.Length; index++)
        {
            if (
                text[index] == ' '
                && text[index + 1] is (byte)'.' or (byte)'?' or (byte)'!' or (byte)',' or (byte)'\'' or (byte)'n' or (byte)'d'
            )
            {
                return true;
            }
        }

        return false;
    }

    public static byte[] Apply(ReadOnlySpan<byte> text) => Encoding.UTF8.GetBytes(Apply(Encoding.UTF8.GetString(text)));

    public static string Apply(string text) =>
        text.Replace(" .", ".", StringComparison.Ordinal)
            .Replace(" ?", "?", StringComparison.Ordinal)
            .Replace(" !", "!", StringComparison.Ordinal)
            .Replace(" ,", ",", StringComparison.Ordinal)
            .Replace(" ' ", "'", StringComparison.Ordinal)
            .Replace(" n't", "n't", StringComparison.Ordinal)
            .Replace(" 'm", "'m", StringComparison.Ordinal)
            .Replace(" do not", " don't", StringComparison.Ordinal)
            .Replace(" 's", "'s", StringComparison.Ordinal)
            .Replace(" 've", "'ve", StringComparison.Ordinal)
            .Replace(" 're", "'re", StringComparison.Ordinal);
}
