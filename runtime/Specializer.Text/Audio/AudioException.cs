using System;

namespace Specializer.Text;

/// <summary>
/// The exception that is thrown when a sound file is malformed or has an unsupported format. The contents of files cause no other exception.
/// </summary>
public sealed class AudioException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    public AudioException(string message)
        : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public AudioException(string message, Exception? innerException)
        : base(message, innerException) { }
}
