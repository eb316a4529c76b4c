using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Specializer.Text.Pipelines;

namespace Specializer.Text;

/// <summary>
/// Converts texts to embeddings: vectors whose similarity is that of the texts' meaning. Pooling and projection are part of the
/// generated model. This class is thread-safe.
/// </summary>
/// <remarks>
/// The results are those of sentence-transformers' <c>encode</c>. The prompt is prepended to a text, white space at both ends is
/// removed, and a text with too many tokens is truncated. Source: UKPLab/sentence-transformers, SentenceTransformer.py.
/// </remarks>
/// <example>
/// <code>
/// using var model = MiniLM.Load("models/all-MiniLM-L6-v2");
/// using var embedder = SentenceEmbedder.Load(model, "models/all-MiniLM-L6-v2");
/// float[] first = embedder.Embed("This is an example sentence");
/// float[] second = embedder.Embed("Each sentence is converted");
/// float score = VectorSearch.Compare(first, second);
/// </code>
/// </example>
public sealed class SentenceEmbedder : IDisposable
{
    private readonly EncoderRunner _runner;
    private readonly InputEncoder _inputs;
    private readonly bool _lowercase;
    private readonly bool _normalizes;

    /// <summary>Creates an embedder.</summary>
    /// <param name="model">An encoder that returns one vector for a text. It is not disposed with the embedder.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder of tokens, or returns a row for each token.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or the default prompt does not exist.</exception>
    public SentenceEmbedder(TransformerModel model, Tokenizer tokenizer, SentenceEmbedderOptions? options = null)
    {
        options ??= new SentenceEmbedderOptions();
        _runner = new EncoderRunner(
            model,
            tokenizer,
            nameof(SentenceEmbedder),
            "one vector for a text",
            perToken: false,
            options.UsesTokenTypes ?? true
        );
        ModelDescription description = _runner.Description;
        if (options.Dimensions is { } dimensions && (dimensions < 1 || dimensions > _runner.Width))
        {
            throw new ArgumentException(
                $"{nameof(options.Dimensions)} is {dimensions}; {description.Name} returns {_runner.Width} numbers."
            );
        }

        if (options.MaximumLength is < 1)
        {
            throw new ArgumentException($"{nameof(options.MaximumLength)} is {options.MaximumLength}; expected at least 1.");
        }

        Prompts = options.Prompts ?? new Dictionary<string, string>();
        DefaultPrompt = options.DefaultPrompt;
        _ = PromptOf(DefaultPrompt);
        Dimensions = options.Dimensions ?? _runner.Width;
        MaximumLength = InputEncoder.Limit(description.ContextLength, options.MaximumLength);
        Similarity = options.Similarity ?? VectorSimilarity.Cosine;
        _normalizes = options.Normalize ?? false;
        _lowercase = options.Lowercase ?? false;
        _inputs = new InputEncoder(tokenizer, MaximumLength, truncates: true);
    }

    /// <summary>The number of elements of an embedding.</summary>
    public int Dimensions { get; }

    /// <summary>The maximum number of tokens of a text, with special tokens; longer texts are truncated.</summary>
    public int MaximumLength { get; }

    /// <summary>The score for which the model is trained.</summary>
    public VectorSimilarity Similarity { get; }

    /// <summary>The prompts by name.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; }

    /// <summary>The name of the prompt for calls that name none, or null.</summary>
    public string? DefaultPrompt { get; }

    /// <summary>
    /// Loads tokenizer and options from a model's folder: <c>modules.json</c>, <c>sentence_bert_config.json</c>,
    /// <c>config_sentence_transformers.json</c> and <c>tokenizer_config.json</c>, if they exist.
    /// </summary>
    /// <param name="model">The model of the folder, which is not disposed with the embedder.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Options that replace those of the folder; null for none.</param>
    /// <exception cref="PipelineException">A file is malformed, or requests something that is not supported.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="NotSupportedException">
    /// The model is not an encoder of tokens, returns a row for each token, or does not pool states although the folder has no
    /// <c>modules.json</c>.
    /// </exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or the default prompt does not exist.</exception>
    public static SentenceEmbedder Load(TransformerModel model, string folder, SentenceEmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string transformer = FolderConfiguration.Within(() => SentenceFolder.Transformer(folder));
        SentenceEmbedderOptions read = FolderConfiguration.Within(() => SentenceFolder.Read(folder, transformer));
        var embedder = new SentenceEmbedder(model, Tokenizer.Load(transformer), (options ?? new SentenceEmbedderOptions()).OrElse(read));

        // BERT's own head is not what sentence-transformers uses of a folder without modules, which is the mean of the states.
        if (!File.Exists(Path.Combine(folder, "modules.json")) && !embedder._runner.ReturnsPooledStates())
        {
            embedder.Dispose();
            throw new NotSupportedException(
                $"The folder has no modules.json, and {model.Description.Name} returns the result of a head instead of pooled states. Add [Pooling(PoolingKind.Mean)] to the class for the mean of the states, or the kind for which the model is trained."
            );
        }

        return embedder;
    }

