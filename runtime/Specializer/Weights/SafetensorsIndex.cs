using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.Unicode;

namespace Specializer;

/// <summary>The index of a sharded checkpoint, which maps each tensor to a file beside the index.</summary>
/// <remarks>
/// It is a JSON object with the tensors under <c>weight_map</c>, as Hugging Face's libraries write it. The index is not trusted.
/// A shard must be the plain name of a safetensors file, so that an index cannot refer to other folders.
/// </remarks>
internal static class SafetensorsIndex
{
    /// <summary>The extension of index files.</summary>
    public const string Extension = ".safetensors.index.json";

    /// <summary>The longest index in bytes; the limit of a header in the format.</summary>
    private const int MaximumLength = 100_000_000;

    /// <summary>The largest number of shards; each is a file that is opened and mapped.</summary>
    private const int MaximumShards = 10_000;

    // The object, the map in it, and additional values that tools write.
    private const int MaximumDepth = 16;

    private const string MapName = "weight_map";
    private const string Suggestion = "The index is damaged or was not written by a conforming tool; download or save it again.";

    /// <summary>Reads an index.</summary>
    /// <param name="path">The path, which is also its name in messages.</param>
    /// <returns>The shard of every tensor, in the order of the index.</returns>
    /// <exception cref="WeightsException">The file is not an index, or a shard is not a plain file name.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length > MaximumLength)
        {
            throw SafetensorsHeader.Malformed(
                path,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the index has {file.Length} bytes; at most {MaximumLength} are read. {Suggestion}"
                )
            );
        }

        byte[] contents = new byte[file.Length];
        file.ReadExactly(contents);
        return Parse(contents, path);
    }

    private static List<KeyValuePair<string, string>> Parse(ReadOnlySpan<byte> json, string description)
    {
        if (json.StartsWith("version https://git-lfs"u8))
        {
            throw SafetensorsHeader.Malformed(
                description,
                null,
                "the file is a Git LFS pointer instead of the index; run 'git lfs pull' to fetch it."
            );
        }

        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        if (!Utf8.IsValid(json))
        {
            throw SafetensorsHeader.Malformed(description, null, "the index is not valid UTF-8. " + Suggestion);
        }

        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
            return Read(ref reader, description);
        }
        catch (JsonException exception)
        {
            throw SafetensorsHeader.Malformed(
                description,
                null,
                $"the index is not valid JSON: {exception.Message} {Suggestion}",
                exception
            );
        }
    }

    private static List<KeyValuePair<string, string>> Read(ref Utf8JsonReader json, string description)
    {
        List<KeyValuePair<string, string>>? map = null;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Malformed(description, $"the index must be an object; found {JsonText.Describe(json)}.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isMap = json.ValueTextEquals(MapName);
            json.Read();
            if (!isMap)
            {
                // Sizes and other data that the shards contain themselves.
                json.Skip();
                continue;
            }

            map = map is null ? ReadMap(ref json, description) : throw Malformed(description, $"the key {MapName} occurs twice.");
        }

        // Only white space may follow the object; the JSON reader throws otherwise.
        json.Read();
        return map ?? throw Malformed(description, $"the key {MapName}, with the file of every tensor, is missing.");
    }

    private static List<KeyValuePair<string, string>> ReadMap(ref Utf8JsonReader json, string description)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Malformed(description, $"{MapName} must be an object; found {JsonText.Describe(json)}.");
        }

        List<KeyValuePair<string, string>> map = [];
        HashSet<string> tensors = [];
        Dictionary<string, string> shards = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string tensor = Text(json, description);
            json.Read();
            if (json.TokenType != JsonTokenType.String)
            {
                throw Malformed(
                    description,
                    $"{MapName} must map names to files; found {JsonText.Describe(json)} for tensor {MessageText.Quote(tensor)}."
                );
            }

            if (!tensors.Add(tensor))
            {
                throw Malformed(description, $"the tensor {MessageText.Quote(tensor)} occurs twice in {MapName}.");
            }

            string shard = Text(json, description);
            if (!shards.TryGetValue(shard, out string? known))
            {
                known = shard;
                CheckName(shard, tensor, description);
                shards.Add(shard, shard);
                if (shards.Count > MaximumShards)
                {
                    throw Malformed(
                        description,
                        string.Create(CultureInfo.InvariantCulture, $"{MapName} names more than {MaximumShards} files.")
                    );
                }
            }

            map.Add(new(tensor, known));
        }

        return map;
    }

    /// <summary>Checks that a shard is beside its index: its name contains no folder on any system.</summary>
    private static void CheckName(string shard, string tensor, string description)
    {
        const string Extension = ".safetensors";
        bool isPlain = shard.Length > Extension.Length && shard.EndsWith(Extension, StringComparison.Ordinal) && !shard.StartsWith('.');
        foreach (char character in shard)
        {
            isPlain &=
                !char.IsControl(character)
                && !char.IsSurrogate(character)
                && character is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|');
        }

        if (!isPlain)
        {
            throw Malformed(
                description,
                $"{MapName} gives {MessageText.Quote(shard)} as the file of tensor {MessageText.Quote(tensor)}. Expected the plain name of a {Extension} file beside the index, such as \"model-00001-of-00002.safetensors\"."
            );
        }
    }

    private static string Text(in Utf8JsonReader json, string description) =>
        JsonText.TryGet(json, out string text)
            ? text
            : throw Malformed(
                description,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the string at byte {json.TokenStartIndex} contains an unpaired escaped surrogate."
                )
            );

    private static WeightsException Malformed(string description, string what) =>
        SafetensorsHeader.Malformed(description, null, $"{what} {Suggestion}");
}
