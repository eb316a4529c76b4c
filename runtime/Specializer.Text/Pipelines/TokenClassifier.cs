using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>
/// Finds entities in texts, such as names and places, by a model that labels tokens. This class is thread-safe.
/// </summary>
/// <remarks>
/// The entities are those of transformers' token-classification pipeline. Source: huggingface/transformers,
/// src/transformers/pipelines/token_classification.py.
/// </remarks>
/// <example>
/// <code>
/// using var classifier = TokenClassifier.Load(
///     model,
///     "models/bert-base-NER",
///     new TokenClassifierOptions { Aggregation = TokenAggregation.Simple }
/// );
/// foreach (TextEntity entity in classifier.Find("Wolfgang lives in Berlin"))
/// {
///     Console.WriteLine($"{entity.Label} {entity.Text}");
/// }
/// </code>
/// </example>
public sealed class TokenClassifier : IDisposable
{
    private readonly EncoderRunner _runner;
    private readonly InputEncoder _inputs;
    private readonly Tokenizer _tokenizer;
    private readonly EntityAggregation _aggregation;
    private readonly int _unknown;
    private readonly bool _hasWindows;

    /// <summary>Creates a classifier.</summary>
    /// <param name="model">An encoder that returns logits for each token. It is not disposed with the classifier.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens, or returns one row for a text.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">The number of labels is not that of the model, or an option is out of its range.</exception>
    public TokenClassifier(TransformerModel model, Tokenizer tokenizer, TokenClassifierOptions? options = null)
    {
        options ??= new TokenClassifierOptions();
        _runner = new EncoderRunner(
            model,
            tokenizer,
            nameof(TokenClassifier),
            "logits for each token",
            perToken: true,
            options.UsesTokenTypes ?? true
        );
        Labels = options.Labels ?? TextClassifier.DefaultLabels(_runner.Width);
        _runner.CheckLabels(Labels.Count, nameof(TokenClassifier));
        if (!Enum.IsDefined(options.Aggregation))
        {
            throw new ArgumentException($"{nameof(options.Aggregation)} is {options.Aggregation}, which is not defined.");
        }

        int context = _runner.Description.ContextLength;
        InputEncoder.CheckLimit(options.MaximumLength, context, nameof(options.MaximumLength), _runner.Description.Name);
        int limit = InputEncoder.Limit(context, options.MaximumLength);
        CheckWindows(options, limit - tokenizer.CountTokens(""));
        _hasWindows = options.Stride is not null;
        _inputs = new InputEncoder(tokenizer, limit, options.Truncate || _hasWindows, options.Stride ?? 0);
        _tokenizer = tokenizer;
        _unknown = tokenizer.UnknownToken is { } unknown ? tokenizer.TokenToId(unknown) ?? -1 : -1;
        _aggregation = new EntityAggregation(Labels, options.Aggregation, options.IgnoredLabels);
    }

    /// <summary>The labels in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Loads tokenizer and labels from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the classifier.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Options that replace those of the folder; null for none.</param>
    /// <exception cref="PipelineException">A file is malformed.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="TokenClassifier(TransformerModel, Tokenizer, TokenClassifierOptions?)"/>
    public static TokenClassifier Load(TransformerModel model, string folder, TokenClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new TokenClassifierOptions();
        var configuration = new FolderConfiguration(folder);
        return new TokenClassifier(
            model,
            Tokenizer.Load(folder),
            FolderConfiguration.Within(() =>
                options with
                {
                    Labels = options.Labels ?? configuration.Labels(),
                    MaximumLength = options.MaximumLength ?? TextClassifier.FolderLimit(model, configuration),
                    UsesTokenTypes = options.UsesTokenTypes ?? configuration.UsesTokenTypes,
                }
            )
        );
    }

    /// <summary>Finds the entities of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The entities in the order of the text.</returns>
    /// <exception cref="ArgumentException">A text has a lone surrogate, no token, or more tokens than are allowed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or the model is disposed.</exception>
    public IReadOnlyList<TextEntity> Find(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Find([text], null, cancellationToken)[0];
    }

    /// <summary>Finds the entities of texts, in batches of texts of similar length.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Receives the number of texts, or of their windows, after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next text.</param>
    /// <returns>For each text its entities.</returns>
    /// <inheritdoc cref="Find(string, CancellationToken)"/>
    public IReadOnlyList<TextEntity>[] Find(
        IReadOnlyList<string> texts,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        TokenSequence[] inputs = _inputs.Encode(texts);
        var windows = new List<TokenSequence>();
        var owners = new List<int>();
        for (int i = 0; i < inputs.Length; i++)
        {
            IReadOnlyList<TokenSequence> further = _hasWindows ? inputs[i].Overflow : [];
            windows.Add(inputs[i]);
            windows.AddRange(further);
            owners.AddRange(Enumerable.Repeat(i, further.Count + 1));
        }

        var found = new List<TextEntity>[windows.Count];
        _runner.Run(
            windows,
            (index, logits) =>
            {
                string text = texts[owners[index]];
                found[index] = _aggregation.Run(Tokens(text, windows[index], logits), text);
            },
            progress,
            cancellationToken
        );
        var result = new IReadOnlyList<TextEntity>[inputs.Length];
        for (int i = 0, window = 0; i < result.Length; i++)
        {
            int first = window;
            while (window < owners.Count && owners[window] == i)
            {
                window++;
            }

            result[i] =
                window == first + 1
                    ? found[first]
                    : EntityAggregation.WithoutOverlaps(found[first..window].SelectMany(static entities => entities));
        }

        return result;
    }

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose() => _runner.Dispose();

    private static void CheckWindows(TokenClassifierOptions options, int length)
    {
        if (options.Stride is not { } stride)
        {
            return;
        }

        if (options.Truncate || options.Aggregation == TokenAggregation.None)
        {
            throw new ArgumentException(
                $"{nameof(options.Stride)} requires an {nameof(options.Aggregation)} and no {nameof(options.Truncate)}: windows contain the whole text."
            );
        }

        if (stride < 0 || stride >= length)
        {
            throw new ArgumentException(
                $"{nameof(options.Stride)} is {stride}; expected 0 to {length - 1}, less than the tokens of a window without special tokens."
            );
        }
    }

    private List<ScoredToken> Tokens(string text, TokenSequence input, ReadOnlySpan<float> logits)
    {
        var tokens = new List<ScoredToken>();
        for (int i = 0; i < input.Count; i++)
        {
            if (input.SpecialTokensMask[i] == 0)
            {
                var scores = new float[Labels.Count];
                Scores.Softmax(logits.Slice(i * scores.Length, scores.Length), scores);
                TextRange range = input.Ranges[i];
                tokens.Add(new ScoredToken(i, range, scores, ContinuesWord(text, range, input.Ids[i])));
            }
        }

        return tokens;
    }

    // As transformers decides. The prefix of a token in the vocabulary makes it longer than its text.
    private bool ContinuesWord(string text, TextRange range, int id)
    {
        if (id == _unknown)
        {
            return false;
        }

        if (_tokenizer.HasContinuingPrefix)
        {
            return CountScalars(_tokenizer.IdToToken(id)) != CountScalars(text.AsSpan(range.Start, range.End - range.Start));
        }

        return range.Start > 0 && text[range.Start - 1] != ' ' && (range.Start == text.Length || text[range.Start] != ' ');
    }

    private static int CountScalars(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
