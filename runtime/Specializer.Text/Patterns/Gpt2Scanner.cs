using System;

namespace Specializer.Text.Patterns;

/// <summary>The pattern of GPT-2, RoBERTa and all others that use ByteLevel with its own pattern.</summary>
internal sealed class Gpt2Scanner : SplitScanner
{
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override int Match(ReadOnlySpan<byte> text, int index)
    {
        int contraction = ContractionEnd(text, index, ignoreCase: false);
        if (contraction >= 0)
        {
            return contraction;
        }

        byte kind = KindAt(text, index, out int length);
        if (kind != Space)
        {
            return RunEnd(text, index + length, kind);
        }

        if (text[index] == ' ' && index + 1 < text.Length)
        {
            byte next = KindAt(text, index + 1, out length);
            if (next != Space)
            {
                return RunEnd(text, index + 1 + length, next);
            }
        }

        return SpacesEnd(text, index, lineBreaks: false);
    }
}
