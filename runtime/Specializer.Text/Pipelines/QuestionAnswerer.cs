using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>
/// Finds the answers to questions in texts, by a model that scores the start and the end of an answer. Long contexts are read in
/// windows. This class is thread-safe.
/// </summary>
/// <remarks>
/// The answers are those of transformers' question-answering pipeline. Source: huggingface/transformers,
/// src/transformers/pipelines/question_answering.py.
/// </remarks>
/// <example>
/// <code>
/// using var answerer = QuestionAnswerer.Load(model, "models/distilbert-squad");
/// TextAnswer answer = answerer.Answer("Where do I live?", "My name is Merve and I live in Istanbul.");
/// </code>
/// </example>
public sealed class QuestionAnswerer : IDisposable
{
    private readonly EncoderRunner _runner;
    private readonly Tokenizer _tokenizer;
    private readonly QuestionAnswererOptions _options;
    private readonly int _firstToken;

    /// <summary>Creates an answerer.</summary>
    /// <param name="model">An encoder that returns two logits for each token: of start and end. It is not disposed with the answerer.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="firstToken">The token with which inputs begin (<c>cls_token</c>), such as [CLS]; null if the first token is special.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens with two logits for each.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public QuestionAnswerer(TransformerModel model, Tokenizer tokenizer, QuestionAnswererOptions? options = null, string? firstToken = null)
    {
        _options = options ?? new QuestionAnswererOptions();
        _runner = new EncoderRunner(
            model,
            tokenizer,
            nameof(QuestionAnswerer),
            "logits of start and end for each token",
            perToken: true,
            _options.UsesTokenTypes ?? true
        )
        {
            GlobalTokens = static sequence => QuestionLength(sequence),
        };
        ModelDescription description = _runner.Description;
        if (_runner.Width != 2)
        {
            throw new NotSupportedException(
                $"{description.Name} returns {_runner.Width} numbers for each token; a {nameof(QuestionAnswerer)} needs two, for start and end."
            );
        }

        if (_options.MaximumAnswerTokens < 1)
        {
            throw new ArgumentException($"{nameof(_options.MaximumAnswerTokens)} is {_options.MaximumAnswerTokens}; expected at least 1.");
        }

        InputEncoder.CheckLimit(_options.MaximumLength, description.ContextLength, nameof(_options.MaximumLength), description.Name);
        int length = InputEncoder.Limit(description.ContextLength, _options.MaximumLength ?? 384);
        int stride = _options.Stride ?? Math.Min(length / 2, 128);
        _tokenizer = tokenizer.With(
            new TruncationOptions(length) { Strategy = TruncationStrategy.OnlySecond, Stride = stride },
            padding: null
        );
        _firstToken =
            firstToken is null ? -1
            : tokenizer.TokenToId(firstToken) is { } id ? id
            : throw new ArgumentException($"The tokenizer has no token '{firstToken}'.", nameof(firstToken));
    }

