using System;
using Specializer.Text.Pipeline;

namespace Specializer.Text.Models;

/// <summary>WordLevel: a word is a token, or unknown.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknownToken) : ITokenModel
{
    private readonly int _unknown = vocabulary.Find(unknownToken);

    public Vocabulary Vocabulary => vocabulary;

    public bool TokensAreTheirText => false;

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        int id = vocabulary.Find(word);
        if (id < 0)
        {
            id =
                _unknown >= 0
                    ? _unknown
                    : throw new TokenizerException($"The text contains an unknown word, and '{unknownToken}' is not in the vocabulary.");
        }

        tokens.Add(id, 0, word.Length);
    }
}
