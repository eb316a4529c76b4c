using System;

namespace Specializer.Text.Templates;

/// <summary>An error without a location; the caller converts it to a <see cref="ChatTemplateException"/>.</summary>
internal sealed class TemplateFault : Exception
{
    public TemplateFault(ChatTemplateError error, string message)
        : base(message) => Error = error;

    public ChatTemplateError Error { get; }

    /// <summary>Creates the error of an operation that Python rejects.</summary>
    public static TemplateFault Runtime(string message) => new(ChatTemplateError.Runtime, message);

    /// <summary>Creates the error of an operation that Python has and this library does not.</summary>
    public static TemplateFault Unsupported(string message) => new(ChatTemplateError.Unsupported, message);

    /// <summary>Creates the error of a reached limit.</summary>
    public static TemplateFault Limit(string message) => new(ChatTemplateError.Limit, message);
}
