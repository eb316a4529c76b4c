using System;

namespace Specializer.Text;

/// <summary>
/// The exception that is thrown when a tokenizer file is malformed or uses an unsupported feature, or a text cannot be encoded.
/// The contents of files cause no other exception.
/// </summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    public TokenizerException(string message)
        : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public TokenizerException(string message, Exception? innerException)
        : base(message, innerException) { }

    internal TokenizerException(string place, string message, Exception? innerException = null)
        : base($"{place}: {message}", innerException)
    {
        Place = place;
    }

    /// <summary>The location in the file, such as <c>$.pre_tokenizer.pretokenizers[1].pattern</c>; null for a text.</summary>
    public string? Place { get; }
}
