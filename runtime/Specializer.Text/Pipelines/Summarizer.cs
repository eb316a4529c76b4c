using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text.Pipelines;
using Specializer.Text.Reading;

namespace Specializer.Text;

/// <summary>Summarizes texts by an encoder-decoder, such as BART, PEGASUS or T5. This class is thread-safe.</summary>
/// <remarks>
/// The generation settings are those of the folder; the fields of <c>task_specific_params</c> for <c>summarization</c> replace them.
/// Source: huggingface/transformers, src/transformers/pipelines/text2text_generation.py.
/// </remarks>
/// <example>
/// <code>
/// using var summarizer = Summarizer.Load(model, "models/bart-large-cnn", new RewritingOptions { Truncate = true });
/// GeneratedText summary = await summarizer.SummarizeAsync(article);
/// </code>
/// </example>
public sealed class Summarizer : IDisposable
{
    private const string TaskName = "summarization";

    private readonly RewritingTask _task;

    /// <summary>Creates a summarizer.</summary>
    /// <param name="model">An encoder-decoder of tokens. It is not disposed with the summarizer.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="settings">The generation settings.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder-decoder of tokens.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">A token of the settings is not in the model's vocabulary, or the decoder's start token is missing.</exception>
    public Summarizer(TransformerModel model, Tokenizer tokenizer, GenerationSettings settings, RewritingOptions? options = null)
        : this(model, tokenizer, settings, default, options) { }

    private Summarizer(
        TransformerModel model,
        Tokenizer tokenizer,
        GenerationSettings settings,
        JsonPlace configuration,
        RewritingOptions? options
    )
    {
        options ??= new RewritingOptions();
        _task = new RewritingTask(model, tokenizer, settings, configuration, options.MaximumLength, options.Truncate, nameof(Summarizer));
    }

    /// <summary>Loads tokenizer, generation settings and prefix from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the summarizer.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="PipelineException">A file is malformed.</exception>
    /// <exception cref="GenerationSettingsException">The generation settings are malformed or request something that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="Summarizer(TransformerModel, Tokenizer, GenerationSettings, RewritingOptions?)"/>
    public static Summarizer Load(TransformerModel model, string folder, RewritingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var configuration = new FolderConfiguration(folder);
        return FolderConfiguration.Within(() =>
            new Summarizer(model, Tokenizer.Load(folder), GenerationSettings.Load(folder), configuration.Model, options)
        );
    }

    /// <summary>Summarizes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="cancellationToken">Cancels the call before the next token.</param>
    /// <returns>The summary.</returns>
    /// <exception cref="ArgumentException">A text has a lone surrogate, no token, or more tokens than are allowed; or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The summarizer or the model is disposed.</exception>
    public async Task<GeneratedText> SummarizeAsync(
        string text,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await SummarizeAsync([text], options, null, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Summarizes texts, one after the other.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="progress">Receives the number of texts after each text; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next token.</param>
    /// <returns>The summaries in the order of the texts.</returns>
    /// <inheritdoc cref="SummarizeAsync(string, GenerationOptions?, CancellationToken)"/>
    public Task<GeneratedText[]> SummarizeAsync(
        IReadOnlyList<string> texts,
        GenerationOptions? options = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        string prefix = _task.Prefix(TaskName);
        var sources = new int[texts.Count][];
        for (int i = 0; i < sources.Length; i++)
        {
            string text = texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts));
            sources[i] = _task.Check(_task.Tokenizer.EncodeToIds(prefix + text), i);
        }

        return _task.RunAsync(sources, TaskName, options, progress, cancellationToken);
    }

    /// <summary>Releases the kept sessions. The model is not disposed.</summary>
    public void Dispose() => _task.Dispose();
}
