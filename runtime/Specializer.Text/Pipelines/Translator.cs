using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text.Pipelines;
using Specializer.Text.Reading;

namespace Specializer.Text;

/// <summary>
/// Translates texts by an encoder-decoder: models of one direction (Marian), with language tokens (mBART, NLLB, M2M100, Marian with
/// several targets), or with a prefix for each direction (T5). This class is thread-safe.
/// </summary>
/// <remarks>
/// The generation settings are those of the folder; the fields of <c>task_specific_params</c> for <c>translation_XX_to_YY</c> replace
/// them. Source: huggingface/transformers, src/transformers/pipelines/text2text_generation.py.
/// </remarks>
/// <example>
/// <code>
/// using var translator = Translator.Load(model, "models/mbart-large-50-many-to-many-mmt");
/// GeneratedText text = await translator.TranslateAsync("Guten Morgen", from: "de_DE", to: "en_XX");
/// </code>
/// </example>
public sealed class Translator : IDisposable
{
    private readonly RewritingTask _task;

    /// <summary>Creates a translator.</summary>
    /// <param name="model">An encoder-decoder of tokens. It is not disposed with the translator.</param>
    /// <param name="tokenizer">The model's tokenizer. Its own truncation and padding do not apply.</param>
    /// <param name="settings">The generation settings.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is not an encoder-decoder of tokens.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">A token of the settings is not in the model's vocabulary, or the decoder's start token is missing.</exception>
    public Translator(TransformerModel model, Tokenizer tokenizer, GenerationSettings settings, RewritingOptions? options = null)
        : this(model, tokenizer, settings, default, options) { }

    private Translator(
        TransformerModel model,
        Tokenizer tokenizer,
        GenerationSettings settings,
        JsonPlace configuration,
        RewritingOptions? options
    )
    {
        options ??= new RewritingOptions();
        _task = new RewritingTask(model, tokenizer, settings, configuration, options.MaximumLength, options.Truncate, nameof(Translator));
    }

    /// <summary>Loads tokenizer, generation settings and prefixes from a model's folder.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the translator.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="PipelineException">A file is malformed.</exception>
    /// <exception cref="GenerationSettingsException">The generation settings are malformed or request something that is not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    /// <inheritdoc cref="Translator(TransformerModel, Tokenizer, GenerationSettings, RewritingOptions?)"/>
    public static Translator Load(TransformerModel model, string folder, RewritingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var configuration = new FolderConfiguration(folder);
        return FolderConfiguration.Within(() =>
            new Translator(model, Tokenizer.Load(folder), GenerationSettings.Load(folder), configuration.Model, options)
        );
    }

    /// <summary>Translates a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">
    /// The source language: its token in the vocabulary (<c>de_DE</c>, <c>deu_Latn</c>), its code (<c>de</c>), or the name in
    /// <c>task_specific_params</c>. Null for the tokenizer's default, and for models of one source language.
    /// </param>
    /// <param name="to">The target language, in the same way. Null for <c>forced_bos_token_id</c>, and for models of one target language.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="cancellationToken">Cancels the call before the next token.</param>
    /// <returns>The translation.</returns>
    /// <exception cref="ArgumentException">
    /// A text has a lone surrogate, no token, or too many tokens; the model does not support a language; or an option is invalid.
    /// </exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The translator or the model is disposed.</exception>
    public async Task<GeneratedText> TranslateAsync(
        string text,
        string? from = null,
        string? to = null,
        GenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await TranslateAsync([text], from, to, options, null, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Translates texts, one after the other.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="from">The source language, or null.</param>
    /// <param name="to">The target language, or null.</param>
    /// <param name="options">The settings of this call; null for those of the model.</param>
    /// <param name="progress">Receives the number of texts after each text; null for none.</param>
    /// <param name="cancellationToken">Cancels the call before the next token.</param>
    /// <returns>The translations in the order of the texts.</returns>
    /// <inheritdoc cref="TranslateAsync(string, string?, string?, GenerationOptions?, CancellationToken)"/>
    public Task<GeneratedText[]> TranslateAsync(
        IReadOnlyList<string> texts,
        string? from = null,
        string? to = null,
        GenerationOptions? options = null,
        IProgress<PipelineProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        string? task =
            from is not null && to is not null && _task.HasTask($"translation_{from}_to_{to}") ? $"translation_{from}_to_{to}" : null;
        int? source = null,
            first = null;
        bool isInSource = false;
        if (task is null)
        {
            source = from is null ? null : LanguageTokens.Find(_task.Tokenizer, from, out _) ?? throw Unknown(from);
            first = to is null ? null : LanguageTokens.Find(_task.Tokenizer, to, out isInSource) ?? throw Unknown(to);
        }

        string prefix = _task.Prefix(task);
        var sources = new int[texts.Count][];
        for (int i = 0; i < sources.Length; i++)
        {
            string text = texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts));
            TokenSequence encoded = _task.Tokenizer.Encode(prefix + text);
            int[] ids = source is { } language ? LanguageTokens.Replace(_task.Tokenizer, encoded, language) : encoded.Ids.ToArray();
            sources[i] = _task.Check(isInSource ? [first!.Value, .. ids] : ids, i);
        }

        if (first is not null && !isInSource)
        {
            options = (options ?? new GenerationOptions()) with { ForcedFirstToken = first };
        }

        return _task.RunAsync(sources, task, options, progress, cancellationToken);
    }

    /// <summary>Releases the kept sessions. The model is not disposed.</summary>
    public void Dispose() => _task.Dispose();

    private static ArgumentException Unknown(string language) =>
        new(
            $"The model does not support the language '{language}'. The tokenizer has no token such as fr_XX, __fr__ or >>fr<< for it, and config.json no task with its name. Leave it out for a model of one direction."
        );
}
