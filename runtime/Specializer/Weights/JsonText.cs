using System;
using System.Text;
using System.Text.Json;

namespace Specializer;

/// <summary>Common code of the JSON readers of checkpoints: texts, and the names of tokens in messages.</summary>
internal static class JsonText
{
    /// <summary>Reads the name or text at the current position.</summary>
    /// <returns>Whether it is valid text: JSON can escape half of a surrogate pair, which is not valid.</returns>
    public static bool TryGet(in Utf8JsonReader json, out string text)
    {
        try
        {
            text = json.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>Describes the current token for a message.</summary>
    public static string Describe(in Utf8JsonReader json) =>
        json.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "the number " + MessageText.Quote(Encoding.UTF8.GetString(json.ValueSpan)),
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            _ => "null",
        };
}
