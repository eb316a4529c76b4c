using System;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Specializer.Tool;

/// <summary>Makes names of C# classes of names of folders.</summary>
internal static class ClassNames
{
    /// <summary>SmolLm135M of smol-lm-135m.</summary>
    public static string Of(string folder)
    {
        var name = new StringBuilder();
        bool upper = true;
        foreach (char character in folder)
        {
            if (!char.IsAsciiLetterOrDigit(character))
            {
                upper = true;
                continue;
            }

            // A digit ends a word: 135m is 135M.
            name.Append(upper ? char.ToUpperInvariant(character) : character);
            upper = char.IsAsciiDigit(character);
        }

        return name.Length == 0 ? "Model"
            : char.IsAsciiDigit(name[0]) ? "Model" + name
            : name.ToString();
    }

    /// <summary>Whether a name, with dots for a namespace, can be written in C# as it is.</summary>
    public static bool IsValid(string name, bool dotted) => Array.TrueForAll(dotted ? name.Split('.') : [name], IsIdentifier);

    private static bool IsIdentifier(string name) =>
        SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None;
}
