using System;

namespace Specializer.Serving;

/// <summary>The reasons why an engine does not serve a request.</summary>
public enum RejectionReason
{
    /// <summary>As many requests wait as the queue holds.</summary>
    QueueFull,

    /// <summary>As many requests of the tenant wait as are allowed.</summary>
    TenantQueueFull,

    /// <summary>The request would wait, or has waited, longer than <see cref="EngineOptions.QueueTimeout"/>.</summary>
    QueueTimeout,

    /// <summary>The engine finishes its requests and accepts no others.</summary>
    Draining,

    /// <summary>The reader did not read for <see cref="EngineOptions.StallTimeout"/>.</summary>
    ReaderStalled,
}

/// <summary>An engine does not serve a request; a later attempt can succeed.</summary>
public sealed class EngineRejectedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="message">The message.</param>
    /// <param name="retryAfter">The time after which an attempt is likely to succeed.</param>
    public EngineRejectedException(RejectionReason reason, string message, TimeSpan retryAfter)
        : base(message)
    {
        Reason = reason;
        RetryAfter = retryAfter;
    }

    /// <summary>Gets the reason.</summary>
    public RejectionReason Reason { get; }

    /// <summary>Gets the time after which an attempt is likely to succeed.</summary>
    public TimeSpan RetryAfter { get; }
}
