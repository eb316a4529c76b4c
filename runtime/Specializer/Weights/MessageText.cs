using System.Globalization;
using System.Text;

namespace Specializer;

/// <summary>
/// Formats text from a file for error messages. The file may be hostile, and the message is written to a terminal or a log.
/// </summary>
internal static class MessageText
{
    private const int MaximumLength = 200;

    /// <summary>Returns the text in quotation marks, with control characters escaped and the length limited.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char character in text)
        {
            if (quoted.Length > MaximumLength)
            {
                quoted.Append(CultureInfo.InvariantCulture, $"... ({text.Length} characters)");
                break;
            }

            if (
                char.IsControl(character)
                || char.IsSurrogate(character)
                || char.GetUnicodeCategory(character)
                    is UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
            )
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                quoted.Append(character);
            }
        }

        return quoted.Append('"').ToString();
    }
}
