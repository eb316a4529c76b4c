using System;
using System.Globalization;

namespace Specializer.Text;

/// <summary>Specifies the kind of an error of a chat template.</summary>
public enum ChatTemplateError
{
    /// <summary>The text is not a valid template, for example because a tag has no end or an operator no operand.</summary>
    Syntax,

    /// <summary>
    /// The template is valid Jinja, but uses a feature that chat templates do not need and this library does not support.
    /// </summary>
    Unsupported,

    /// <summary>An operation failed during rendering, such as the addition of a number to a string.</summary>
    Runtime,

    /// <summary>The template called <c>raise_exception</c> to reject the conversation.</summary>
    Raised,

    /// <summary>The template reached a limit of <see cref="ChatTemplateLimits"/>.</summary>
    Limit,
}

/// <summary>
/// The exception that is thrown when a chat template cannot be parsed or rendered. Templates and conversations cause no other
/// exception.
/// </summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">The kind of error.</param>
    /// <param name="message">The description of the error without its location.</param>
    /// <param name="name">The template's name, or null.</param>
    /// <param name="line">The one-based line in the template; 0 if there is none.</param>
    /// <param name="column">The one-based column in the line; 0 if there is none.</param>
    /// <param name="innerException">The cause.</param>
    public ChatTemplateException(
        ChatTemplateError error,
        string message,
        string? name = null,
        int line = 0,
        int column = 0,
        Exception? innerException = null
    )
        : base(Describe(message, name, line, column), innerException)
    {
        Error = error;
        Reason = message;
        TemplateName = name;
        Line = line;
        Column = column;
    }

    /// <summary>The kind of error.</summary>
    public ChatTemplateError Error { get; }

    /// <summary>
    /// The description of the error without its location. For <c>raise_exception</c> it is the message of the template.
    /// </summary>
    public string Reason { get; }

    /// <summary>The name of the template, or null.</summary>
    public string? TemplateName { get; }

    /// <summary>The one-based line in the template; 0 if there is none.</summary>
    public int Line { get; }

    /// <summary>The one-based column in the line, in UTF-16 units; 0 if there is none.</summary>
    public int Column { get; }

    private static string Describe(string message, string? name, int line, int column) =>
        line == 0
            ? (name is null ? message : $"{name}: {message}")
            : string.Create(CultureInfo.InvariantCulture, $"{name ?? "chat template"}({line},{column}): {message}");
}
