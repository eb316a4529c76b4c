using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>A token in place of a mask.</summary>
/// <param name="Token">The text of the token.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">Its probability.</param>
/// <param name="Text">The whole text with the token in place of the mask. Other masks remain.</param>
public sealed record MaskCandidate(string Token, int Id, float Score, string Text);

/// <summary>Predicts the tokens in place of masks, by a masked language model. This class is thread-safe.</summary>
/// <remarks>
/// The results are those of transformers' fill-mask pipeline. Source: huggingface/transformers,
/// src/transformers/pipelines/fill_mask.py.
/// </remarks>
/// <example>
/// <code>
/// using var filler = MaskFiller.Load(model, "models/bert-base-uncased");
/// IReadOnlyList&lt;MaskCandidate&gt; candidates = filler.Fill("Paris is the [MASK] of France.")[0];
/// </code>
/// </example>
public sealed class MaskFiller : IDisposable
{
    private readonly EncoderRunner _runner;
    private readonly InputEncoder _inputs;
    private readonly Tokenizer _tokenizer;
    private readonly int _mask;

    /// <summary>Creates a mask filler.</summary>
    /// <param name="model">An encoder that returns a logit of each token of the vocabulary for each token. It is not disposed with the filler.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="maskToken">The token that represents the mask (<c>mask_token</c>); null for [MASK] or &lt;mask&gt;, if the tokenizer has either.</param>
    /// <param name="usesTokenTypes">Whether the tokenizer's type ids are an input of the model.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens with a logit for each token of the vocabulary.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">The tokenizer does not have the mask.</exception>
    public MaskFiller(TransformerModel model, Tokenizer tokenizer, string? maskToken = null, bool usesTokenTypes = true)
    {
        _runner = new EncoderRunner(
            model,
            tokenizer,
            nameof(MaskFiller),
            "a logit of each token of the vocabulary for each token",
            perToken: true,
            usesTokenTypes
        );
        ModelDescription description = _runner.Description;
        if (_runner.Width != description.VocabularySize)
        {
            throw new NotSupportedException(
                $"{description.Name} returns {_runner.Width} numbers for each token; a {nameof(MaskFiller)} needs {description.VocabularySize}, one for each token of the vocabulary."
            );
        }

        MaskToken =
            maskToken
            ?? Array.Find(["[MASK]", "<mask>"], token => tokenizer.TokenToId(token) is not null)
            ?? throw new ArgumentException("The tokenizer has neither [MASK] nor <mask>; give the mask token.", nameof(maskToken));
        _mask =
            tokenizer.TokenToId(MaskToken) ?? throw new ArgumentException($"The tokenizer has no token '{MaskToken}'.", nameof(maskToken));
        _tokenizer = tokenizer;
        _inputs = new InputEncoder(tokenizer, description.ContextLength, truncates: false);
    }

    /// <summary>The token that represents the mask.</summary>
    public string MaskToken { get; }

    /// <summary>Loads tokenizer and mask token from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the filler.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="PipelineException">A file is malformed.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens with a logit for each token of the vocabulary.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">The tokenizer does not have the mask.</exception>
    public static MaskFiller Load(TransformerModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var configuration = new FolderConfiguration(folder);
        return FolderConfiguration.Within(() =>
            new MaskFiller(model, Tokenizer.Load(folder), configuration.SpecialToken("mask_token"), configuration.UsesTokenTypes)
        );
    }

    /// <summary>Fills the masks of a text.</summary>
    /// <param name="text">The text, with at least one mask.</param>
    /// <param name="count">The number of candidates for each mask.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>For each mask its candidates, the most probable first; the lower id first if probabilities are equal.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">A text has no mask, a lone surrogate, or more tokens than the model has positions.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The filler or the model is disposed.</exception>
    public IReadOnlyList<IReadOnlyList<MaskCandidate>> Fill(string text, int count = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Fill([text], count, null, null, cancellationToken)[0];
    }

    /// <summary>Fills the masks of texts, in batches of texts of similar length.</summary>
    /// <param name="texts">The texts, each with at least one mask.</param>
    /// <param name="count">The number of candidates for each mask.</param>
    /// <param name="targets">The only tokens that are candidates, as the vocabulary spells them; null for all.</param>
    /// <param name="progress">Receives the number of texts after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next text.</param>
    /// <returns>For each text and each of its masks the candidates, the most probable first.</returns>
    /// <exception cref="ArgumentException">
    /// A text has no mask, a lone surrogate, or more tokens than the model has positions; or a target is not in the vocabulary.
    /// </exception>
    /// <inheritdoc cref="Fill(string, int, CancellationToken)"/>
    public IReadOnlyList<IReadOnlyList<MaskCandidate>>[] Fill(
        IReadOnlyList<string> texts,
        int count = 5,
        IReadOnlyList<string>? targets = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        TokenSequence[] inputs = _inputs.Encode(texts);
        int without = Array.FindIndex(inputs, input => !input.Ids.Contains(_mask));
        if (without >= 0)
        {
            throw new ArgumentException($"The text of input {without} has no mask; expected '{MaskToken}' in it.");
        }

        int[]? allowed = targets is null ? null : [.. targets.Select(TargetId).Distinct()];
        var result = new IReadOnlyList<IReadOnlyList<MaskCandidate>>[inputs.Length];
        _runner.Run(
            inputs,
            (index, logits) =>
            {
                int[] ids = inputs[index].Ids.ToArray();
                var masks = new List<IReadOnlyList<MaskCandidate>>();
                for (int i = 0; i < ids.Length; i++)
                {
                    if (ids[i] == _mask)
                    {
                        masks.Add(Candidates(ids, i, logits.Slice(i * _runner.Width, _runner.Width), count, allowed));
                    }
                }

                result[index] = masks;
            },
            progress,
            cancellationToken
        );
        return result;
    }

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose() => _runner.Dispose();

    private MaskCandidate[] Candidates(int[] ids, int position, ReadOnlySpan<float> logits, int count, int[]? allowed)
    {
        var probabilities = new float[logits.Length];
        Scores.Softmax(logits, probabilities);
        var best = new VectorMatch[Math.Min(count, allowed?.Length ?? probabilities.Length)];
        int found = 0;
        foreach (int id in allowed ?? Enumerable.Range(0, probabilities.Length))
        {
            VectorSearch.Insert(best, ref found, id, probabilities[id]);
        }

        bool isOnly = ids.Count(id => id == _mask) == 1;
        return Array.ConvertAll(
            best,
            match =>
            {
                int[] filled = [.. ids];
                filled[position] = match.Index;
                return new MaskCandidate(
                    _tokenizer.Decode([match.Index], skipSpecialTokens: false),
                    match.Index,
                    match.Score,
                    _tokenizer.Decode(filled, skipSpecialTokens: isOnly)
                );
            }
        );
    }

    private int TargetId(string target) =>
        _tokenizer.TokenToId(target)
        ?? throw new ArgumentException(
            $"The target '{target}' is not in the vocabulary; targets are tokens as the vocabulary spells them."
        );
}
