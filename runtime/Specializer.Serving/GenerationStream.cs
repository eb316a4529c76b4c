using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Specializer.Text;

namespace Specializer.Serving;

/// <summary>The text of a request as it comes. It is read once; disposing it cancels the request.</summary>
public sealed class GenerationStream : IAsyncEnumerable<TextUpdate>, IAsyncDisposable, IDisposable
{
    private readonly GenerationEngine _engine;
    private readonly Sequence _sequence;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _cancellationToken;
    private int _isRead;

    internal GenerationStream(GenerationEngine engine, Sequence sequence, CancellationToken cancellationToken)
    {
        _engine = engine;
        _sequence = sequence;
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static stream => ((GenerationStream)stream!).Dispose(), this);
    }

    /// <summary>Gets the number of tokens of the prompt.</summary>
    public int PromptTokens => _sequence.Prompt.Length;

    /// <summary>Reads the updates. The last one has the reason why the text ended.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="InvalidOperationException">The stream is read a second time.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    /// <exception cref="EngineRejectedException">The request waited too long, or the engine was shut down.</exception>
    public async IAsyncEnumerator<TextUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            throw new InvalidOperationException("The stream was read before; submit the request again for another answer.");
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static stream => ((GenerationStream)stream!).Dispose(),
            this
        );
        try
        {
            while (await _sequence.Updates.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (_sequence.Updates.TryRead(out TextUpdate? update))
                {
                    _sequence.LastRead = Stopwatch.GetTimestamp();
                    _engine.Resume(_sequence);
                    cancellationToken.ThrowIfCancellationRequested();
                    _cancellationToken.ThrowIfCancellationRequested();
                    yield return update;
                }
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Reads the whole text.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <inheritdoc cref="GetAsyncEnumerator"/>
    public async Task<GeneratedText> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        var tokens = new List<GeneratedToken>();
        TextUpdate? last = null;
        await foreach (TextUpdate update in this.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            text.Append(update.Text);
            tokens.AddRange(update.Tokens);
            last = update;
        }

        return new GeneratedText(text.ToString(), last!.Finish!.Value, last.Usage!) { Tokens = tokens, Seed = last.Seed };
    }

    /// <summary>Cancels the request if it still waits or runs. Its session is free after the current step.</summary>
    public void Dispose()
    {
        _registration.Unregister();
        _engine.Cancel(_sequence);
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
