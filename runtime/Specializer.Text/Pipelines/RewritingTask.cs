using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text.Reading;

namespace Specializer.Text.Pipelines;

/// <summary>A text that an encoder-decoder rewrites: translation and summarization.</summary>
/// <remarks>
/// Source: huggingface/transformers, src/transformers/pipelines/text2text_generation.py; the fields of a task in
/// <c>task_specific_params</c> replace those of the generation settings.
/// </remarks>
internal sealed class RewritingTask : IDisposable
{
    private readonly TransformerModel _model;
    private readonly JsonPlace _tasks;
    private readonly string _prefix;
    private readonly int _maximumLength;
    private readonly bool _truncates;
    private readonly Dictionary<string, TextGenerator> _generators = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="settings">The generation settings.</param>
    /// <param name="configuration">The content of config.json, or a null value.</param>
    /// <param name="maximumLength">The maximum number of tokens of a source; null for the model's.</param>
    /// <param name="truncates">Whether longer sources are truncated; otherwise they are errors.</param>
    /// <param name="pipeline">The name of the pipeline, for messages.</param>
    public RewritingTask(
        TransformerModel model,
        Tokenizer tokenizer,
        GenerationSettings settings,
        JsonPlace configuration,
        int? maximumLength,
        bool truncates,
        string pipeline
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(settings);
        if (model is not ISequenceToSequenceModel<TokenInput>)
        {
            throw new NotSupportedException(
                $"{model.Description.Name} is not an encoder-decoder of tokens; a {pipeline} needs one. For a decoder, use a {nameof(TextGenerator)}."
            );
        }

        InputEncoder.CheckLimit(maximumLength, model.Description.SourceLength, "MaximumLength", model.Description.Name);
        _model = model;
        Settings = settings;
        _tasks = configuration.Has("task_specific_params") ? configuration["task_specific_params"] : default;
        _prefix = configuration.Has("prefix") ? configuration["prefix"].Text() : "";
        _maximumLength = maximumLength ?? model.Description.SourceLength;
        _truncates = truncates;
        Tokenizer = tokenizer.With(truncates ? new TruncationOptions(_maximumLength) : null, padding: null);

        // Settings that do not fit the model are errors of the constructor.
        _ = Generator(null);
    }

    public Tokenizer Tokenizer { get; }

    public GenerationSettings Settings { get; }

    public bool HasTask(string task) => _tasks.Has(task);

    /// <summary>The text before a source of a task.</summary>
    public string Prefix(string? task) =>
        task is not null && HasTask(task) && _tasks[task].Has("prefix") ? _tasks[task]["prefix"].Text() : _prefix;

    /// <summary>Checks the length of an encoded source.</summary>
    public int[] Check(int[] source, int index) =>
        source.Length == 0 ? throw new ArgumentException($"Text {index} has no tokens; expected a text that is not empty.")
        : source.Length <= _maximumLength ? source
        : throw new ArgumentException(
            $"Text {index} has {source.Length} tokens; at most {_maximumLength} are allowed. Shorten the text, or allow truncation."
        );

    public TextGenerator Generator(string? task)
    {
        string key = task is not null && HasTask(task) ? task : "";
        lock (_generators)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_generators.TryGetValue(key, out TextGenerator? generator))
            {
                GenerationSettings settings = key.Length == 0 ? Settings : Settings.With(_tasks[key]);
                _generators[key] = generator = new TextGenerator(_model, Tokenizer, settings);
            }

            return generator;
        }
    }

    /// <summary>Rewrites sources one after the other.</summary>
    public async Task<GeneratedText[]> RunAsync(
        IReadOnlyList<int[]> sources,
        string? task,
        GenerationOptions? options,
        IProgress<PipelineProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        TextGenerator generator = Generator(task);
        var result = new GeneratedText[sources.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = await generator.GenerateTokensAsync(sources[i], options, cancellationToken).ConfigureAwait(false);
            progress?.Report(new PipelineProgress(i + 1, result.Length));
        }

        return result;
    }

    public void Dispose()
    {
        lock (_generators)
        {
            _disposed = true;
            foreach (TextGenerator generator in _generators.Values)
            {
                generator.Dispose();
            }
        }
    }
}
