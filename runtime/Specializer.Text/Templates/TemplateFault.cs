using System;

namespace Specializer.Text.Templates;

/// <summary>An error whose place is known only to the caller, who turns it into a <see cref="ChatTemplateException"/>.</summary>
internal sealed class TemplateFault : Exception
{
    public TemplateFault(ChatTemplateError error, string message)
        : base(message) => Error = error;

    public ChatTemplateError Error { get; }

    /// <summary>An operation that Python refuses.</summary>
    public static TemplateFault Runtime(string message) => new(ChatTemplateError.Runtime, message);

    /// <summary>An operation that Python has and this library does not.</summary>
    public static TemplateFault Unsupported(string message) => new(ChatTemplateError.Unsupported, message);

    /// <summary>A limit that is reached.</summary>
    public static TemplateFault Limit(string message) => new(ChatTemplateError.Limit, message);
}
