using System.Collections.Generic;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Normalizers;
using Specializer.Text.PostProcessors;
using Specializer.Text.PreTokenizers;

namespace Specializer.Text;

/// <summary>The components of a tokenizer. The readers of all formats create this record.</summary>
internal sealed record TokenizerParts(ITokenModel Model)
{
    public INormalizer? Normalizer { get; init; }

    public IPreTokenizer? PreTokenizer { get; init; }

    public IPostProcessor? PostProcessor { get; init; }

    public IDecoder? Decoder { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Special tokens of the model that are not recognized in text, like the control symbols of SentencePiece.</summary>
    public IReadOnlyList<string> SilentSpecialTokens { get; init; } = [];

    public TruncationOptions? Truncation { get; init; }

    public PaddingOptions? Padding { get; init; }

    /// <summary>The token for unknown text. Text from users may yield it although it is special.</summary>
    public string? UnknownToken { get; init; }
}
