using System;
using Specializer.Text.Pipeline;

namespace Specializer.Text.Models;

/// <summary>
/// Turns words into tokens. To add a model: implement this in a file of its own, give it a case in <see cref="Reading.ModelReader"/>, and draw it
/// in the fuzzer of the tests.
/// </summary>
internal interface ITokenModel
{
    /// <summary>The tokens by text and by id.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the tokens of a word that is not empty. Must be safe to call from many threads.</summary>
    /// <exception cref="TokenizerException">The word has what is not in the vocabulary, and there is no token for unknown text.</exception>
    void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch);

    /// <summary>Whether a token's text, as offsets are trimmed by, is the text that it stands for and not its entry in the vocabulary.</summary>
    bool TokensAreTheirText { get; }
}
