using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Specializer.Text.Reading;

/// <summary>A value in a JSON file and its location, for errors.</summary>
internal readonly struct JsonPlace(JsonElement element, string path)
{
    public JsonElement Element => element;

    public string Path => path;

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    public bool IsString => element.ValueKind == JsonValueKind.String;

    /// <summary>Returns a member, or a null value.</summary>
    public JsonPlace this[string name]
    {
        get
        {
            if (!IsObject)
            {
                throw Error($"expected an object, found {Kind}");
            }

            return new JsonPlace(element.TryGetProperty(name, out JsonElement value) ? value : default, $"{path}.{name}");
        }
    }

    /// <summary>Returns whether a member exists and is not null.</summary>
    public bool Has(string name) =>
        IsObject && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Returns the items of an array.</summary>
    public List<JsonPlace> Items(int maximum = int.MaxValue)
    {
        if (!IsArray)
        {
            throw Error($"expected an array, found {Kind}");
        }

        if (element.GetArrayLength() > maximum)
        {
            throw Error($"an array of {element.GetArrayLength()} items; at most {maximum} are supported");
        }

        var result = new List<JsonPlace>();
        foreach (JsonElement item in element.EnumerateArray())
        {
            result.Add(new JsonPlace(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{result.Count}]")));
        }

        return result;
    }

    public string Text()
    {
        if (!IsString)
        {
            throw Error($"expected a string, found {Kind}");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerException(path, "the string is not text: it has a lone surrogate or bytes that are not UTF-8", exception);
        }
    }

    public string Text(string orElse) => IsNull ? orElse : Text();

    public bool Flag() =>
        element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Error($"expected true or false, found {Kind}"),
        };

    public bool Flag(bool orElse) => IsNull ? orElse : Flag();

    /// <summary>Returns a number from 0 to 2^31 - 1.</summary>
    public int Number() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value >= 0
            ? value
            : throw Error($"expected an integer from 0 to {int.MaxValue}, found {Kind}");

    public int Number(int orElse) => IsNull ? orElse : Number();

    /// <summary>Returns a string of one character.</summary>
    public int Scalar()
    {
        string text = Text();
        return Rune.TryGetRuneAt(text, 0, out Rune rune) && rune.Utf16SequenceLength == text.Length
            ? rune.Value
            : throw Error($"expected one character, found '{text}'");
    }

    /// <summary>The value, for messages.</summary>
    public string Found => Kind;

    public TokenizerException Error(string message) => new(path, message);

    private string Kind =>
        element.ValueKind switch
        {
            JsonValueKind.Undefined => "nothing",
            JsonValueKind.Null => "null",
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => $"the string '{Shortened(Text())}'",
            JsonValueKind.Number => $"the number {Shortened(element.GetRawText())}",
            _ => element.ValueKind == JsonValueKind.True ? "true" : "false",
        };

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
