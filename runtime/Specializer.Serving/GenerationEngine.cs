using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text;
using Specializer.Text.Generation;

namespace Specializer.Serving;

/// <summary>Generates texts for many callers with one decoder: every running sequence decodes in every step.</summary>
/// <remarks>
/// <para>
/// All members are thread-safe. One thread of the engine computes. The text of a request is byte for byte the text that
/// <see cref="TextGenerator"/> returns for it alone. Other requests and reused caches have no effect on it.
/// </para>
/// <para>
/// A sequence ends where its context is full; its beginning is never removed. The memory of a sequence is reserved when it is
/// admitted, so that it cannot run out of memory later.
/// </para>
/// </remarks>
public sealed partial class GenerationEngine : IAsyncDisposable, IDisposable
{
    private readonly Lock _lock = new();
    private readonly EngineOptions _options;
    private readonly IDecoderModel _model;
    private readonly RequestQueue _queue;
    private readonly CacheScopes _scopes = new();
    private readonly EngineMetrics _metrics;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _batchCapacity;
    private bool _isDraining;
    private bool _isStopping;

    /// <summary>Creates an engine and starts its thread.</summary>
    /// <param name="model">A decoder, which is not disposed with the engine.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="settings">The generation settings of the model; null for greedy generation up to the context length.</param>
    /// <param name="templates">The model's chat templates; null where it has none.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The model is no decoder.</exception>
    /// <exception cref="TokenizerException">The tokenizer has tokens beyond the vocabulary of the model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InsufficientMemoryException">The system does not provide the memory for the logits of a step.</exception>
    public GenerationEngine(
        TransformerModel model,
        Tokenizer tokenizer,
        GenerationSettings? settings = null,
        ChatTemplateSet? templates = null,
        EngineOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        _options = (options ?? new EngineOptions()).Check();
        _model =
            model as IDecoderModel
            ?? throw new NotSupportedException(
                $"{model.Description.Name} is no decoder; a {nameof(GenerationEngine)} batches sessions that each hold one sequence."
            );
        tokenizer.CheckVocabulary(model.Description.VocabularySize, model.Description.Name);
        Tokenizer = tokenizer;
        Settings = settings ?? new GenerationSettings();
        Templates = templates;
        Model = model.Description;
        ModelName = _options.ModelName ?? model.Description.Name;
        _batchCapacity = Math.Min(_options.BatchCapacity ?? 16, model.Description.ChunkLength);
        long memory = _options.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        long sessions = Math.Clamp(memory / Math.Max(1, model.Description.SessionBytes), 1, 2L * _batchCapacity);
        _queue = new RequestQueue(_options);
        _pool = new SessionPool(_model, (int)sessions, _options.MinimumPrefix);
        _batch = _model.CreateBatch(_batchCapacity);
        _metrics = new EngineMetrics(ModelName, () => Status, () => _pool.Evictions);
        _heartbeat = Stopwatch.GetTimestamp();
        new Thread(Run) { IsBackground = true, Name = $"Specializer {ModelName}" }.Start();
    }

    /// <summary>Gets the facts of the model.</summary>
    public ModelDescription Model { get; }

    /// <summary>Gets the name of the model in metrics and traces.</summary>
    public string ModelName { get; }

    /// <summary>Gets the model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Gets the generation settings of the model.</summary>
    public GenerationSettings Settings { get; }

    /// <summary>Gets the model's chat templates; null where it has none.</summary>
    public ChatTemplateSet? Templates { get; }

    /// <summary>Gets the state of the engine.</summary>
    public EngineStatus Status
    {
        get
        {
            lock (_lock)
            {
                bool isAlive = !_isStopping && Volatile.Read(ref _failedSteps) < FailedStepsUntilUnready;
                return new EngineStatus(
                    isAlive && !_isDraining,
                    _isDraining,
                    Volatile.Read(ref _runningCount),
                    _queue.Count,
                    Volatile.Read(ref _sessionCount),
                    Volatile.Read(ref _idleCount),
                    _pool.Capacity,
                    Model.SessionBytes,
                    Interlocked.Read(ref _completed),
                    Interlocked.Read(ref _cancelled),
                    Interlocked.Read(ref _rejected),
                    Interlocked.Read(ref _failed),
                    Volatile.Read(ref _failedSteps),
                    Interlocked.Read(ref _promptTokens),
                    Interlocked.Read(ref _cachedTokens),
                    Interlocked.Read(ref _outputTokens),
                    Stopwatch.GetElapsedTime(Volatile.Read(ref _heartbeat))
                );
            }
        }
    }

    /// <summary>Loads tokenizer, chat templates and generation settings from a model's folder, as Hugging Face publishes it.</summary>
    /// <param name="model">The model of the folder, which is not disposed with the engine.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="TokenizerException">There is no tokenizer, it is malformed, or it has tokens beyond the vocabulary.</exception>
    /// <exception cref="ChatTemplateException">A chat template does not parse.</exception>
    /// <exception cref="GenerationSettingsException">The generation settings are malformed or not supported.</exception>
    /// <exception cref="System.IO.IOException">A file cannot be read.</exception>
    public static GenerationEngine Load(TransformerModel model, string folder, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new GenerationEngine(
            model,
            Tokenizer.Load(folder),
            GenerationSettings.Load(folder),
            ChatTemplateSet.TryLoad(folder),
            options
        );
    }

