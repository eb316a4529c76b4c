using System;

namespace Specializer.Serving;

/// <summary>The state of an engine: counts only, never content.</summary>
/// <param name="IsReady">Whether requests are accepted: the engine runs, does not drain, and its last steps succeeded.</param>
/// <param name="IsDraining">Whether the engine finishes its requests and accepts no others.</param>
/// <param name="Running">The number of requests that have a session.</param>
/// <param name="Waiting">The number of requests that wait for a session.</param>
/// <param name="Sessions">The number of sessions that exist.</param>
/// <param name="IdleSessions">The number of sessions without a request; they keep their caches for reuse.</param>
/// <param name="MaximumSessions">The number of sessions that fit into the memory of <see cref="EngineOptions.MemoryBytes"/>.</param>
/// <param name="SessionBytes">The bytes of a session.</param>
/// <param name="Completed">The number of requests that ended by themselves.</param>
/// <param name="Cancelled">The number of requests that their callers cancelled.</param>
/// <param name="Rejected">The number of requests that were rejected.</param>
/// <param name="Failed">The number of requests that failed.</param>
/// <param name="FailedSteps">The number of steps in a row that failed.</param>
/// <param name="PromptTokens">The number of tokens of all admitted prompts.</param>
/// <param name="CachedTokens">The number of those that a cache already contained.</param>
/// <param name="OutputTokens">The number of generated tokens.</param>
/// <param name="SinceHeartbeat">The time since the engine's thread last began a step or looked for work.</param>
public sealed record EngineStatus(
    bool IsReady,
    bool IsDraining,
    int Running,
    int Waiting,
    int Sessions,
    int IdleSessions,
    int MaximumSessions,
    long SessionBytes,
    long Completed,
    long Cancelled,
    long Rejected,
    long Failed,
    int FailedSteps,
    long PromptTokens,
    long CachedTokens,
    long OutputTokens,
    TimeSpan SinceHeartbeat
);
