using System;

namespace Specializer.Text.Templates;

/// <summary>An error at a position in the template, before its line and column are computed.</summary>
internal sealed class ParseFault(int position, string message, ChatTemplateError error = ChatTemplateError.Syntax) : Exception(message)
{
    public int Position => position;

    public ChatTemplateError Error => error;
}
