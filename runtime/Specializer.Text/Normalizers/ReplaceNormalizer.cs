using System;
using System.Text;
using Specializer.Text.Patterns;
using Specializer.Text.Pipeline;

namespace Specializer.Text.Normalizers;

/// <summary>Replaces every match of a pattern by a text.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<byte> bytes = text.Bytes;
        var matches = new MatchIterator(pattern, bytes);
        if (!matches.MoveNext())
        {
            return;
        }

        TextBuffer source = text.Buffer;
        text.BeginRewrite();
        int copied = 0;
        do
        {
            text.Target.Append(source, copied, matches.Start);
            copied = matches.End;
            foreach (Rune rune in content.EnumerateRunes())
            {
                // Inserted text has the origin of the last replaced byte.
                int last = Math.Max(0, matches.End - 1);
                text.Target.Append(rune.Value, source.OriginalStart(last), source.OriginalEnd(last));
            }
        } while (matches.MoveNext());
        text.Target.Append(source, copied, bytes.Length);
        text.EndRewrite();
    }
}
