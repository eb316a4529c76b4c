using System;
using System.Text;
using System.Text.Json;

namespace Specializer;

/// <summary>What the readers of JSON in a checkpoint have in common: its texts, and how messages call a token.</summary>
internal static class JsonText
{
    /// <summary>The name or text that the reader stands at.</summary>
    /// <returns>Whether it is text: JSON can escape half of a surrogate pair, which none is.</returns>
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

    /// <summary>The token that the reader stands at, in the words of a message.</summary>
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
