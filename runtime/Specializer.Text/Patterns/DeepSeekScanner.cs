using System;
using Specializer.Text.Unicode;

namespace Specializer.Text.Patterns;

/// <summary>The third pattern of DeepSeek V3's sequence; the first two split off numbers and Chinese text.</summary>
internal sealed class DeepSeekScanner : SplitScanner
{
    public const string Pattern =
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
        + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private const uint Words = Categories.Letter | Categories.Mark;
    private const uint Symbols = Categories.Punctuation | Categories.Symbol;

    public override int Match(ReadOnlySpan<byte> text, int index)
    {
        byte first = text[index];
        if (first < 0x80 && IsAsciiPunctuation(first))
        {
            int letters = index + 1;
            while (letters < text.Length && (uint)((text[letters] | 0x20) - 'a') <= 'z' - 'a')
            {
                letters++;
            }

            if (letters > index + 1)
            {
                return letters;
            }
        }

        int scalar = Scalars.Decode(text, index, out int length);
        int after = index + length;
        if (first is not ((byte)'\r' or (byte)'\n') && !UnicodeTables.IsIn(scalar, Categories.Letter | Symbols))
        {
            int end = RunOf(text, after, Words);
            if (end > after)
            {
                return end;
            }
        }

        int word = RunOf(text, index, Words);
        if (word > index)
        {
            return word;
        }

        int symbols = first == ' ' ? after : index;
        int symbolsEnd = RunOf(text, symbols, Symbols);
        return symbolsEnd > symbols ? LineBreaksEnd(text, symbolsEnd) : SpacesEnd(text, index, lineBreaks: true);
    }

    private static int RunOf(ReadOnlySpan<byte> text, int index, uint categories)
    {
        while (index < text.Length && UnicodeTables.IsIn(Scalars.Decode(text, index, out int length), categories))
        {
            index += length;
        }

        return index;
    }

    private static bool IsAsciiPunctuation(byte value) =>
        value is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126;
}