    /// <summary>Computes the embedding of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompt">The name of a prompt in <see cref="Prompts"/>; null for the default prompt.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The embedding, [<see cref="Dimensions"/>].</returns>
    /// <exception cref="ArgumentException">A text has a lone surrogate or no token, or the prompt does not exist.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The embedder or the model is disposed.</exception>
    public float[] Embed(string text, string? prompt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Embed([text], prompt, null, cancellationToken)[0];
    }

    /// <summary>Computes the embeddings of texts, in batches of texts of similar length.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="prompt">The name of a prompt in <see cref="Prompts"/>; null for the default prompt.</param>
    /// <param name="progress">Receives the number of texts after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next text.</param>
    /// <returns>The embeddings in the order of the texts, each [<see cref="Dimensions"/>].</returns>
    /// <inheritdoc cref="Embed(string, string?, CancellationToken)"/>
    public float[][] Embed(
        IReadOnlyList<string> texts,
        string? prompt = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        var result = new float[texts.Count][];
        Run(texts, prompt, (index, embedding) => result[index] = embedding.ToArray(), progress, cancellationToken);
        return result;
    }

    /// <summary>Computes the embeddings of texts into one block of memory.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="destination">Receives the embeddings, [texts.Count, <see cref="Dimensions"/>], row after row.</param>
    /// <param name="prompt">The name of a prompt in <see cref="Prompts"/>; null for the default prompt.</param>
    /// <param name="progress">Receives the number of texts after each batch; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next text.</param>
    /// <inheritdoc cref="Embed(string, string?, CancellationToken)"/>
    /// <exception cref="ArgumentException">
    /// A text has a lone surrogate or no token, the prompt does not exist, or <paramref name="destination"/> has another length.
    /// </exception>
    public void Embed(
        IReadOnlyList<string> texts,
        Memory<float> destination,
        string? prompt = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (destination.Length != (long)texts.Count * Dimensions)
        {
            throw new ArgumentException(
                $"The destination has {destination.Length} elements; {texts.Count} embeddings of {Dimensions} elements need {(long)texts.Count * Dimensions}.",
                nameof(destination)
            );
        }

        Run(texts, prompt, (index, embedding) => embedding.CopyTo(destination.Span[(index * Dimensions)..]), progress, cancellationToken);
    }

    /// <summary>Counts the tokens of a text as the model reads it: with its prompt and special tokens, and truncated.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompt">The name of a prompt in <see cref="Prompts"/>; null for the default prompt.</param>
    /// <exception cref="ArgumentException">The text has a lone surrogate or no token, or the prompt does not exist.</exception>
    public int CountTokens(string text, string? prompt = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _inputs.Encode([Prepare(PromptOf(prompt ?? DefaultPrompt), text, 0)])[0].Count;
    }

    /// <summary>Creates an empty index for embeddings of this model.</summary>
    public VectorIndex CreateIndex() => new(Dimensions, Similarity);

    /// <summary>Releases the kept session. The model is not disposed.</summary>
    public void Dispose() => _runner.Dispose();

    private void Run(
        IReadOnlyList<string> texts,
        string? prompt,
        RowsReceiver receive,
        IProgress<PipelineProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        string before = PromptOf(prompt ?? DefaultPrompt);
        string[] prepared = [.. texts.Select((text, index) => Prepare(before, text, index))];
        var kept = new float[Dimensions];
        _runner.Run(
            _inputs.Encode(prepared),
            (index, row) =>
            {
                row[..Dimensions].CopyTo(kept);
                if (_normalizes)
                {
                    VectorSearch.Normalize(kept);
                }

                receive(index, kept);
            },
            progress,
            cancellationToken
        );
    }

    private string Prepare(string before, string? text, int index)
    {
        string whole = before + (text ?? throw new ArgumentException($"The text of input {index} is null."));
        whole = SentenceText.Strip(whole).ToString();
        return _lowercase ? SentenceText.Lower(whole) : whole;
    }

    private string PromptOf(string? name) =>
        name is null ? ""
        : Prompts.TryGetValue(name, out string? prompt) ? prompt
        : throw new ArgumentException(
            Prompts.Count == 0
                ? $"There is no prompt '{name}'; the model has no prompts."
                : $"There is no prompt '{name}'; expected one of {string.Join(", ", Prompts.Keys.Select(static key => $"'{key}'"))}."
        );
}
