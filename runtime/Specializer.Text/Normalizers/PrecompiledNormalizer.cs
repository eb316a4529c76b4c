using System;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>
/// SentencePiece's character map as the library applies it. Clusters of fewer than six bytes are looked up first; the shortest
/// key at the start of a cluster replaces the whole cluster.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        TextRewriter rewriter = text.BeginRewrite();
        bool modified = false,
            wrote = false;
        for (int index = 0; index < bytes.Length; )
        {
            int end = GraphemeClusters.End(bytes, index);
            if (end - index < 6 && map.TryFindShortest(bytes[index..end], out ReadOnlySpan<byte> whole))
            {
                Write(bytes[index..end], whole, ref rewriter, ref wrote);
                modified = true;
                index = end;
                continue;
            }

            while (index < end)
            {
                int scalar = Scalars.Decode(bytes, index, out int length);
                if (map.TryFindShortest(bytes.Slice(index, length), out ReadOnlySpan<byte> replacement))
                {
                    Write(bytes.Slice(index, length), replacement, ref rewriter, ref wrote);
                    modified = true;
                }
                else
                {
                    rewriter.Replace(scalar);
                    wrote = true;
                }

                index += length;
            }
        }

        if (modified)
        {
            text.EndRewrite();
        }
    }

    private static void Write(ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, ref TextRewriter rewriter, ref bool wrote)
    {
        int difference = Scalars.Count(replacement) - Scalars.Count(old);
        int inserted = Scalars.Count(replacement) - Math.Max(0, difference);
        for (int index = 0; index < replacement.Length; inserted--)
        {
            int scalar = Scalars.Decode(replacement, index, out int length);
            index += length;
            rewriter.Write(scalar, inserted > 0 ? 0 : 1);
            wrote = true;
        }

        // A removed scalar belongs to the scalar written before it; before the first one, the library ignores it.
        if (difference < 0 && wrote)
        {
            rewriter.Skip(-difference);
        }
    }
}
