using System.Globalization;
using System.Text;

namespace Specializer.Generator.Parsing;

/// <summary>Escapes paths for project files.</summary>
internal static class ProjectItem
{
    /// <summary>The characters that MSBuild does not treat as part of a file name.</summary>
    private const string Special = "%*?@$();'";

    /// <summary>
    /// Returns a path as the value of an Include attribute: MSBuild's special characters in hexadecimal, XML's as entities.
    /// </summary>
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
