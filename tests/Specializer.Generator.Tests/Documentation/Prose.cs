using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>Specifies the origin of a text.</summary>
internal enum ProseKind
{
    /// <summary>An element of an XML documentation comment.</summary>
    Documentation,

    /// <summary>Another comment.</summary>
    Comment,

    /// <summary>A string of at least three words: the message of an exception or a diagnostic, or output of a program.</summary>
    Message,

    /// <summary>A paragraph or list item of a page.</summary>
    Paragraph,

    /// <summary>A heading or table cell of a page.</summary>
    Label,
}

/// <summary>A text that users or contributors read.</summary>
/// <param name="File">The path relative to the repository's root, with slashes.</param>
/// <param name="Line">The one-based line.</param>
/// <param name="Kind">The origin.</param>
/// <param name="Text">The text without markup; code is replaced by X.</param>
internal sealed partial record Prose(string File, int Line, ProseKind Kind, string Text)
{
    /// <summary>The sentences of the text. A semicolon and a table cell end a sentence, too.</summary>
    public IEnumerable<string> Sentences =>
        SentenceEnd().Split(Abbreviation().Replace(Text, "$1")).Select(static sentence => sentence.Trim()).Where(static x => x.Length > 0);

    /// <summary>Counts the words of a sentence. Text in parentheses, such as a reference, does not count.</summary>
    public static int Words(string sentence) => Word().Count(Parentheses().Replace(sentence, ""));

    [GeneratedRegex(@"(?<=[.!?;])[""')]*\s+|\n|\s\|\s")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\b(et al|e\.g|i\.e)\.")]
    private static partial Regex Abbreviation();

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex Parentheses();

    [GeneratedRegex(@"\S*[A-Za-z0-9]\S*")]
    private static partial Regex Word();
}
