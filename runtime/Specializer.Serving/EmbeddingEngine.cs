using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Specializer.Text;

namespace Specializer.Serving;

/// <summary>The limits of an <see cref="EmbeddingEngine"/>.</summary>
public sealed record EmbeddingEngineOptions
{
    /// <summary>The number of calls that run at once; null for one for each core.</summary>
    public int? Workers { get; init; }

    /// <summary>The largest number of texts of a call.</summary>
    public int BatchCapacity { get; init; } = 32;

    /// <summary>The largest number of texts that wait.</summary>
    public int QueueLength { get; init; } = 1024;
}

/// <summary>Computes embeddings for many callers: texts that wait at the same time are encoded in one call.</summary>
/// <remarks>All members are thread-safe. An embedding has the same bits alone and in a batch.</remarks>
public sealed class EmbeddingEngine : IAsyncDisposable, IDisposable
{
    private readonly SentenceEmbedder _embedder;
    private readonly EmbeddingEngineOptions _options;
    private readonly Channel<Item> _queue;
    private readonly Task[] _workers;
    private int _waiting;

    /// <summary>Creates an engine and starts its workers.</summary>
    /// <param name="embedder">The embedder, which is not disposed with the engine.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is less than 1.</exception>
    public EmbeddingEngine(SentenceEmbedder embedder, EmbeddingEngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        _options = options ?? new EmbeddingEngineOptions();
        int workers = _options.Workers ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BatchCapacity, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.QueueLength, 1, nameof(options));
        _embedder = embedder;
        _queue = Channel.CreateUnbounded<Item>();
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Gets the number of elements of an embedding.</summary>
    public int Dimensions => _embedder.Dimensions;

    /// <summary>Gets the number of texts that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Counts the tokens of a text as the model reads it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompt">The name of a prompt of the embedder; null for its default.</param>
    /// <exception cref="ArgumentException">The text has a lone surrogate or no token, or the prompt does not exist.</exception>
    public int CountTokens(string text, string? prompt = null) => _embedder.CountTokens(text, prompt);

    /// <summary>Computes the embedding of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompt">The name of a prompt of the embedder; null for its default.</param>
    /// <param name="cancellationToken">Cancels while the text waits.</param>
    /// <returns>The embedding, [<see cref="Dimensions"/>].</returns>
    /// <exception cref="EngineRejectedException">As many texts wait as the queue holds, or the engine shuts down.</exception>
    /// <exception cref="ArgumentException">The text has a lone surrogate or no token, or the prompt does not exist.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async Task<float[]> EmbedAsync(string text, string? prompt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await EmbedAsync([text], prompt, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Computes the embeddings of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="prompt">The name of a prompt of the embedder; null for its default.</param>
    /// <param name="cancellationToken">Cancels while texts wait.</param>
    /// <returns>The embeddings in the order of the texts, each [<see cref="Dimensions"/>].</returns>
    /// <inheritdoc cref="EmbedAsync(string, string?, CancellationToken)"/>
    public async Task<float[][]> EmbedAsync(
        IReadOnlyList<string> texts,
        string? prompt = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Add(ref _waiting, texts.Count) > _options.QueueLength)
        {
            Interlocked.Add(ref _waiting, -texts.Count);
            throw new EngineRejectedException(
                RejectionReason.QueueFull,
                $"{texts.Count} texts do not fit into the queue of {_options.QueueLength}. Retry later.",
                TimeSpan.FromSeconds(1)
            );
        }

        Item[] items = [.. texts.Select(text => new Item(text, prompt, cancellationToken))];
        foreach (Item item in items)
        {
            if (!_queue.Writer.TryWrite(item))
            {
                Interlocked.Decrement(ref _waiting);
                item.Result.TrySetException(
                    new EngineRejectedException(RejectionReason.Draining, "The server is shutting down.", TimeSpan.FromSeconds(5))
                );
            }
        }

        return await Task.WhenAll(items.Select(static item => item.Result.Task)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Computes the texts that wait, and ends the workers.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task RunAsync()
    {
        var batch = new List<Item>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < _options.BatchCapacity && _queue.Reader.TryRead(out Item? item))
            {
                Interlocked.Decrement(ref _waiting);
                if (item.CancellationToken.IsCancellationRequested)
                {
                    item.Result.TrySetCanceled(item.CancellationToken);
                }
                else
                {
                    batch.Add(item);
                }
            }

            foreach (IGrouping<string?, Item> group in batch.GroupBy(static item => item.Prompt))
            {
                Compute([.. group]);
            }
        }
    }

    private void Compute(Item[] items)
    {
        try
        {
            float[][] result = _embedder.Embed([.. items.Select(static item => item.Text)], items[0].Prompt);
            for (int i = 0; i < items.Length; i++)
            {
                items[i].Result.TrySetResult(result[i]);
            }
        }
#pragma warning disable CA1031 // Each text is computed alone, so that only the caller of the one that fails gets the error.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (items.Length == 1)
            {
                items[0].Result.TrySetException(exception);
                return;
            }

            foreach (Item item in items)
            {
                Compute([item]);
            }
        }
    }

    private sealed record Item(string Text, string? Prompt, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<float[]> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
