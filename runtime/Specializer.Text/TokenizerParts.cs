using System.Collections.Generic;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.PostProcessors;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text;

/// <summary>What a tokenizer is made of. Readers of every format end in one of these.</summary>
internal sealed record TokenizerParts(ITokenModel Model)
{
    public INormalizer? Normalizer { get; init; }

    public IPreTokenizer? PreTokenizer { get; init; }

    public IPostProcessor? PostProcessor { get; init; }

    public IDecoder? Decoder { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Special tokens of the model that are not looked for in text, as SentencePiece treats its control symbols.</summary>
    public IReadOnlyList<string> SilentSpecialTokens { get; init; } = [];

    public TruncationOptions? Truncation { get; init; }

    public PaddingOptions? Padding { get; init; }

    /// <summary>The token that stands for unknown text, which text from users may yield although it is special.</summary>
    public string? UnknownToken { get; init; }
}
