namespace Specializer.Text.Pipeline;

/// <summary>A part of the text between splits, or an added token in it.</summary>
/// <param name="Start">
/// The start in the text buffer; for an added token, the number of white-space characters at the start of its text.
/// </param>
/// <param name="End">
/// The end in the text buffer; for an added token, the number of white-space characters at the end of its text.
/// </param>
/// <param name="Origin">The start in the original text.</param>
/// <param name="OriginEnd">The end of an added token in the original text.</param>
/// <param name="Token">The id of the added token, or -1.</param>
internal readonly record struct Piece(int Start, int End, int Origin, int OriginEnd = 0, int Token = -1)
{
    public bool IsToken => Token >= 0;

    public int Length => End - Start;
}
