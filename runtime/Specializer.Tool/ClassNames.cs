using System;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Specializer.Tool;

/// <summary>Creates C# class names from folder names.</summary>
internal static class ClassNames
{
    /// <summary>Converts a folder name, such as smol-lm-135m, to a class name, such as SmolLm135M.</summary>
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

            // A digit ends a word: 135m becomes 135M.
            name.Append(upper ? char.ToUpperInvariant(character) : character);
            upper = char.IsAsciiDigit(character);
        }

        return name.Length == 0 ? "Model"
            : char.IsAsciiDigit(name[0]) ? "Model" + name
            : name.ToString();
    }

    /// <summary>Returns whether a name, with dots for a namespace, is valid in C#.</summary>
    public static bool IsValid(string name, bool dotted) => Array.TrueForAll(dotted ? name.Split('.') : [name], IsIdentifier);

    private static bool IsIdentifier(string name) =>
        SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None;
}
