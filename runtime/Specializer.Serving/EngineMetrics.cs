using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Specializer.Serving;

/// <summary>The instruments of an engine. No tenant, key or text is a dimension.</summary>
/// <remarks>
/// The names that begin with gen_ai are those of OpenTelemetry's conventions for generative AI, version 1.42 (development):
/// https://github.com/open-telemetry/semantic-conventions-genai.
/// </remarks>
internal sealed class EngineMetrics : IDisposable
{
    public const string Name = "Specializer.Serving";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _first;
    private readonly Histogram<double> _perToken;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _step;
    private readonly Histogram<double> _gap;
    private readonly Histogram<long> _rows;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _cancelled;
    private readonly Counter<long> _stalls;
    private readonly string _model;

    public EngineMetrics(string model, Func<EngineStatus> status, Func<long> evictions)
    {
        _model = model;
        _duration = _meter.CreateHistogram("gen_ai.server.request.duration", "s", "Time of a request.", null, s_seconds);
        _first = _meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "Time to the first token.", null, s_seconds);
        _perToken = _meter.CreateHistogram("gen_ai.server.time_per_output_token", "s", "Time per token after the first.", null, s_seconds);
        _queue = _meter.CreateHistogram("specializer.queue.duration", "s", "Time that a request waits for a session.", null, s_seconds);
        _step = _meter.CreateHistogram("specializer.step.duration", "s", "Time of a step.", null, s_seconds);
        _gap = _meter.CreateHistogram("specializer.inter_token_latency", "s", "Time between two tokens of a sequence.", null, s_seconds);
        _rows = _meter.CreateHistogram<long>("specializer.step.rows", "{row}", "Rows of a step.");
        _tokens = _meter.CreateCounter<long>("specializer.tokens", "{token}", "Tokens of prompts, of reused caches, and of answers.");
        _rejected = _meter.CreateCounter<long>("specializer.requests.rejected", "{request}", "Rejected requests.");
        _cancelled = _meter.CreateCounter<long>("specializer.requests.cancelled", "{request}", "Cancelled requests.");
        _stalls = _meter.CreateCounter<long>("specializer.stalls", "{request}", "Requests whose reader stopped reading.");
        _meter.CreateObservableGauge("specializer.requests.waiting", () => status().Waiting, "{request}", "Requests that wait.");
        _meter.CreateObservableGauge("specializer.requests.running", () => status().Running, "{request}", "Requests with a session.");
        _meter.CreateObservableGauge(
            "specializer.sessions",
            () =>
            {
                EngineStatus now = status();
                return new[]
                {
                    new Measurement<int>(now.Sessions - now.IdleSessions, new KeyValuePair<string, object?>("state", "busy")),
                    new Measurement<int>(now.IdleSessions, new KeyValuePair<string, object?>("state", "idle")),
                };
            },
            "{session}",
            "Sessions."
        );
        _meter.CreateObservableGauge("specializer.sessions.bytes", () => Bytes(status()), "By", "Bytes of all sessions.");
        _meter.CreateObservableCounter("specializer.prefix.evictions", evictions, "{cache}", "Caches that were overwritten.");
    }

    /// <summary>Starts the activity of a request. The activity of the caller stays current.</summary>
    public Activity? Start(Sequence sequence)
    {
        Activity? caller = Activity.Current;
        Activity? activity = Activities.StartActivity($"{sequence.Operation} {_model}");
        Activity.Current = caller;
        activity?.SetTag("gen_ai.operation.name", sequence.Operation);
        activity?.SetTag("gen_ai.provider.name", "specializer");
        activity?.SetTag("gen_ai.request.model", _model);
        activity?.SetTag("gen_ai.request.max_tokens", sequence.Plan.MaximumNewTokens);
        return activity;
    }

    public void Admitted(Sequence sequence)
    {
        _queue.Record(Stopwatch.GetElapsedTime(sequence.Submitted).TotalSeconds);
        _tokens.Add(sequence.Prompt.Length, Tag("type", "prompt"));
        _tokens.Add(sequence.Progress.Reused, Tag("type", "cached"));
    }

    public void Token(Sequence sequence)
    {
        long now = Stopwatch.GetTimestamp();
        if (sequence.LastToken == 0)
        {
            _first.Record(Stopwatch.GetElapsedTime(sequence.Submitted, now).TotalSeconds, Operation(sequence), Model);
        }
        else
        {
            _gap.Record(Stopwatch.GetElapsedTime(sequence.LastToken, now).TotalSeconds);
        }

        sequence.LastToken = now;
    }

    public void Step(TimeSpan duration, int rows, bool hasPrompt)
    {
        _step.Record(duration.TotalSeconds, Tag("kind", hasPrompt ? "mixed" : "decode"));
        _rows.Record(rows);
    }

    public void Ended(Sequence sequence, string? error)
    {
        TimeSpan duration = Stopwatch.GetElapsedTime(sequence.Submitted);
        if (sequence.Activity is { } activity)
        {
            activity.SetTag("gen_ai.usage.input_tokens", sequence.Prompt.Length);
            activity.SetTag("gen_ai.usage.cache_read.input_tokens", sequence.Progress.Reused);
            activity.SetTag("gen_ai.usage.output_tokens", sequence.Progress.Generated);
            if (error is not null)
            {
                activity.SetTag("error.type", error);
                activity.SetStatus(ActivityStatusCode.Error);
            }

            activity.Dispose();
        }

        _tokens.Add(sequence.Progress.Generated, Tag("type", "output"));
        if (error is null)
        {
            _duration.Record(duration.TotalSeconds, Operation(sequence), Model);
            if (sequence.Progress.Generated > 1 && sequence.Admitted != 0)
            {
                double seconds = Stopwatch.GetElapsedTime(sequence.Admitted).TotalSeconds;
                _perToken.Record(seconds / sequence.Progress.Generated, Operation(sequence), Model);
            }
        }
        else
        {
            _duration.Record(duration.TotalSeconds, Operation(sequence), Model, Tag("error.type", error));
        }
    }

    public void Rejected(RejectionReason reason)
    {
        _rejected.Add(1, Tag("reason", reason.ToString()));
        if (reason == RejectionReason.ReaderStalled)
        {
            _stalls.Add(1);
        }
    }

    public void Cancelled(string phase) => _cancelled.Add(1, Tag("phase", phase));

    public void Dispose() => _meter.Dispose();

    private static long Bytes(EngineStatus status) => status.Sessions * status.SessionBytes;

    private KeyValuePair<string, object?> Model => Tag("gen_ai.response.model", _model);

    private static KeyValuePair<string, object?> Operation(Sequence sequence) => Tag("gen_ai.operation.name", sequence.Operation);

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