    /// <summary>Loads tokenizer and settings from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the answerer.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="PipelineException">A file is malformed, or inputs of the model begin with the context.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens with two logits for each.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static QuestionAnswerer Load(TransformerModel model, string folder, QuestionAnswererOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new QuestionAnswererOptions();
        var configuration = new FolderConfiguration(folder);
        int limit = InputEncoder.Limit(model.Description.ContextLength, TextClassifier.FolderLimit(model, configuration), 384);
        return FolderConfiguration.Within(() =>
        {
            if (configuration.Tokenizer.Has("padding_side") && configuration.Tokenizer["padding_side"].Text() != "right")
            {
                throw configuration.Tokenizer["padding_side"].Error("expected right: the question before the context");
            }

            return new QuestionAnswerer(
                model,
                Tokenizer.Load(folder),
                options with
                {
                    MaximumLength = options.MaximumLength ?? limit,
                    UsesTokenTypes = options.UsesTokenTypes ?? configuration.UsesTokenTypes,
                },
                configuration.SpecialToken("cls_token")
            );
        });
    }

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that contains the answer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The best answer.</returns>
    /// <exception cref="ArgumentException">
    /// A text has a lone surrogate, the context has no token, or the question is too long for a window.
    /// </exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The answerer or the model is disposed.</exception>
    public TextAnswer Answer(string question, string context, CancellationToken cancellationToken = default) =>
        Answer([(question, context)], 1, null, cancellationToken)[0][0];

    /// <summary>Answers questions, each with several answers.</summary>
    /// <param name="questions">The questions and their contexts.</param>
    /// <param name="count">The number of answers wanted for each question.</param>
    /// <param name="progress">Receives the number of windows after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next window.</param>
    /// <returns>For each question its answers, best first.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <inheritdoc cref="Answer(string, string, CancellationToken)"/>
    public IReadOnlyList<TextAnswer>[] Answer(
        IReadOnlyList<(string Question, string Context)> questions,
        int count = 1,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var windows = new List<TokenSequence>();
        var owners = new List<int>();
        for (int i = 0; i < questions.Count; i++)
        {
            TokenSequence encoded = Encode(questions[i], i);
            windows.Add(encoded);
            windows.AddRange(encoded.Overflow);
            owners.AddRange(Enumerable.Repeat(i, encoded.Overflow.Count + 1));
        }

        var found = new List<TextAnswer>[windows.Count];
        var noAnswers = new double[windows.Count];
        _runner.Run(
            windows,
            (index, logits) =>
            {
                var spans = new AnswerSpans(logits, windows[index], FirstToken(windows[index]));
                noAnswers[index] = spans.NoAnswer;
                found[index] =
                [
                    .. spans
                        .Best(count, _options.MaximumAnswerTokens)
                        .Select(span => Text(questions[owners[index]].Context, windows[index], span)),
                ];
            },
            progress,
            cancellationToken
        );
        var result = new IReadOnlyList<TextAnswer>[questions.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int[] own = [.. Enumerable.Range(0, owners.Count).Where(window => owners[window] == i)];
            IEnumerable<TextAnswer> answers = own.SelectMany(window => found[window]);
            if (_options.AllowNoAnswer)
            {
                answers = answers.Append(new TextAnswer("", (float)own.Min(window => noAnswers[window]), 0, 0));
            }

            // The sort keeps the order of equal scores.
            result[i] = [.. answers.OrderByDescending(static answer => answer.Score).Take(count)];
        }

        return result;
    }

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose() => _runner.Dispose();

    private TokenSequence Encode((string Question, string Context) pair, int index)
    {
        TokenSequence encoded;
        try
        {
            encoded = _tokenizer.EncodePair(
                pair.Question ?? throw new ArgumentException($"Question {index} is null."),
                pair.Context ?? throw new ArgumentException($"The context of question {index} is null.")
            );
        }
        catch (TokenizerException exception)
        {
            throw new ArgumentException($"Question {index} cannot be encoded with its context: {exception.Message}", exception);
        }

        return encoded.SequenceIds.Contains(1)
            ? encoded
            : throw new ArgumentException($"The context of question {index} has no tokens; expected a text that is not empty.");
    }

    private int FirstToken(TokenSequence window) =>
        _firstToken >= 0 ? _firstToken
        : window.SpecialTokensMask[0] == 1 ? window.Ids[0]
        : -1;

    private TextAnswer Text(string context, TokenSequence window, (int First, int Last, double Score) span)
    {
        int start = window.Ranges[span.First].Start,
            end = window.Ranges[span.Last].End;
        int firstWord = window.WordIds[span.First],
            lastWord = window.WordIds[span.Last];
        for (int i = 0; _options.AlignToWords && firstWord >= 0 && lastWord >= 0 && i < window.Count; i++)
        {
            if (window.SequenceIds[i] == 1)
            {
                start = window.WordIds[i] == firstWord ? Math.Min(start, window.Ranges[i].Start) : start;
                end = window.WordIds[i] == lastWord ? Math.Max(end, window.Ranges[i].End) : end;
            }
        }

        return new TextAnswer(context[start..end], (float)span.Score, start, end);
    }

    // Longformer's question attends to the whole context: all tokens before the first separator.
    private static int QuestionLength(TokenSequence sequence)
    {
        for (int i = 1; i < sequence.Count; i++)
        {
            if (sequence.SpecialTokensMask[i] == 1)
            {
                return i;
            }
        }

        return sequence.Count;
    }
}
