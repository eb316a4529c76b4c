using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Channels;
using Specializer.Text;
using Specializer.Text.Generation;

namespace Specializer.Serving;

/// <summary>One request: its settings, its place in the engine, and its updates.</summary>
internal sealed class Sequence
{
    private readonly Channel<TextUpdate> _updates;
    private readonly int[] _last = new int[1];
    private readonly int _buffered;
    private int _isCancelled;

    public Sequence(GenerationPlan plan, GenerationRequest request, CacheScope scope, StreamingDecoder decoder, EngineOptions options)
    {
        Plan = plan;
        Tenant = request.Tenant;
        Operation = request.Operation;
        Scope = scope;
        Chooser = new TokenChooser(plan);
        Progress = new GenerationProgress(plan, Chooser, decoder);
        _buffered = options.BufferedUpdates;
        _updates = Channel.CreateUnbounded<TextUpdate>(new UnboundedChannelOptions { SingleWriter = true });
        Submitted = Stopwatch.GetTimestamp();
        LastRead = Submitted;
    }

    public GenerationPlan Plan { get; }

    public int[] Prompt => Plan.Prompt;

    public string Tenant { get; }

    public string Operation { get; }

    public CacheScope Scope { get; }

    /// <summary>Gets or sets the activity of the request; null if no listener requests it.</summary>
    public Activity? Activity { get; set; }

    public TokenChooser Chooser { get; }

    public GenerationProgress Progress { get; }

    /// <summary>Gets the tokens of the request as work; the answer is estimated where its length is not limited.</summary>
    public long Work => Prompt.Length + (2L * Math.Min(Plan.MaximumNewTokens, 256));

    public long Submitted { get; }

    public long Admitted { get; set; }

    public long LastToken { get; set; }

    /// <summary>Gets or sets the session; null while the request waits.</summary>
    public PooledSession? Session { get; set; }

    /// <summary>Gets or sets the tokens that the next step computes: the rest of the prompt, or the last generated token.</summary>
    public ReadOnlyMemory<int> Next { get; set; }

    /// <summary>Sets the token that the next step computes.</summary>
    public void SetNext(int token)
    {
        _last[0] = token;
        Next = _last;
    }

    public bool IsPrefilling => Progress.Generated == 0;

    public bool IsCancelled => Volatile.Read(ref _isCancelled) != 0;

    /// <summary>Gets whether the reader has as many updates as are kept.</summary>
    public bool IsPaused => _updates.Reader.Count >= _buffered;

    /// <summary>Gets or sets whether the sequence was left out of a step because of its reader.</summary>
    public bool WasPaused
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Gets or sets when the reader last took an update.</summary>
    public long LastRead
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    public ChannelReader<TextUpdate> Updates => _updates.Reader;

    /// <summary>Cancels the request.</summary>
    /// <returns>Whether it was not cancelled before.</returns>
    public bool Cancel() => Interlocked.Exchange(ref _isCancelled, 1) == 0;

    /// <summary>Starts the time of a stall with the first update that is not read.</summary>
    public void LastReadIfEmpty()
    {
        if (_updates.Reader.Count == 0)
        {
            LastRead = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Writes an update; only if <see cref="IsPaused"/> was false before the step.</summary>
    public void Write(TextUpdate update) => _updates.Writer.TryWrite(update);

    public void Complete(Exception? error = null) => _updates.Writer.TryComplete(error);
}
