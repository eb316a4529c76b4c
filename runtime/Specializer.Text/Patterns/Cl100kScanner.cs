using System;

namespace Specializer.Text.Patterns;

/// <summary>The patterns of cl100k, LLaMA 3 and Qwen 2, which differ in the maximum number of digits of a number.</summary>
internal sealed class Cl100kScanner(int digits) : SplitScanner
{
    public const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public override int Match(ReadOnlySpan<byte> text, int index)
    {
        int contraction = ContractionEnd(text, index, ignoreCase: true);
        if (contraction >= 0)
        {
            return contraction;
        }

        byte kind = KindAt(text, index, out int length);
        int after = index + length;
        switch (kind)
        {
            case Letter:
                return RunEnd(text, after, Letter);
            case Number:
                return NumbersEnd(text, index, digits);
        }

        if (after < text.Length && text[index] is not ((byte)'\r' or (byte)'\n'))
        {
            byte next = KindAt(text, after, out int nextLength);
            if (next == Letter)
            {
                return RunEnd(text, after + nextLength, Letter);
            }

            if (next == Other && text[index] == ' ')
            {
                return LineBreaksEnd(text, RunEnd(text, after + nextLength, Other));
            }
        }

        return kind == Other ? LineBreaksEnd(text, RunEnd(text, after, Other)) : SpacesEnd(text, index, lineBreaks: true);
    }
}
