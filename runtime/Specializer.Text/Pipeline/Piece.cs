namespace Specializer.Text.Pipeline;

/// <summary>A stretch of text between splits, or an added token that was found in it.</summary>
/// <param name="Start">Where it begins in the text buffer; of an added token, how many white-space characters its text begins with.</param>
/// <param name="End">Where it ends there; of an added token, how many white-space characters its text ends with.</param>
/// <param name="Origin">Where it begins in the original text.</param>
/// <param name="OriginEnd">Where an added token ends in the original text.</param>
/// <param name="Token">The id of the added token, or -1.</param>
internal readonly record struct Piece(int Start, int End, int Origin, int OriginEnd = 0, int Token = -1)
{
    public bool IsToken => Token >= 0;

    public int Length => End - Start;
}
