using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Specializer.Generator.Emission;

/// <summary>
/// Generated code for a project with CheckForOverflowUnderflow. Addresses and indices need no check, and some casts rely on
/// unchecked arithmetic. C# has no setting for a file, so the body of every member becomes an unchecked block.
/// </summary>
internal static class UncheckedCode
{
    private const string Indentation = "    ";

    private enum Kind
    {
        /// <summary>A namespace, a type or a property: what is in it has bodies.</summary>
        Members,

        /// <summary>The body of a method.</summary>
        Body,

        /// <summary>Anything else: blocks inside a body, values of a field.</summary>
        Other,
    }

    /// <summary>A generated file with the bodies of all members unchecked.</summary>
    public static string Of(string text)
    {
        // Made here: hardly any project needs it, and the library of regular expressions takes its time to load.
        var type = new Regex(@"\b(namespace|class|struct|interface|record)\b", RegexOptions.CultureInvariant);
        string[] lines = text.Split('\n');
        var written = new List<string>(lines.Length + 64);
        var blocks = new Stack<Kind>();
        int depth = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = depth > 0 && lines[i].Length > 0 ? Indentation + lines[i] : lines[i];
            string trimmed = lines[i].Trim();
            bool amongMembers = blocks.Count > 0 && blocks.Peek() == Kind.Members;
            if (trimmed == "{")
            {
                string header = Header(lines, i);
                Kind kind =
                    blocks.Count > 0 && !amongMembers ? Kind.Other
                    : header.StartsWith("where ", StringComparison.Ordinal) ? Kind.Body
                    : type.IsMatch(header) ? Kind.Members
                    : header.EndsWith(")", StringComparison.Ordinal) && !header.Contains(" = ") ? Kind.Body
                    : header is "get" or "set" or "init" ? Kind.Body
                    : header.Contains(" = ") ? Kind.Other
                    : Kind.Members;
                blocks.Push(kind);
                written.Add(line);
                if (kind == Kind.Body)
                {
                    string indentation = Indent(lines[i]) + Indentation;
                    written.Add(indentation + "unchecked");
                    written.Add(indentation + "{");
                    depth++;
                }
            }
            else if (trimmed is "}" or "};")
            {
                if (blocks.Pop() == Kind.Body)
                {
                    depth--;
                    written.Add(Indent(lines[i]) + Indentation + "}");
                    line = lines[i];
                }

                written.Add(line);
            }
            else if (amongMembers && trimmed.EndsWith("=>", StringComparison.Ordinal))
            {
                written.Add(line + " unchecked(");
                while (!lines[++i].EndsWith(";", StringComparison.Ordinal))
                {
                    written.Add(lines[i]);
                }

                written.Add(lines[i].Substring(0, lines[i].Length - 1) + ");");
            }
            else
            {
                written.Add(line);
            }
        }

        return string.Join("\n", written);
    }

    /// <summary>The last line of what a block belongs to.</summary>
    private static string Header(string[] lines, int brace) =>
        Enumerable
            .Range(1, brace)
            .Select(distance => lines[brace - distance].Trim())
            .FirstOrDefault(static line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
        ?? "";

    private static string Indent(string line) => line.Substring(0, line.Length - line.TrimStart().Length);
}