    /// <summary>Returns the tokens of a conversation, as the model's chat template writes it.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="chat">Tools and variables of the template; null for none. The beginning of the answer is always added.</param>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions? chat = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (Templates is null)
        {
            throw new InvalidOperationException(
                $"{ModelName} has no chat template; continue a text instead, or give the engine templates."
            );
        }

        return Tokenizer.EncodeChat(Templates.Render(messages, (chat ?? new ChatTemplateOptions()) with { AddGenerationPrompt = true }));
    }

    /// <summary>Adds a request to the queue.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the request, whether it waits or runs.</param>
    /// <returns>The text as it comes. It must be read or disposed.</returns>
    /// <exception cref="EngineRejectedException">The queue is full, the request would wait too long, or the engine drains.</exception>
    /// <exception cref="ArgumentException">
    /// The prompt is empty or too long for the model, has a token outside the vocabulary, or an option is out of its range.
    /// </exception>
    /// <exception cref="ConstraintException">The constraint does not suit the tokenizer.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public GenerationStream Submit(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        Sequence sequence = Plan(request);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (Rejection(sequence) is { } rejection)
            {
                Interlocked.Increment(ref _rejected);
                _metrics.Rejected(rejection.Reason);
                throw rejection;
            }

            sequence.Activity = _metrics.Start(sequence);
            _queue.Add(sequence);
        }

        Wake();
        return new GenerationStream(this, sequence, cancellationToken);
    }

    /// <summary>Accepts no more requests and waits for those that run or wait.</summary>
    /// <param name="timeout">The time after which the remaining requests are rejected.</param>
    /// <returns>Whether all requests ended by themselves.</returns>
    public async Task<bool> DrainAsync(TimeSpan timeout)
    {
        lock (_lock)
        {
            _isDraining = true;
        }

        long start = Stopwatch.GetTimestamp();
        while (Status is { Running: > 0 } or { Waiting: > 0 })
        {
            if (Stopwatch.GetElapsedTime(start) >= timeout)
            {
                return false;
            }

            await Task.Delay(5).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Rejects the requests that run or wait, ends the thread, and releases the sessions.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDraining = true;
            _isStopping = true;
        }

        Wake();
        await _stopped.Task.ConfigureAwait(false);
        _metrics.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Cancels a request that waits or runs.</summary>
    internal void Cancel(Sequence sequence)
    {
        if (sequence.Updates.Completion.IsCompleted || !sequence.Cancel())
        {
            return;
        }

        lock (_lock)
        {
            if (_queue.Remove(sequence))
            {
                EndCancelled(sequence, "waiting");
            }
        }

        Wake();
    }

    /// <summary>Continues a sequence whose reader took an update.</summary>
    internal void Resume(Sequence sequence)
    {
        if (sequence.WasPaused)
        {
            sequence.WasPaused = false;
            Wake();
        }
    }

    private Sequence Plan(GenerationRequest request)
    {
        GenerationOptions options = request.Options ?? new GenerationOptions();
        int[] prompt = request.Prompt.ToArray();
        if (prompt.Length == 0)
        {
            throw new ArgumentException("The prompt has no tokens; give at least one.", nameof(request));
        }

        foreach (int token in prompt)
        {
            if ((uint)token >= (uint)Model.VocabularySize)
            {
                throw new ArgumentException(
                    $"The prompt has token {token}; {ModelName} has {Model.VocabularySize} tokens, so token ids are 0 to {Model.VocabularySize - 1}.",
                    nameof(request)
                );
            }
        }

        // Beams belong to a request that has the model alone.
        var plan = new GenerationPlan(
            Settings,
            options with
            {
                Beams = options.Beams ?? 1,
            },
            source: null,
            prompt,
            Model.ContextLength,
            Model.VocabularySize,
            options.Constraint?.CreateFilter(Tokenizer)
        );
        return plan.Beams == 1
            ? new Sequence(plan, request, _scopes.Of(request.Tenant), Tokenizer.CreateStreamingDecoder(), _options)
            : throw new ArgumentException("An engine does not search with beams; use a TextGenerator.", nameof(request));
    }

    private EngineRejectedException? Rejection(Sequence sequence)
    {
        if (_isDraining)
        {
            return new(RejectionReason.Draining, "The server is shutting down.", TimeSpan.FromSeconds(5));
        }

        TimeSpan wait = ExpectedWait();
        if (_queue.Count >= _options.QueueLength)
        {
            return new(RejectionReason.QueueFull, $"{_queue.Count} requests wait, as many as the queue holds. Retry later.", wait);
        }

        if (_queue.CountOf(sequence.Tenant) >= _options.QueueLengthPerTenant)
        {
            string message = $"{_options.QueueLengthPerTenant} of your requests wait, as many as are allowed. Retry later.";
            return new(RejectionReason.TenantQueueFull, message, wait);
        }

        return Volatile.Read(ref _workPerSecond) > 0 && wait > _options.QueueTimeout
            ? new(RejectionReason.QueueTimeout, "The request would wait too long. Retry later.", wait - _options.QueueTimeout)
            : null;
    }

    /// <summary>The work that waits, divided by the measured rate. A tenant that received less goes first and waits less.</summary>
    private TimeSpan ExpectedWait()
    {
        double rate = Volatile.Read(ref _workPerSecond);
        double seconds = rate > 0 ? _queue.Work / rate : 1;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0.1, 3600));
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another caller has woken the thread.
        }
    }
}
