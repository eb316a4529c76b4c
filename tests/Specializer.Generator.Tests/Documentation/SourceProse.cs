using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Specializer.Generator.Tests.Documentation;

/// <summary>Reads the texts of a C# file: documentation, comments and messages.</summary>
internal static partial class SourceProse
{
    public static IEnumerable<Prose> Read(string file, string text) => Comments(file, text.Split('\n')).Concat(Messages(file, text));

    /// <summary>Reads consecutive comment lines as one text.</summary>
    private static IEnumerable<Prose> Comments(string file, string[] lines)
    {
        for (int start = 0; start < lines.Length; )
        {
            string marker = Marker(lines[start]);
            int end = start + 1;
            while (end < lines.Length && marker.Length > 0 && Marker(lines[end]) == marker)
            {
                end++;
            }

            string text = string.Join('\n', lines[start..end].Select(line => line.Trim()[marker.Length..]));
            if (marker == "//")
            {
                yield return new Prose(file, start + 1, ProseKind.Comment, Spaces().Replace(text, " "));
            }
            else if (marker == "///")
            {
                foreach (XElement element in XElement.Parse("<doc>" + text + "</doc>", LoadOptions.PreserveWhitespace).Elements())
                {
                    yield return new Prose(file, start + 1, ProseKind.Documentation, Flatten(element));
                }
            }

            start = end;
        }
    }

    private static string Marker(string line) =>
        line.TrimStart() is var text && text.StartsWith("///", System.StringComparison.Ordinal) ? "///"
        : text.StartsWith("//", System.StringComparison.Ordinal) ? "//"
        : "";

    /// <summary>Returns the text of an XML element. References and code become X, and blocks are separate lines.</summary>
    private static string Flatten(XElement element)
    {
        var text = new StringBuilder();
        Append(element);
        return string.Join('\n', text.ToString().Split('\f').Select(static part => Spaces().Replace(part, " ").Trim()));

        void Append(XElement parent)
        {
            foreach (XNode node in parent.Nodes())
            {
                switch (node)
                {
                    case XText literal:
                        text.Append(literal.Value);
                        break;
                    case XElement { Name.LocalName: "code" }:
                        text.Append('\f');
                        break;
                    case XElement { Name.LocalName: "c" } or XElement { IsEmpty: true }:
                        text.Append('X');
                        break;
                    case XElement { Name.LocalName: "see" } link:
                        Append(link);
                        break;
                    case XElement block:
                        text.Append('\f');
                        Append(block);
                        text.Append('\f');
                        break;
                }
            }
        }
    }

    /// <summary>Reads the strings that contain at least three consecutive words; other strings are names or code.</summary>
    private static IEnumerable<Prose> Messages(string file, string text)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(text).GetRoot();
        foreach (ExpressionSyntax node in root.DescendantNodes().OfType<ExpressionSyntax>())
        {
            string? message = node switch
            {
                LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } literal => literal.Token.ValueText,
                InterpolatedStringExpressionSyntax interpolated => string.Concat(
                    interpolated.Contents.Select(static part =>
                        part is InterpolatedStringTextSyntax literal ? literal.TextToken.ValueText : "X"
                    )
                ),
                _ => null,
            };
            if (message is not null && ThreeWords().IsMatch(message))
            {
                yield return new Prose(file, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, ProseKind.Message, message);
            }
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("[a-z]{2,} [a-z]{2,} [a-z]{2,}")]
    private static partial Regex ThreeWords();
}
