using System.Globalization;
using System.Text;

namespace Specializer.Generator.Parsing;

/// <summary>Spells paths as a project file takes them.</summary>
internal static class ProjectItem
{
    /// <summary>What MSBuild reads as something else than a character of a file's name.</summary>
    private const string Special = "%*?@$();'";

    /// <summary>A path as the value of an item's Include: MSBuild's characters in hexadecimal, XML's as entities.</summary>
    public static string Include(string path)
    {
        var text = new StringBuilder();
        foreach (char character in path)
        {
            switch (character)
            {
                case '&':
                    text.Append("&amp;");
                    break;
                case '<':
                    text.Append("&lt;");
                    break;
                case '"':
                    text.Append("&quot;");
                    break;
                case var special when Special.IndexOf(special) >= 0:
                    text.Append('%').Append(((int)special).ToString("X2", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }

        return text.ToString();
    }
}
