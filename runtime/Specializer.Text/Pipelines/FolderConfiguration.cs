using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Specializer.Text.Reading;

namespace Specializer.Text.Pipelines;

/// <summary>The JSON files of a model's folder that pipelines read. Absent files are null values.</summary>
internal sealed class FolderConfiguration
{
    private readonly string _folder;

    public FolderConfiguration(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist.");
        }

        _folder = folder;
        Model = Read("config.json");
        Tokenizer = Read("tokenizer_config.json");
    }

    /// <summary>The content of config.json.</summary>
    public JsonPlace Model { get; }

    /// <summary>The content of tokenizer_config.json.</summary>
    public JsonPlace Tokenizer { get; }

    /// <summary>The longest input of the tokenizer (<c>model_max_length</c>), or null.</summary>
    public int? TokenizerMaximumLength =>
        // Tokenizers without a limit have one of 10^30.
        Tokenizer.Has("model_max_length")
        && Tokenizer["model_max_length"].Element is { ValueKind: JsonValueKind.Number } number
        && number.GetDouble() is >= 1 and <= int.MaxValue and double length
            ? (int)length
            : null;

    /// <summary>Whether the model takes type ids: unless <c>model_input_names</c> of the tokenizer omits them.</summary>
    public bool UsesTokenTypes =>
        !Tokenizer.Has("model_input_names")
        || Tokenizer["model_input_names"].Items().Exists(static name => name.IsString && name.Text() == "token_type_ids");

    /// <summary>Returns the text of a special token, from tokenizer_config.json or special_tokens_map.json, or null.</summary>
    public string? SpecialToken(string name)
    {
        foreach (JsonPlace source in new[] { Tokenizer, Read("special_tokens_map.json") })
        {
            if (source.Has(name))
            {
                JsonPlace place = source[name];
                return place.IsString ? place.Text() : place["content"].Text();
            }
        }

        return null;
    }

    /// <summary>Returns the content of a file, or a null value if it does not exist.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isArray">Whether the content is an array instead of an object.</param>
    public JsonPlace Read(string name, bool isArray = false)
    {
        if (FolderReader.TryRead(_folder, name) is not { } content)
        {
            return new JsonPlace(default, name);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 64 });
            var place = new JsonPlace(document.RootElement.Clone(), name);
            return (isArray ? place.IsArray : place.IsObject)
                ? place
                : throw new PipelineException(name, $"expected an {(isArray ? "array" : "object")}, found {place.Found}");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new PipelineException(name, $"the file is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Runs a function that reads fields; errors of fields become <see cref="PipelineException"/>.</summary>
    public static T Within<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TokenizerException exception) when (exception.Place is { } place)
        {
            throw new PipelineException(place, exception.Message[(place.Length + 2)..], exception);
        }
    }

    /// <summary>Returns the labels of <c>id2label</c> in the order of their ids, or null if the field is absent.</summary>
    public string[]? Labels()
    {
        if (!Model.Has("id2label"))
        {
            return null;
        }

        JsonPlace place = Model["id2label"];
        var labels = new SortedDictionary<int, string>();
        foreach (JsonProperty property in place.Element.EnumerateObject())
        {
            labels[
                int.TryParse(property.Name, System.Globalization.CultureInfo.InvariantCulture, out int id)
                    ? id
                    : throw place.Error($"expected ids as names, found '{property.Name}'")
            ] = new JsonPlace(property.Value, $"{place.Path}.{property.Name}").Text();
        }

        int next = 0;
        foreach (int id in labels.Keys)
        {
            if (id != next++)
            {
                throw place.Error($"expected the ids 0 to {labels.Count - 1}, found {id}");
            }
        }

        return [.. labels.Values];
    }
}
