using System.Text;
using Specializer.Text.Pipeline;
using Specializer.Text.Unicode;

namespace Specializer.Text.Normalizers;

/// <summary>Prepends a text to a text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        if (text.Bytes.IsEmpty || prefix.Length == 0)
        {
            return;
        }

        int first = Scalars.Decode(text.Bytes, 0, out int length);
        int end = text.Bytes.Length;
        TextRewriter rewriter = text.BeginRewrite();
        bool isFirst = true;
        foreach (Rune rune in prefix.EnumerateRunes())
        {
            // The first scalar has the origin of the first scalar of the text.
            rewriter.Write(rune.Value, isFirst ? 0 : 1);
            isFirst = false;
        }

        rewriter.Insert(first);
        text.Target.Append(text.Buffer, length, end);
        text.EndRewrite();
    }
}
