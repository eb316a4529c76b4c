using System;

namespace Specializer.Text;

/// <summary>
/// The exception that is thrown when a JSON schema or a regular expression is malformed, unsupported, too large, or allows no text. Schemas and expressions cause no other exception.
/// </summary>
public sealed class ConstraintException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    public ConstraintException(string message)
        : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public ConstraintException(string message, Exception? innerException)
        : base(message, innerException) { }

    internal ConstraintException(string place, string message)
        : base($"{place}: {message}")
    {
        Place = place;
    }

    /// <summary>The location in the schema as a JSON pointer, such as <c>#/properties/name/pattern</c>; null if there is none.</summary>
    public string? Place { get; }
}
