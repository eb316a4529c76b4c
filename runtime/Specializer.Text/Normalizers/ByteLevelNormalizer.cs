using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>Writes each byte as the visible character that represents it.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        TextRewriter rewriter = text.BeginRewrite();
        foreach (byte value in bytes)
        {
            rewriter.Write(ByteAlphabet.ToScalar(value), Scalars.IsStart(value) ? 0 : 1);
        }

        text.EndRewrite();
    }
}
