using System;
using System.Globalization;

namespace Specializer.Text;

/// <summary>What went wrong in a chat template.</summary>
public enum ChatTemplateError
{
    /// <summary>The text is not a template: a tag without an end, an operator without an operand.</summary>
    Syntax,

    /// <summary>
    /// The template is valid Jinja, yet uses a part of it that chat templates do not need and this library does not
    /// have.
    /// </summary>
    Unsupported,

    /// <summary>An operation failed while rendering: a number added to a string, an attribute of an undefined value.</summary>
    Runtime,

    /// <summary>The template called <c>raise_exception</c>: it refuses the conversation.</summary>
    Raised,

    /// <summary>The template reached a limit of <see cref="ChatTemplateLimits"/>.</summary>
    Limit,
}

/// <summary>
/// A chat template cannot be parsed or rendered. No other exception comes from the text of a template or from a conversation.
/// </summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">The kind of error.</param>
    /// <param name="message">What is wrong, without the place.</param>
    /// <param name="name">The template's name, or null.</param>
    /// <param name="line">The line in the template, from 1 on; 0 where there is none.</param>
    /// <param name="column">The column in the line, from 1 on; 0 where there is none.</param>
    /// <param name="innerException">What it came from.</param>
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

    /// <summary>What is wrong, without the place: after <c>raise_exception</c> the template's own words.</summary>
    public string Reason { get; }

    /// <summary>The template's name, or null.</summary>
    public string? TemplateName { get; }

    /// <summary>The line in the template, from 1 on; 0 where there is none.</summary>
    public int Line { get; }

    /// <summary>The column in the line, from 1 on, in UTF-16 units; 0 where there is none.</summary>
    public int Column { get; }

    private static string Describe(string message, string? name, int line, int column) =>
        line == 0
            ? (name is null ? message : $"{name}: {message}")
            : string.Create(CultureInfo.InvariantCulture, $"{name ?? "chat template"}({line},{column}): {message}");
}
