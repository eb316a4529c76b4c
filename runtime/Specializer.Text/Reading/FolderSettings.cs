using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Specializer.Text.Reading;

/// <summary>The settings in tokenizer_config.json, special_tokens_map.json, added_tokens.json and config.json of a folder.</summary>
internal sealed class FolderSettings
{
    private readonly List<JsonDocument> _documents = [];
    private readonly List<JsonPlace> _sources = [];

    private FolderSettings() { }

    /// <summary>The class of the tokenizer, such as RobertaTokenizer, or an empty text.</summary>
    public string TokenizerClass { get; private set; } = "";

    /// <summary>The model's type in config.json, such as roberta, or an empty text.</summary>
    public string ModelType { get; private set; } = "";

    /// <summary>The tokens of added_tokens.json in the order of their ids.</summary>
    public List<string> AddedTokens { get; } = [];

    public static FolderSettings Read(string folder)
    {
        var settings = new FolderSettings();
        foreach (string name in new[] { "tokenizer_config.json", "special_tokens_map.json" })
        {
            if (settings.Parse(folder, name) is { } place)
            {
                settings._sources.Add(place);
            }
        }

        settings.TokenizerClass = settings.Find("tokenizer_class") is { IsString: true } tokenizerClass ? tokenizerClass.Text() : "";
        if (settings.Parse(folder, "config.json") is { } config && config["model_type"] is { IsString: true } type)
        {
            settings.ModelType = type.Text();
        }

        if (settings.Parse(folder, "added_tokens.json") is { } added)
        {
            settings.AddedTokens.AddRange(ReadAddedTokens(added));
        }

        return settings;
    }

    /// <summary>Returns a flag, or a default if it is absent.</summary>
    public bool Flag(string name, bool orElse) => Find(name) is { IsNull: false } place ? place.Flag() : orElse;

    /// <summary>Returns a flag, or null if it is absent.</summary>
    public bool? Flag(string name) => Find(name) is { IsNull: false } place ? place.Flag() : null;

    /// <summary>Returns the text of a special token: a string, or an object with its content.</summary>
    public string Token(string name, string orElse)
    {
        if (Find(name) is not { IsNull: false } place)
        {
            return orElse;
        }

        return place.IsString ? place.Text() : place["content"].Text();
    }

    private JsonPlace? Find(string name)
    {
        foreach (JsonPlace source in _sources)
        {
            if (source.Has(name))
            {
                return source[name];
            }
        }

        return null;
    }

    private static SortedDictionary<int, string>.ValueCollection ReadAddedTokens(JsonPlace added)
    {
        var tokens = new SortedDictionary<int, string>();
        foreach (JsonProperty property in added.Element.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException exception)
            {
                throw new TokenizerException(added.Path, "a token is not text: it has a lone surrogate", exception);
            }

            var place = new JsonPlace(property.Value, $"{added.Path}.{name}");
            if (!tokens.TryAdd(place.Number(), name))
            {
                throw place.Error($"the id {place.Number()} belongs to '{tokens[place.Number()]}', too");
            }
        }

        return tokens.Values;
    }

    private JsonPlace? Parse(string folder, string name)
    {
        if (FolderReader.TryRead(folder, name) is not { } content)
        {
            return null;
        }

        if (!System.Text.Unicode.Utf8.IsValid(content))
        {
            throw new TokenizerException(name, "the file is not valid UTF-8");
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(content);
            _documents.Add(document);
            var place = new JsonPlace(document.RootElement, name);
            return place.IsObject ? place : throw place.Error("expected an object");
        }
        catch (JsonException exception)
        {
            throw new TokenizerException(name, $"the file is not valid JSON: {exception.Message}", exception);
        }
    }
}
