using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace Specializer;

/// <summary>Reads the JSON of a safetensors header and accepts exactly what the format allows.</summary>
/// <remarks>
/// The reader checks each tensor by itself (type, shape, size and offsets); <see cref="SafetensorsHeader"/> checks their order in
/// the file. Duplicate keys are always rejected: readers disagree about which one counts, and a file must not be ambiguous.
/// </remarks>
internal ref struct SafetensorsHeaderReader
{
    // Header, tensor, array: a valid header has no deeper nesting. One more level lets the error about a nested array name the
    // tensor.
    private const int MaximumDepth = 4;

    // The limit of NumPy and PyTorch. It keeps a hostile shape from growing beyond this stack buffer.
    private const int MaximumRank = 64;

    private const string MetadataName = "__metadata__";
    private const string Suggestion =
        "The file is damaged or was not written by a conforming safetensors writer; download or save it again.";

    private readonly string _description;
    private Utf8JsonReader _json;

    public SafetensorsHeaderReader(ReadOnlySpan<byte> json, string description)
    {
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        _description = description;
        Metadata = [];
        Entries = [];
    }

    /// <summary>The tensors by name.</summary>
    public Dictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The texts in <c>__metadata__</c>.</summary>
    public Dictionary<string, string> Metadata { get; }

    /// <summary>Reads the whole header.</summary>
    /// <exception cref="WeightsException">The JSON is not valid for the format.</exception>
    public void Read()
    {
        try
        {
            bool hasMetadata = false;
            Next();
            while (Next() == JsonTokenType.PropertyName)
            {
                string name = Text(null);
                Next();
                if (name != MetadataName)
                {
                    ReadTensor(name);
                    continue;
                }

                if (hasMetadata)
                {
                    throw Malformed(null, $"the key {MetadataName} occurs twice.");
                }

                hasMetadata = true;
                ReadMetadata();
            }

            // Only white space may follow the object; the JSON reader throws otherwise.
            _json.Read();
        }
        catch (JsonException exception)
        {
            throw SafetensorsHeader.Malformed(
                _description,
                null,
                $"the header is not valid JSON for the format: {exception.Message} {Suggestion}",
                exception
            );
        }
    }

    private void ReadMetadata()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw Malformed(null, $"{MetadataName} must be an object; found {Found()}.");
        }

        while (Next() == JsonTokenType.PropertyName)
        {
            string key = Text(null);
            if (Next() != JsonTokenType.String)
            {
                throw Malformed(null, $"{MetadataName} must map strings to strings; found {Found()} under {MessageText.Quote(key)}.");
            }

            if (!Metadata.TryAdd(key, Text(null)))
            {
                throw Malformed(null, $"{MetadataName} has the key {MessageText.Quote(key)} twice.");
            }
        }
    }

    private void ReadTensor(string name)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw Malformed(name, $"expected an object with dtype, shape and data_offsets; found {Found()}.");
        }

        TensorElementType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = Text(name);
            switch (key)
            {
                case "dtype":
                    RefuseTwice(name, key, type is not null);
                    type = ReadElementType(name);
                    break;
                case "shape":
                    RefuseTwice(name, key, shape is not null);
                    shape = ReadIntegers(name, key, MaximumRank);
                    break;
                case "data_offsets":
                    RefuseTwice(name, key, offsets is not null);
                    offsets = ReadIntegers(name, key, 2);
                    break;
                default:
                    throw Malformed(name, $"expected only the keys dtype, shape and data_offsets; found {MessageText.Quote(key)}.");
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            throw Malformed(name, $"the key {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")} is missing.");
        }

        Add(name, type.Value, shape, offsets);
    }

    private readonly void Add(string name, TensorElementType type, long[] shape, long[] offsets)
    {
        if (offsets.Length != 2 || offsets[0] > offsets[1])
        {
            throw Malformed(
                name,
                $"data_offsets must be two numbers, the second not less than the first; found {TensorExtent.Format(offsets)}."
            );
        }

        if (!TensorExtent.TryCompute(type, shape, out TensorExtent extent))
        {
            throw Malformed(
                name,
                $"no {TensorElementTypes.Name(type)} tensor can have the shape {TensorExtent.Format(shape)}: its size overflows or is not a whole number of bytes."
            );
        }

        if (extent.ByteLength != offsets[1] - offsets[0])
        {
            throw Malformed(
                name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TensorElementTypes.Name(type)} of shape {TensorExtent.Format(shape)} takes {extent.ByteLength} bytes, but data_offsets {TensorExtent.Format(offsets)} give it {offsets[1] - offsets[0]}."
                )
            );
        }

        if (!Entries.TryAdd(name, new SafetensorsEntry(name, type, shape, extent, offsets[0])))
        {
            throw Malformed(name, "the name occurs twice in the header.");
        }
    }

    private TensorElementType ReadElementType(string name)
    {
        if (Next() != JsonTokenType.String)
        {
            throw Malformed(name, $"dtype must be a string; found {Found()}.");
        }

        string text = Text(name);
        return TensorElementTypes.TryParse(text, out TensorElementType type)
            ? type
            : throw Malformed(name, $"dtype must be one of {TensorElementTypes.KnownNames}; found {MessageText.Quote(text)}.");
    }

    /// <summary>Reads an array of at most <paramref name="maximum"/> integers that are 0 or more.</summary>
    private long[] ReadIntegers(string name, string key, int maximum)
    {
        if (Next() != JsonTokenType.StartArray)
        {
            throw Malformed(name, $"{key} must be an array; found {Found()}.");
        }

        Span<long> integers = stackalloc long[MaximumRank];
        int count = 0;
        while (Next() != JsonTokenType.EndArray)
        {
            if (count == maximum)
            {
                throw Malformed(
                    name,
                    string.Create(CultureInfo.InvariantCulture, $"{key} must have at most {maximum} numbers; found more.")
                );
            }

            // -0 parses as an integer, but the format has no negative numbers.
            if (_json.TokenType != JsonTokenType.Number || _json.ValueSpan[0] == (byte)'-' || !_json.TryGetInt64(out integers[count]))
            {
                throw Malformed(name, $"{key} must contain integers from 0 to 2^63 - 1; found {Found()}.");
            }

            count++;
        }

        return integers[..count].ToArray();
    }

    private readonly void RefuseTwice(string name, string key, bool seen)
    {
        if (seen)
        {
            throw Malformed(name, $"the key {key} occurs twice.");
        }
    }

    private JsonTokenType Next()
    {
        _json.Read();
        return _json.TokenType;
    }

    private readonly string Text(string? tensor) =>
        JsonText.TryGet(_json, out string text)
            ? text
            : throw SafetensorsHeader.Malformed(
                _description,
                tensor,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the string at byte {_json.TokenStartIndex} of the header contains an unpaired escaped surrogate. {Suggestion}"
                )
            );

    private readonly string Found() => JsonText.Describe(_json);

    private readonly WeightsException Malformed(string? tensor, string what) =>
        SafetensorsHeader.Malformed(_description, tensor, $"{what} {Suggestion}");
}
