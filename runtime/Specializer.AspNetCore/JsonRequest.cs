using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace Specializer.AspNetCore;

/// <summary>Reads the fields of a request. A field of another type than expected is an error that names it.</summary>
internal static class JsonRequest
{
    /// <summary>Reads the body, an object.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        try
        {
            JsonDocument document = await JsonDocument
                .ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 48 }, context.RequestAborted)
                .ConfigureAwait(false);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw ApiException.Invalid("The body is no JSON object.");
        }
        catch (JsonException)
        {
            throw ApiException.Invalid("The body is no valid JSON, or is nested too deeply.");
        }
        catch (BadHttpRequestException exception)
        {
            throw new ApiException(exception.StatusCode, "invalid_request_error", "The body is too large or incomplete.");
        }
    }

    /// <summary>Returns a field, or null if it is absent or null.</summary>
    public static JsonElement? Field(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement json, string name) =>
        json.Field(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => Decode(value, name),
            _ => throw Wrong(name, "a string"),
        };

    public static bool Flag(this JsonElement json, string name) =>
        json.Field(name) switch
        {
            null or { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.True } => true,
            _ => throw Wrong(name, "true or false"),
        };

    public static double? Number(this JsonElement json, string name, double lowest, double highest) =>
        json.Field(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out double number) && number >= lowest && number <= highest =>
                number,
            _ => throw Wrong(name, FormattableString.Invariant($"a number from {lowest} to {highest}")),
        };

    public static long? Integer(this JsonElement json, string name, long lowest, long highest) =>
        json.Field(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out long number) && number >= lowest && number <= highest =>
                number,
            _ => throw Wrong(name, FormattableString.Invariant($"an integer from {lowest} to {highest}")),
        };

    /// <summary>Returns a string, or an array of strings.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement json, string name, int most) =>
        json.Field(name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } value => [Decode(value, name)],
            { ValueKind: JsonValueKind.Array } value when value.GetArrayLength() > most => throw Wrong(
                name,
                FormattableString.Invariant($"at most {most} strings")
            ),
            { ValueKind: JsonValueKind.Array } value
                when value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String) =>
            [
                .. value.EnumerateArray().Select(item => Decode(item, name)),
            ],
            _ => throw Wrong(name, "a string or an array of strings"),
        };

    public static ApiException Wrong(string name, string expected) =>
        ApiException.Invalid($"'{name}' is not valid; expected {expected}.", name, "invalid_value");

    public static string Decode(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "valid Unicode without lone surrogates");
        }
    }
}
