using System;
using System.Collections.Generic;
using System.Text;
using Specializer.Text.Decoders;
using Specializer.Text.Models;
using Specializer.Text.Pipeline;
using Specializer.Text.PostProcessors;

namespace Specializer.Text;

/// <summary>
/// Converts text to tokens and tokens to text, as Hugging Face's library <c>tokenizers</c> 0.22 defines it. This class is thread-safe.
/// </summary>
/// <example>
/// <code>
/// Tokenizer tokenizer = Tokenizer.Load("models/all-MiniLM-L6-v2");
/// TokenSequence tokens = tokenizer.Encode("Each sentence is converted");
/// string text = tokenizer.Decode(tokens.Ids);
/// </code>
/// </example>
public sealed partial class Tokenizer
{
    private readonly TextPipeline _pipeline;
    private readonly ITokenModel _model;
    private readonly IPostProcessor? _postProcessor;
    private readonly IDecoder _decoder;
    private readonly bool _trimsRanges;
    private readonly TokenFrame? _frame;
    private readonly WorkspacePool _workspaces = new();

    internal Tokenizer(TokenizerParts parts)
    {
        _model = parts.Model;
        Added = new AddedVocabulary(parts.AddedTokens, parts.SilentSpecialTokens, parts.Model.Vocabulary, parts.Normalizer);
        _pipeline = new TextPipeline(parts.Normalizer, parts.PreTokenizer, parts.Model, Added);
        _postProcessor = parts.PostProcessor;
        _decoder = parts.Decoder ?? new SpaceJoinDecoder();
        _trimsRanges = parts.PostProcessor is not null;
        UnknownToken = parts.UnknownToken;
        Truncation = parts.Truncation;
        Padding = parts.Padding;
        _frame = TokenFrame.TryCreate(parts.PostProcessor);
    }

    /// <summary>The truncation options, or null. They are those of the file, unless <see cref="With"/> changes them.</summary>
    public TruncationOptions? Truncation { get; private init; }

    /// <summary>The padding options, or null. They are those of the file, unless <see cref="With"/> changes them.</summary>
    public PaddingOptions? Padding { get; private init; }

    /// <summary>The number of ids: one more than the highest id. The vocabulary of a model must be at least as large.</summary>
    public int VocabularySize => Math.Max(_model.Vocabulary.IdLimit, Added.IdLimit);

    /// <summary>The added tokens by id.</summary>
    public IReadOnlyDictionary<int, AddedToken> AddedTokens => Added.Tokens;

    internal AddedVocabulary Added { get; }

    internal string? UnknownToken { get; }

    internal IDecoder Decoder => _decoder;

    /// <summary>Whether tokens that continue a word have a prefix in the vocabulary, such as ##.</summary>
    internal bool HasContinuingPrefix => _model.HasContinuingPrefix;

    /// <summary>Returns the id of a token, or null.</summary>
    /// <param name="token">The text in the vocabulary.</param>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (Added.TryGetId(token, out int id))
        {
            return id;
        }

        id = _model.Vocabulary.Find(token);
        return id < 0 ? null : id;
    }

    /// <summary>Returns the text of a token in the vocabulary, or null.</summary>
    /// <param name="id">The id.</param>
    public string? IdToToken(int id)
    {
        if (Added.TryGetText(id, out byte[]? text))
        {
            return Encoding.UTF8.GetString(text!);
        }

        return _model.Vocabulary.Contains(id) ? Encoding.UTF8.GetString(_model.Vocabulary.TextOfId(id)) : null;
    }

    /// <summary>Returns whether a token is special.</summary>
    /// <param name="id">The id.</param>
    public bool IsSpecial(int id) => IdToToken(id) is { } token && Added.IsSpecial(token);

    /// <summary>Converts tokens to text.</summary>
    /// <param name="tokens">The ids. Ids without a token are skipped.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are skipped.</param>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true)
    {
        StreamingDecoder decoder = CreateStreamingDecoder(skipSpecialTokens);
        var text = new StringBuilder();
        text.Append(decoder.Append(tokens));
        text.Append(decoder.Complete());
        return text.ToString();
    }

    /// <summary>Creates a decoder that accepts tokens one at a time.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are skipped.</param>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => new(this, _decoder, skipSpecialTokens);

    /// <summary>Returns the same tokenizer with other truncation and padding.</summary>
    /// <param name="truncation">The truncation options, or null.</param>
    /// <param name="padding">The padding options, or null.</param>
    /// <exception cref="ArgumentException">The maximum length does not exceed the number of special tokens.</exception>
    public Tokenizer With(TruncationOptions? truncation, PaddingOptions? padding)
    {
        if (truncation is not null && CheckTruncation(truncation, _postProcessor) is { } problem)
        {
            throw new ArgumentException(problem, nameof(truncation));
        }

        return new Tokenizer(this) { Truncation = truncation, Padding = padding };
    }

    private Tokenizer(Tokenizer other)
    {
        _model = other._model;
        _pipeline = other._pipeline;
        _postProcessor = other._postProcessor;
        _decoder = other._decoder;
        _trimsRanges = other._trimsRanges;
        _frame = other._frame;
        Added = other.Added;
        UnknownToken = other.UnknownToken;
    }

    /// <summary>Returns what is wrong with truncation for a post-processor, or null.</summary>
    internal static string? CheckTruncation(TruncationOptions truncation, IPostProcessor? postProcessor)
    {
        int single = postProcessor?.CountAdded(isPair: false) ?? 0;
        int added = Math.Max(single, postProcessor?.CountAdded(isPair: true) ?? 0);
        if (truncation.MaximumLength < 0 || truncation.Stride < 0)
        {
            return "the maximum length and the stride of truncation must not be negative";
        }

        if (truncation.MaximumLength < added)
        {
            return $"the maximum length of truncation is {truncation.MaximumLength}, but the post-processor adds up to {added} special tokens";
        }

        return truncation.Stride > 0 && truncation.Stride >= truncation.MaximumLength - added
            ? $"the stride of truncation is {truncation.Stride}; it must be less than the {truncation.MaximumLength - added} tokens that are left for a text"
            : null;
    }

    /// <summary>Returns the text of a token for decoding, unless it does not exist or is skipped.</summary>
    internal bool TryGetDecodable(int id, bool skipSpecialTokens, out ReadOnlySpan<byte> text)
    {
        if (Added.TryGetText(id, out byte[]? added))
        {
            text = added;
            return !skipSpecialTokens || !Added.IsSpecial(Added.Tokens[id].Content);
        }

        text = _model.Vocabulary.TextOfId(id);
        if (!_model.Vocabulary.Contains(id))
        {
            return false;
        }

        // A special token may have the text of another id, if the file assigns one.
        return !skipSpecialTokens || !_pipeline.Control.IsSpecialEntry(id);
    }
}
