using System;

namespace Specializer.Text;

/// <summary>
/// A tokenizer's file is malformed or asks for something that is not supported, or a text cannot be encoded with it. No other exception
/// comes from the content of files.
/// </summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    public TokenizerException(string message)
        : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What it came from.</param>
    public TokenizerException(string message, Exception? innerException)
        : base(message, innerException) { }

    internal TokenizerException(string place, string message, Exception? innerException = null)
        : base($"{place}: {message}", innerException)
    {
        Place = place;
    }

    /// <summary>Where in the file it stands, such as <c>$.pre_tokenizer.pretokenizers[1].pattern</c>; null for a text.</summary>
    public string? Place { get; }
}
