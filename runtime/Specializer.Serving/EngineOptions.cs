using System;

namespace Specializer.Serving;

/// <summary>Limits of a <see cref="GenerationEngine"/>.</summary>
public sealed record EngineOptions
{
    /// <summary>The largest number of sequences of a step; null for 16, or for as many as a chunk of the model has rows.</summary>
    public int? BatchCapacity { get; init; }

    /// <summary>
    /// The bytes of all sessions together; null for half of the memory that is available to the process. At least one session
    /// exists, and at most twice as many as <see cref="BatchCapacity"/>: idle ones keep prefixes.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The largest number of requests that wait.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>The largest number of requests of a tenant that wait.</summary>
    public int QueueLengthPerTenant { get; init; } = 16;

    /// <summary>The longest time that a request waits. A request that would wait longer is rejected at once.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time of a slice of a prompt as a fraction of the time of a decode step. Larger values shorten the time to the first
    /// token of a prompt and lengthen the gaps between the tokens of others.
    /// </summary>
    public double PrefillShare { get; init; } = 0.5;

    /// <summary>The number of updates that are kept for a reader. A sequence whose reader is slower pauses.</summary>
    public int BufferedUpdates { get; init; } = 256;

    /// <summary>The time after which a sequence is cancelled whose reader does not read.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The smallest number of equal tokens at the beginning of a prompt for which a cache is reused.</summary>
    public int MinimumPrefix { get; init; } = 32;

    /// <summary>
    /// The tokens by which a waiting request advances per second. A request of a tenant that received many tokens goes before others
    /// after it has waited for long enough.
    /// </summary>
    public double AgingTokensPerSecond { get; init; } = 200;

    /// <summary>The name of the model in metrics and traces; null for the name of its class.</summary>
    public string? ModelName { get; init; }

    internal EngineOptions Check()
    {
        Require(BatchCapacity is null or > 0, nameof(BatchCapacity), BatchCapacity, "at least 1");
        Require(MemoryBytes is null or > 0, nameof(MemoryBytes), MemoryBytes, "at least 1");
        Require(QueueLength > 0, nameof(QueueLength), QueueLength, "at least 1");
        Require(QueueLengthPerTenant > 0, nameof(QueueLengthPerTenant), QueueLengthPerTenant, "at least 1");
        Require(QueueTimeout > TimeSpan.Zero, nameof(QueueTimeout), QueueTimeout, "a positive time");
        Require(PrefillShare is > 0 and <= 16, nameof(PrefillShare), PrefillShare, "a fraction above 0 and at most 16");
        Require(BufferedUpdates > 0, nameof(BufferedUpdates), BufferedUpdates, "at least 1");
        Require(StallTimeout > TimeSpan.Zero, nameof(StallTimeout), StallTimeout, "a positive time");
        Require(MinimumPrefix > 0, nameof(MinimumPrefix), MinimumPrefix, "at least 1");
        Require(AgingTokensPerSecond >= 0, nameof(AgingTokensPerSecond), AgingTokensPerSecond, "at least 0");
        return this;
    }

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(
                name,
                value,
                FormattableString.Invariant($"{nameof(EngineOptions)}.{name} is {value}; expected {expected}.")
            );
        }
    }
}
