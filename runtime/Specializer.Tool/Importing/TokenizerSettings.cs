using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;

namespace Specializer.Tool.Importing;

/// <summary>
/// Writes the tokenizer_config.json of a BERT model of which only vocab.txt is known. A vocabulary without capital letters belongs to a
/// tokenizer that converts text to lowercase.
/// </summary>
internal static class TokenizerSettings
{
    /// <param name="vocabulary">The contents of vocab.txt.</param>
    /// <param name="maximumLength">The number of positions of the model.</param>
    /// <returns>The text of the file, and whether text is converted to lowercase.</returns>
    public static (string Text, bool IsLowercase) Of(ReadOnlyMemory<byte> vocabulary, long maximumLength)
    {
        bool isLowercase = !Tokens(vocabulary).Any(static token => !token.StartsWith('[') && token.Any(char.IsAsciiLetterUpper));
        var json = new JsonObject
        {
            ["do_lower_case"] = isLowercase,
            ["model_max_length"] = maximumLength,
            ["tokenizer_class"] = "BertTokenizer",
        };
        return (json.ToJsonString(new() { WriteIndented = true, NewLine = "\n" }) + "\n", isLowercase);
    }

    private static IEnumerable<string> Tokens(ReadOnlyMemory<byte> vocabulary)
    {
        using var reader = new StringReader(Encoding.UTF8.GetString(vocabulary.Span));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
