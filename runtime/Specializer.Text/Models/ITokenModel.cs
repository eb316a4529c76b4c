using System;
using Specializer.Text.Pipeline;

namespace Specializer.Text.Models;

/// <summary>
/// Converts words to tokens. To add a model, implement this interface in a new file, add a case to
/// <see cref="Reading.ModelReader"/>, and draw it in the fuzzer of the tests.
/// </summary>
internal interface ITokenModel
{
    /// <summary>The tokens by text and by id.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the tokens of a word that is not empty. This method must be thread-safe.</summary>
    /// <exception cref="TokenizerException">
    /// The word contains text that is not in the vocabulary, and there is no token for unknown text.
    /// </exception>
    void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch);

    /// <summary>Whether trimming of ranges uses the text that a token represents instead of its entry in the vocabulary.</summary>
    bool TokensAreTheirText { get; }

    /// <summary>Whether tokens that continue a word have a prefix in the vocabulary, such as ##.</summary>
    bool HasContinuingPrefix => false;
}
