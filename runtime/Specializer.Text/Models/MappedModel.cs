using System;
using Specializer.Text.Pipeline;

namespace Specializer.Text.Models;

/// <summary>A model whose tokens have other ids: those of a vocabulary beside it.</summary>
internal sealed class MappedModel : ITokenModel
{
    private readonly ITokenModel _model;
    private readonly int[] _ids;

    /// <param name="model">The model that tokenizes.</param>
    /// <param name="vocabulary">The vocabulary whose ids come out.</param>
    /// <param name="ids">The id in the vocabulary for each id of the model.</param>
    public MappedModel(ITokenModel model, Vocabulary vocabulary, int[] ids)
    {
        _model = model;
        Vocabulary = vocabulary;
        _ids = ids;
    }

    public Vocabulary Vocabulary { get; }

    public bool TokensAreTheirText => true;

    public void Tokenize(ReadOnlySpan<byte> word, TokenList tokens, ModelScratch scratch)
    {
        int first = tokens.Count;
        _model.Tokenize(word, tokens, scratch);
        foreach (ref int id in tokens.Ids[first..])
        {
            id = _ids[id];
        }
    }
}
