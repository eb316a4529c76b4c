using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>The rules of texts: words that are not used, words that do not start a sentence, and the length of a sentence.</summary>
internal static class Terms
{
    public const int MaximumWords = 25;

    /// <summary>Words and phrases that are not used, as regular expressions, each with the term of .NET's docs or of the field.</summary>
    private static readonly (string Pattern, string Instead)[] s_unused =
    [
        ("mend(s|ed|ing)?", "fix"),
        ("told|tells?", "report, pass, distinguish"),
        ("says?|said|saying", "declare, define, contain, print"),
        ("knows?", "support, contain"),
        ("wants?|(is|are) wanted", "require, request"),
        ("asks? for|asked for|asking for", "require, request, prefetch"),
        ("behind", "after"),
        ("in work", "current"),
        ("turns|turned|turning", "rotate, convert, round, iteration"),
        ("deals? out|dealt out", "divide"),
        ("from afar", "from memory"),
        ("fill(s|ed|ing)? up|filling", "pad, padding"),
        ("takes? down|taken down", "record"),
        ("goes? home|sends? [^.]{0,30}home|sent home", "stop"),
        ("(?<!there |or )is none", "is not, is unknown"),
        ("outlines?", "skeleton"),
        ("house|rooms?", "namespace, capacity"),
        ("whoever|nobody", "the caller, no code"),
        ("anew|afresh", "again"),
        ("takes? the place of|taken the place of", "replace"),
        ("lies?|lay", "is located, is stored"),
        ("stands?(?!-)", "is, represents"),
        ("pays?", "choose automatically, gain"),
        ("lets? go", "release"),
        ("alike", "equal, the same"),
        ("has not (?!been|yet)", "does not have"),
    ];

    private static readonly (Regex Pattern, string Instead)[] s_patterns =
    [
        .. s_unused.Select(static term => (new Regex($@"\b(?:{term.Pattern})\b", RegexOptions.IgnoreCase), term.Instead)),
    ];

    private static readonly Regex s_start = new("^(?:Of|What|Where|Whoever) ");

    /// <summary>Returns the violations of all rules in a text.</summary>
    /// <param name="prose">The text.</param>
    public static IEnumerable<string> Violations(Prose prose) => [.. UnusedTerms(prose), .. LongSentences(prose)];

    /// <summary>Returns the terms of a text that are not used, and the words that do not start a sentence.</summary>
    /// <param name="prose">The text.</param>
    public static IEnumerable<string> UnusedTerms(Prose prose)
    {
        foreach ((Regex pattern, string instead) in s_patterns)
        {
            foreach (Match match in pattern.Matches(prose.Text))
            {
                yield return $"\"{match.Value}\" is not used; write {instead}";
            }
        }

        foreach (string sentence in prose.Sentences)
        {
            if (s_start.IsMatch(sentence))
            {
                yield return $"a sentence starts with \"{sentence.Split(' ')[0]}\"; start with the subject";
            }
        }
    }

    /// <summary>Returns the sentences of a text that are too long.</summary>
    private static IEnumerable<string> LongSentences(Prose prose)
    {
        foreach (string sentence in prose.Sentences)
        {
            if (prose.Kind is not (ProseKind.Comment or ProseKind.Label) && Prose.Words(sentence) is > MaximumWords and var words)
            {
                yield return $"a sentence has {words} words; the maximum is {MaximumWords}: \"{sentence}\"";
            }
        }
    }
}
