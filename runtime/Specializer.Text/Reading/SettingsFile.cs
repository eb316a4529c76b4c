using System;
using System.Text.Json;

namespace Specializer.Text.Reading;

/// <summary>Reads a JSON file of settings in a model's folder.</summary>
internal static class SettingsFile
{
    public const string Preprocessor = "preprocessor_config.json";

    /// <summary>Reads preprocessor_config.json of a folder.</summary>
    public static T ReadPreprocessor<T>(string folder, Func<JsonPlace, T> read) =>
        Parse(
            Preprocessor,
            FolderReader.TryRead(folder, Preprocessor)
                ?? throw new PipelineException(
                    Preprocessor,
                    $"the file does not exist in the folder '{folder}'. Copy it from the model's repository."
                ),
            read
        );

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="PipelineException">The content is malformed, or the reader threw a <see cref="TokenizerException"/>.</exception>
    public static T Parse<T>(string name, ReadOnlyMemory<byte> json, Func<JsonPlace, T> read)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json.Span))
        {
            throw new PipelineException(name, "the file is not valid UTF-8");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var root = new JsonPlace(document.RootElement, name);
            return root.IsObject ? read(root) : throw root.Error("expected an object");
        }
        catch (JsonException exception)
        {
            throw new PipelineException(name, $"the file is not valid JSON: {exception.Message}", exception);
        }
        catch (TokenizerException exception)
        {
            string place = exception.Place ?? name;
            throw new PipelineException(place, exception.Message[(place.Length + 2)..], exception);
        }
    }

    /// <summary>Throws for the first field that is not among the known ones and is not neutral.</summary>
    public static void RefuseUnknown(JsonPlace root, ReadOnlySpan<string> known)
    {
        foreach (JsonProperty property in root.Element.EnumerateObject())
        {
            string name = Name(root, property);
            // An absent value and an operation that is not done are neutral.
            bool isNeutral =
                property.Value.ValueKind == JsonValueKind.Null
                || (property.Value.ValueKind == JsonValueKind.False && name.StartsWith("do_", StringComparison.Ordinal));
            if (!isNeutral && !known.Contains(name))
            {
                throw new JsonPlace(property.Value, $"{root.Path}.{name}").Error(
                    "the field is unknown. Remove it if it does not change the computation."
                );
            }
        }
    }

    /// <summary>Returns the name of a field.</summary>
    public static string Name(JsonPlace root, JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerException(root.Path, "the name of a field is not text: it has a lone surrogate", exception);
        }
    }

    /// <summary>Returns a finite number.</summary>
    public static double Real(JsonPlace place, double orElse)
    {
        if (place.IsNull)
        {
            return orElse;
        }

        double value =
            place.Element.ValueKind == JsonValueKind.Number && place.Element.TryGetDouble(out double number) ? number : double.NaN;
        return double.IsFinite(value) ? value : throw place.Error($"expected a finite number, found {place.Found}");
    }
}
