using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Specializer;

/// <summary>The metadata of a model, with a record of the keys that were read: all others are reported.</summary>
internal sealed class GgufFields
{
    private const int MostLayers = 65_536;

    private readonly GgufFile _file;
    private readonly string _prefix;
    private readonly HashSet<string> _read = [];

    /// <param name="parts">The files of the model.</param>
    /// <exception cref="WeightsException">The file is no model, or its architecture is not supported.</exception>
    public GgufFields(GgufParts parts)
    {
        Parts = parts;
        _file = parts.Files[0];
        if (_file.Metadata.TryGetValue("general.type", out GgufValue? kind) && kind.ToText() is var text and not "model")
        {
            throw Unsupported(
                $"general.type is {MessageText.Quote(text)}; expected \"model\". Adapters, projectors and importance matrices are no models: pass the model's own file."
            );
        }

        Architecture = _file.Metadata.TryGetValue("general.architecture", out GgufValue? value)
            ? value.ToText()
            : throw Unsupported("the metadata key general.architecture is missing. Convert the model with a current converter.");
        Names = GgufNames.TryFind(Architecture, out GgufNames names)
            ? names
            : throw Unsupported(
                $"general.architecture is {MessageText.Quote(Architecture)}, which is not supported: {GgufNames.Explain(Architecture)}"
            );
        _prefix = Architecture + ".";
    }

    /// <summary>The architecture: <c>general.architecture</c>.</summary>
    public string Architecture { get; }

    /// <summary>The names of its tensors.</summary>
    public GgufNames Names { get; }

    /// <summary>The files.</summary>
    public GgufParts Parts { get; }

    /// <summary>The keys of the architecture that were not read, in the order of their names.</summary>
    public IEnumerable<string> Unread =>
        _file
            .Metadata.Keys.Where(key => key.StartsWith(_prefix, StringComparison.Ordinal) && !_read.Contains(key))
            .Order(StringComparer.Ordinal);

    /// <summary>Finds a tensor by its stored name.</summary>
    public (GgufFile File, GgufTensor Tensor)? Tensor(string name)
    {
        foreach (GgufFile file in Parts.Files)
        {
            foreach (GgufTensor tensor in file.Tensors)
            {
                if (tensor.Name == name)
                {
                    return (file, tensor);
                }
            }
        }

        return null;
    }

    /// <summary>Returns whether a key of the architecture is present.</summary>
    public bool HasKey(string key) => _file.Metadata.ContainsKey(_prefix + key);

    /// <summary>Returns an integer from 0 to 2^31 - 1, or a default.</summary>
    /// <exception cref="WeightsException">It is absent without a default, or out of range.</exception>
    public int Integer(string key, int? absent = null)
    {
        if (Find(key) is not { } value)
        {
            return absent ?? throw Missing(key);
        }

        return Limited(key, value.ToInteger());
    }

    /// <summary>Returns a number, or a default.</summary>
    /// <exception cref="WeightsException">It is absent without a default, or not finite.</exception>
    public double Number(string key, double? absent = null)
    {
        if (Find(key) is not { } value)
        {
            return absent ?? throw Missing(key);
        }

        double number = value.ToNumber();

        // The nearest decimal of the 32 bits: a config.json has 1e-05, not 9.999999747378752e-06.
        return !double.IsFinite(number) ? throw value.Wrong("a finite number", "one that is not finite")
            : value.Type == GgufValueType.Float32
                ? double.Parse(((float)number).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : number;
    }

    /// <summary>Returns a flag, or a default.</summary>
    public bool Flag(string key, bool absent) => Find(key) is { } value ? value.ToFlag() : absent;

    /// <summary>Returns a text, or a default.</summary>
    public string Text(string key, string absent) => Find(key) is { } value ? value.ToText() : absent;

    /// <summary>Returns an integer that may be an array with a value for each layer, all of which must be equal.</summary>
    /// <exception cref="WeightsException">It is absent, out of range, or differs between layers.</exception>
    public int SameInEveryLayer(string key)
    {
        GgufValue value = Find(key) ?? throw Missing(key);
        if (value.Type != GgufValueType.Array)
        {
            return Limited(key, value.ToInteger());
        }

        if (value.Count is 0 or > MostLayers)
        {
            throw value.Wrong("a value for each layer", string.Create(CultureInfo.InvariantCulture, $"{value.Count} values"));
        }

        long first = value.IntegerAt(0);
        for (long layer = 1; layer < value.Count; layer++)
        {
            if (value.IntegerAt(layer) != first)
            {
                throw Unsupported(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_prefix}{key} is {first} in layer 0 and {value.IntegerAt(layer)} in layer {layer}; only equal layers are supported."
                    )
                );
            }
        }

        return Limited(key, first);
    }

    /// <summary>Marks a key as read that has no effect.</summary>
    public void Ignore(params string[] keys)
    {
        foreach (string key in keys)
        {
            _read.Add(_prefix + key);
        }
    }

    /// <summary>Returns an exception about a value that is not supported.</summary>
    public WeightsException Unsupported(string what) =>
        new(_file.Description, new WeightsProblem(WeightsProblemKind.Malformed, null, $"{_file.Description}: {what}"));

    private GgufValue? Find(string key)
    {
        _read.Add(_prefix + key);
        return _file.Metadata.GetValueOrDefault(_prefix + key);
    }

    private int Limited(string key, long number) =>
        number is >= 0 and <= int.MaxValue
            ? (int)number
            : throw Unsupported(
                string.Create(CultureInfo.InvariantCulture, $"{_prefix}{key} is {number}; expected a number from 0 to 2147483647.")
            );

    private WeightsException Missing(string key) =>
        Unsupported($"the metadata key {_prefix}{key} is missing. Convert the model with a current converter.");
}
