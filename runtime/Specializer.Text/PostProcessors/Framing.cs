namespace Specializer.Text.PostProcessors;

/// <summary>Adds special tokens around a text and around each of its overflow parts.</summary>
internal static class Framing
{
    /// <summary>Adds special tokens around a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="before">The token before it, or -1.</param>
    /// <param name="after">The token after it.</param>
    /// <param name="typeId">The type id of both.</param>
    public static TokenSequence Frame(TokenSequence text, int before, int after, int typeId)
    {
        TokenSequence framed = FrameOne(text, before, after, typeId);
        foreach (TokenSequence part in text.OverflowList)
        {
            framed.OverflowList.Add(FrameOne(part, before, after, typeId));
        }

        return framed;
    }

    private static TokenSequence FrameOne(TokenSequence text, int before, int after, int typeId)
    {
        TokenSequence framed = TokenSequence.OfSpecial(before < 0 ? [] : [before], typeId);
        framed.Append(text.Slice(0, text.Count));
        framed.Append(TokenSequence.OfSpecial([after], typeId));
        System.Array.Fill(framed.MaskArray, 1);
        return framed;
    }
}
