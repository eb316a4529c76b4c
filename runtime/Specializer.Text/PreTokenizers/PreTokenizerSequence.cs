using Specializer.Text.Pipeline;

namespace Specializer.Text.PreTokenizers;

/// <summary>Several pre-tokenizers, one after the other.</summary>
internal sealed class PreTokenizerSequence(IPreTokenizer[] steps) : IPreTokenizer
{
    public IPreTokenizer[] Steps => steps;

    public void Split(PieceList pieces)
    {
        foreach (IPreTokenizer step in steps)
        {
            step.Split(pieces);
        }
    }
}
