using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>
/// Scores pairs of texts, such as a query and a passage, by a model that reads both together. This class is thread-safe.
/// </summary>
/// <remarks>The scores are those of sentence-transformers. Source: UKPLab/sentence-transformers, CrossEncoder.py.</remarks>
/// <example>
/// <code>
/// using var encoder = CrossEncoder.Load(model, "models/ms-marco-MiniLM-L6-v2");
/// foreach (VectorMatch match in encoder.Rank("How many people live in Berlin?", passages, 3))
/// {
///     Console.WriteLine($"{match.Score:F2} {passages[match.Index]}");
/// }
/// </code>
/// </example>
public sealed class CrossEncoder : IDisposable
{
    private readonly EncoderRunner _runner;
    private readonly InputEncoder _inputs;

    /// <summary>Creates a cross-encoder.</summary>
    /// <param name="model">An encoder with a classification head. It is not disposed with the cross-encoder.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens, or returns a row for each token.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CrossEncoder(TransformerModel model, Tokenizer tokenizer, CrossEncoderOptions? options = null)
    {
        options ??= new CrossEncoderOptions();
        _runner = new EncoderRunner(
            model,
            tokenizer,
            nameof(CrossEncoder),
            "one row of logits for a pair",
            perToken: false,
            options.UsesTokenTypes ?? true
        )
        {
            GlobalTokens = static _ => 1,
        };
        Function = options.Function ?? (_runner.Width == 1 ? ScoreFunction.Sigmoid : ScoreFunction.None);
        int context = _runner.Description.ContextLength;
        InputEncoder.CheckLimit(options.MaximumLength, context, nameof(options.MaximumLength), _runner.Description.Name);
        _inputs = new InputEncoder(tokenizer, InputEncoder.Limit(context, options.MaximumLength), truncates: true);
    }

    /// <summary>The number of scores of a pair.</summary>
    public int ScoreCount => _runner.Width;

    /// <summary>The function that computes scores from logits.</summary>
    public ScoreFunction Function { get; }

    /// <summary>Loads tokenizer and activation from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the cross-encoder.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Options that replace those of the folder; null for none.</param>
    /// <exception cref="PipelineException">A file is malformed, or names an activation that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="CrossEncoder(TransformerModel, Tokenizer, CrossEncoderOptions?)"/>
    public static CrossEncoder Load(TransformerModel model, string folder, CrossEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new CrossEncoderOptions();
        var configuration = new FolderConfiguration(folder);
        return new CrossEncoder(
            model,
            Tokenizer.Load(folder),
            FolderConfiguration.Within(() =>
                options with
                {
                    Function = options.Function ?? ClassifierFolder.CrossEncoderFunction(configuration.Model),
                    MaximumLength = options.MaximumLength ?? TextClassifier.FolderLimit(model, configuration),
                    UsesTokenTypes = options.UsesTokenTypes ?? configuration.UsesTokenTypes,
                }
            )
        );
    }

    /// <summary>Scores a pair, by a model with one score.</summary>
    /// <param name="first">The first text, such as a query.</param>
    /// <param name="second">The second text, such as a passage.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The score.</returns>
    /// <exception cref="InvalidOperationException">The model has several scores for a pair.</exception>
    /// <exception cref="ArgumentException">A text has a lone surrogate, or truncation removes all of it.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The cross-encoder or the model is disposed.</exception>
    public float Score(string first, string second, CancellationToken cancellationToken = default)
    {
        CheckSingle();
        return Score([(first, second)], null, cancellationToken)[0][0];
    }

    /// <summary>Scores pairs, in batches of pairs of similar length.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="progress">Receives the number of pairs after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next pair.</param>
    /// <returns>The scores of each pair, [pairs.Count][<see cref="ScoreCount"/>].</returns>
    /// <exception cref="ArgumentException">A text has a lone surrogate, or truncation removes all of it.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The cross-encoder or the model is disposed.</exception>
    public float[][] Score(
        IReadOnlyList<(string First, string Second)> pairs,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        TokenSequence[] inputs = _inputs.Encode(pairs);
        var result = new float[inputs.Length][];
        _runner.Run(
            inputs,
            (index, logits) => Scores.Apply(Function, logits, result[index] = new float[logits.Length]),
            progress,
            cancellationToken
        );
        return result;
    }

    /// <summary>Ranks passages by their score with a query, by a model with one score.</summary>
    /// <param name="query">The query: the first text of each pair.</param>
    /// <param name="passages">The passages.</param>
    /// <param name="count">The number of passages wanted.</param>
    /// <param name="progress">Receives the number of passages after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next passage.</param>
    /// <returns>The best passages, best first; the lower index first if scores are equal.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <inheritdoc cref="Score(string, string, CancellationToken)"/>
    public VectorMatch[] Rank(
        string query,
        IReadOnlyList<string> passages,
        int count = int.MaxValue,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(passages);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckSingle();
        float[][] scores = Score([.. passages.Select(passage => (query, passage))], progress, cancellationToken);
        var best = new VectorMatch[Math.Min(count, scores.Length)];
        int found = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            VectorSearch.Insert(best, ref found, i, scores[i][0]);
        }

        return best;
    }

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose() => _runner.Dispose();

    private void CheckSingle()
    {
        if (ScoreCount != 1)
        {
            throw new InvalidOperationException(
                $"{_runner.Description.Name} returns {ScoreCount} scores for a pair; call {nameof(Score)} with a list of pairs."
            );
        }
    }
}
