using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>Assigns labels to texts and to pairs of texts, by a model with a classification head. This class is thread-safe.</summary>
/// <remarks>
/// The scores are those of transformers' text-classification pipeline. Source: huggingface/transformers,
/// src/transformers/pipelines/text_classification.py.
/// </remarks>
/// <example>
/// <code>
/// using var classifier = TextClassifier.Load(model, "models/distilbert-sst2");
/// IReadOnlyList&lt;LabelScore&gt; labels = classifier.Classify("A lovely film");
/// Console.WriteLine($"{labels[0].Label} {labels[0].Score:P1}");
/// </code>
/// </example>
public sealed class TextClassifier : IDisposable
{
    private readonly EncoderRunner _runner;
    private readonly InputEncoder _inputs;

    /// <summary>Creates a classifier.</summary>
    /// <param name="model">An encoder that returns a logit for each label. It is not disposed with the classifier.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens, or returns a row for each token.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">The number of labels is not that of the model, or an option is out of its range.</exception>
    public TextClassifier(TransformerModel model, Tokenizer tokenizer, TextClassifierOptions? options = null)
    {
        options ??= new TextClassifierOptions();
        _runner = new EncoderRunner(
            model,
            tokenizer,
            nameof(TextClassifier),
            "a logit for each label",
            perToken: false,
            options.UsesTokenTypes ?? true
        )
        {
            GlobalTokens = static _ => 1,
        };
        Labels = options.Labels ?? DefaultLabels(_runner.Width);
        _runner.CheckLabels(Labels.Count, nameof(TextClassifier));
        Function = options.Function ?? (Labels.Count == 1 ? ScoreFunction.Sigmoid : ScoreFunction.Softmax);
        int context = _runner.Description.ContextLength;
        InputEncoder.CheckLimit(options.MaximumLength, context, nameof(options.MaximumLength), _runner.Description.Name);
        _inputs = new InputEncoder(tokenizer, InputEncoder.Limit(context, options.MaximumLength), options.Truncate);
    }

    /// <summary>The labels in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The function that computes scores from logits.</summary>
    public ScoreFunction Function { get; }

    /// <summary>Loads tokenizer, labels and <c>problem_type</c> from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the classifier.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Options that replace those of the folder; null for none.</param>
    /// <exception cref="PipelineException">A file is malformed, or requests something that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="TextClassifier(TransformerModel, Tokenizer, TextClassifierOptions?)"/>
    public static TextClassifier Load(TransformerModel model, string folder, TextClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new TextClassifierOptions();
        var configuration = new FolderConfiguration(folder);
        return new TextClassifier(
            model,
            Tokenizer.Load(folder),
            FolderConfiguration.Within(() =>
                options with
                {
                    Labels = options.Labels ?? configuration.Labels(),
                    Function = options.Function ?? ClassifierFolder.Function(configuration.Model),
                    MaximumLength = options.MaximumLength ?? FolderLimit(model, configuration),
                    UsesTokenTypes = options.UsesTokenTypes ?? configuration.UsesTokenTypes,
                }
            )
        );
    }

    /// <summary>Classifies a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>All labels, the highest score first; the lower id first if scores are equal.</returns>
    /// <exception cref="ArgumentException">A text has a lone surrogate, no token, or more tokens than are allowed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or the model is disposed.</exception>
    public IReadOnlyList<LabelScore> Classify(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Classify([text], null, cancellationToken)[0];
    }

    /// <summary>Classifies texts, in batches of texts of similar length.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Receives the number of texts after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next text.</param>
    /// <returns>For each text all labels, the highest score first.</returns>
    /// <inheritdoc cref="Classify(string, CancellationToken)"/>
    public IReadOnlyList<LabelScore>[] Classify(
        IReadOnlyList<string> texts,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => Run(_inputs.Encode(texts), progress, cancellationToken);

    /// <summary>Classifies pairs of texts, such as a premise and a hypothesis.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="progress">Receives the number of pairs after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next pair.</param>
    /// <returns>For each pair all labels, the highest score first.</returns>
    /// <inheritdoc cref="Classify(string, CancellationToken)"/>
    public IReadOnlyList<LabelScore>[] Classify(
        IReadOnlyList<(string First, string Second)> pairs,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => Run(_inputs.Encode(pairs), progress, cancellationToken);

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose() => _runner.Dispose();

    /// <summary>The names that transformers gives labels without names.</summary>
    internal static string[] DefaultLabels(int count)
    {
        var labels = new string[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = string.Create(CultureInfo.InvariantCulture, $"LABEL_{i}");
        }

        return labels;
    }

    /// <summary>The limit of a folder's tokenizer, if it is within the model's context.</summary>
    internal static int? FolderLimit(TransformerModel model, FolderConfiguration configuration) =>
        configuration.TokenizerMaximumLength is { } limit && limit <= model.Description.ContextLength ? limit : null;

    private IReadOnlyList<LabelScore>[] Run(
        TokenSequence[] inputs,
        IProgress<PipelineProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var result = new IReadOnlyList<LabelScore>[inputs.Length];
        var scores = new float[Labels.Count];
        _runner.Run(
            inputs,
            (index, logits) =>
            {
                Scores.Apply(Function, logits, scores);
                var labels = new LabelScore[scores.Length];
                for (int i = 0; i < labels.Length; i++)
                {
                    labels[i] = new LabelScore(Labels[i], i, scores[i]);
                }

                Array.Sort(labels, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Id.CompareTo(b.Id));
                result[index] = labels;
            },
            progress,
            cancellationToken
        );
        return result;
    }
}
