using System;

namespace Specializer;

/// <summary>
/// A call would change the rotary factors of positions that a session has already computed, and
/// <see cref="ModelOptions.OriginalLengthCrossing"/> is <see cref="OriginalLengthCrossing.Throw"/>.
/// </summary>
public sealed class OriginalLengthException : InvalidOperationException
{
    /// <summary>An exception without a message of its own.</summary>
    public OriginalLengthException() { }

    /// <summary>An exception with a message.</summary>
    /// <param name="message">The problem, and how to fix it.</param>
    public OriginalLengthException(string message)
        : base(message) { }

    /// <summary>An exception with a message and a cause.</summary>
    /// <param name="message">The problem, and how to fix it.</param>
    /// <param name="innerException">The cause.</param>
    public OriginalLengthException(string message, Exception innerException)
        : base(message, innerException) { }
}
