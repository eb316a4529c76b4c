using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Text;

public sealed partial class Tokenizer
{
    /// <summary>Checks that every token is in the vocabulary of a model.</summary>
    /// <param name="modelVocabularySize">The vocabulary size of the model, which is often larger than that of the tokenizer.</param>
    /// <param name="modelName">The model's name for the message, or null.</param>
    /// <exception cref="TokenizerException">The tokenizer has tokens whose ids are beyond the model's vocabulary; the message names them.</exception>
    public void CheckVocabulary(int modelVocabularySize, string? modelName = null)
    {
        if (DescribeTokensBeyond(modelVocabularySize, modelName ?? "the model") is { } problem)
        {
            throw new TokenizerException(problem);
        }
    }

    /// <summary>Describes the tokens beyond the vocabulary of a model; null if there are no such tokens.</summary>
    internal string? DescribeTokensBeyond(int modelVocabularySize, string modelName)
    {
        if (VocabularySize <= modelVocabularySize)
        {
            return null;
        }

        SortedSet<int> beyond = [.. Added.Tokens.Keys.Where(id => id >= modelVocabularySize)];
        for (int entry = 0; entry < _model.Vocabulary.Count; entry++)
        {
            if (_model.Vocabulary.IdOf(entry) >= modelVocabularySize)
            {
                beyond.Add(_model.Vocabulary.IdOf(entry));
            }
        }

        string named = string.Join(", ", beyond.Take(3).Select(id => $"'{IdToToken(id)}' ({id})"));
        return $"the tokenizer has {beyond.Count} tokens beyond the {modelVocabularySize} of {modelName}: {named}{(beyond.Count > 3 ? ", ..." : "")}. "
            + "Use the tokenizer and the model of one folder, or resize the embeddings of the model.";
    }
}
