using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>Reads the texts of a Markdown page: paragraphs, list items, headings and table cells.</summary>
internal static partial class PageProse
{
    public static IEnumerable<Prose> Read(string file, string text)
    {
        string[] lines = Comment().Replace(Block().Replace(text, KeepLines), KeepLines).Split('\n');
        string paragraph = "";
        int start = 0;
        for (int i = 0; i <= lines.Length; i++)
        {
            string line = i < lines.Length ? lines[i].Trim() : "";
            bool startsItem = Item().IsMatch(line);
            if (line.Length == 0 || startsItem || line[0] is '#' or '|')
            {
                if (paragraph.Length > 0)
                {
                    yield return new Prose(file, start, ProseKind.Paragraph, Plain(paragraph));
                    paragraph = "";
                }
            }

            if (line.Length == 0)
            {
                continue;
            }

            if (line[0] is '#')
            {
                yield return new Prose(file, i + 1, ProseKind.Label, Plain(line.Trim('#', ' ')));
            }
            else if (line[0] is '|')
            {
                foreach (string cell in line.Trim('|').Split('|'))
                {
                    yield return new Prose(file, i + 1, ProseKind.Label, Plain(cell.Trim()));
                }
            }
            else
            {
                start = paragraph.Length == 0 ? i + 1 : start;
                paragraph += (paragraph.Length == 0 ? "" : " ") + (startsItem ? Item().Replace(line, "") : line);
            }
        }
    }

    private static string KeepLines(Match match) => new('\n', match.Value.Split('\n').Length - 1);

    private static string Plain(string text) => Link().Replace(Code().Replace(text, "X"), "$1");

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?:[-*]|\d+\.) ")]
    private static partial Regex Item();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}
