using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>
/// SentencePiece's rules for machine translation: removes control characters and replaces other white space by a space.
/// </summary>
internal sealed class NmtNormalizer : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        TextRewriter rewriter = text.BeginRewrite();
        for (int index = 0; index < bytes.Length; )
        {
            int scalar = Scalars.Decode(bytes, index, out int length);
            index += length;
            switch (scalar)
            {
                case >= 1 and <= 8 or 0xB or >= 0xE and <= 0x1F or 0x7F or 0x8F or 0x9F:
                    rewriter.Skip(1);
                    break;
                case 9 or 0xA or 0xC or 0xD or 0x1680 or >= 0x200B and <= 0x200F or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD:
                    rewriter.Replace(' ');
                    break;
                default:
                    rewriter.Replace(scalar);
                    break;
            }
        }

        text.EndRewrite();
    }
}
