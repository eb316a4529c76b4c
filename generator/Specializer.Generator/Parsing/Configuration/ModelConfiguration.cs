using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>
/// The fields of a Hugging Face config.json. A field that is missing, has the wrong kind or is out of range is a problem; reading
/// continues with its default or a harmless value. Every field that is read is recorded in the <see cref="FieldLog"/>, so that
/// the others can be reported.
/// </summary>
internal sealed class ModelConfiguration
{
    private const int LargestExtent = 1 << 22;

    private readonly JsonValue _json;
    private readonly string _path;
    private readonly bool _isUnknown;
    private readonly FieldLog _log;
    private readonly Dictionary<string, string[]> _aliases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelConfiguration> _inherited = new(StringComparer.Ordinal);
    private bool _hidesClasses;

    private ModelConfiguration(JsonValue json, string path, ConfigurationProblems problems, FieldLog log, bool isUnknown)
    {
        _json = json;
        _path = path;
        _log = log;
        _isUnknown = isUnknown;
        Problems = problems;
    }

    /// <summary>The problems of the whole file that are found so far.</summary>
    public ConfigurationProblems Problems { get; }

    /// <summary>The number of fields.</summary>
    public int Count => _json.Members.Count;

    /// <summary>The names of the fields.</summary>
    public IEnumerable<string> Names => _json.Members.Keys;

    /// <exception cref="ConfigurationException">The text is not JSON, or not an object.</exception>
    public static ModelConfiguration Read(string text)
    {
        JsonValue json = JsonReader.Read(text);
        return json.Kind == JsonKind.Object
            ? new ModelConfiguration(json, "", new ConfigurationProblems(), new FieldLog(), isUnknown: false)
            : throw new ConfigurationException("the file is not a JSON object", json.Start, json.Length);
    }

    /// <summary>Creates a configuration from an object inside a file.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">The prefix of its field names in messages.</param>
    /// <param name="problems">The problems of the whole file.</param>
    public static ModelConfiguration Of(JsonValue json, string path, ConfigurationProblems problems) =>
        new(json, path, problems, new FieldLog(), isUnknown: false);

    /// <summary>Creates the configuration of an absent file; all of its fields have their defaults.</summary>
    public static ModelConfiguration Empty(ConfigurationProblems problems) => Of(new JsonValue(JsonKind.Object, 0, 1), "", problems);

    /// <summary>Returns whether a field is a text.</summary>
    public bool IsText(string name) => Find(name) is { Kind: JsonKind.Text };

    /// <summary>Adds further names of a field, as the attribute_map of transformers does.</summary>
    public void Alias(string name, params string[] others) => _aliases[name] = others;

    /// <summary>Reads fields that are absent here from the enclosing object. Fields that occur in both must be equal.</summary>
    public void Inherit(ModelConfiguration outer, params string[] names)
    {
        foreach (string name in names)
        {
            _inherited[name] = outer;
            outer._log.Account(outer._path + name);
        }
    }

    /// <summary>Whether the states of the body are the output, whatever class the file names, because of a modules.json or [Pooling].</summary>
    public bool GivesStates { get; set; }

    /// <summary>The section of a file of several models that declares the model; empty for none.</summary>
    public string WantedSection { get; set; } = "";

    /// <summary>The fields of the file of several models of which this is a section; null for a file of its own.</summary>
    public ModelConfiguration? Enclosing { get; set; }

    /// <summary>Hides the classes that the file names, because they describe the whole of which this is a part.</summary>
    public void HideClasses() => _hidesClasses = true;

    /// <summary>Accounts for fields that never change the computation.</summary>
    public void WithoutEffect(params string[] names)
    {
        foreach (string name in names)
        {
            _log.Account(_path + name);
        }
    }

    /// <summary>Reports every field that is not accounted for.</summary>
    public void ReportOthers() => _log.ReportOthers(_json, _path, Problems);

    /// <summary>Returns whether a field is present and not null.</summary>
    public bool Has(string name) => Find(name) is { Kind: not JsonKind.Null };

    /// <summary>Returns whether a field is present, even if it is null.</summary>
    public bool IsGiven(string name) => Find(name) is not null;

    /// <summary>Returns the first of the names that is present, or the first name.</summary>
    public string FirstOf(params string[] names) => names.FirstOrDefault(Has) ?? names[0];

    /// <summary>The values that were read from the file or used for absent fields.</summary>
    public IReadOnlyList<FieldReading> Readings => _log.Readings;

    public string Text(string name, string? defaultValue = null)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue);
        return value is null ? defaultValue ?? Missing(name, "")
            : value.Kind == JsonKind.Text ? value.Text
            : Wrong(name, "a text", defaultValue ?? "");
    }

    public bool Flag(string name, bool defaultValue)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue ? "true" : "false");
        return value is null ? defaultValue
            : value.Kind == JsonKind.Boolean ? value.Boolean
            : Wrong(name, "true or false", defaultValue);
    }

    /// <summary>Reads a finite number, optionally in a range.</summary>
    public double Number(string name, double? defaultValue = null, NumberRange? range = null)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue?.ToString("R", CultureInfo.InvariantCulture));
        if (value is null)
        {
            return defaultValue ?? Missing(name, 1.0);
        }

        bool isRight =
            value.Kind == JsonKind.Number
            && !double.IsNaN(value.Number)
            && !double.IsInfinity(value.Number)
            && (range is null || range.Contains(value.Number));
        return isRight ? value.Number : Wrong(name, range?.Description ?? "a number", defaultValue ?? 1);
    }

    /// <summary>Reads a number; null means none.</summary>
    public double? OptionalNumber(string name, double? defaultValue, NumberRange range)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue?.ToString("R", CultureInfo.InvariantCulture) ?? "null");
        return value is null ? defaultValue
            : value.Kind == JsonKind.Null ? null
            : Number(name, 1, range);
    }

    /// <summary>Reads a positive integer.</summary>
    public int Extent(string name, int? defaultValue = null) => Whole(name, defaultValue, LargestExtent);

    /// <summary>Reads a positive integer; null means none.</summary>
    public int? OptionalExtent(string name, int? defaultValue)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue?.ToString(CultureInfo.InvariantCulture) ?? "null");
        return value is null ? defaultValue
            : value.Kind == JsonKind.Null ? null
            : Extent(name, 1);
    }

    /// <summary>
    /// Reads a number of positions. It may exceed the limit of a model: published files use a very large number for "no limit",
    /// and ContextLength overrides it.
    /// </summary>
    public int Length(string name, int? defaultValue = null) => Whole(name, defaultValue, int.MaxValue);

    /// <summary>Reads an even, positive integer for every layer: an array with one for each layer, or one for all.</summary>
    /// <param name="name">The field.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="layersField">The field that it comes from.</param>
    /// <param name="defaultValue">The value of an absent field.</param>
    public int[] Windows(string name, int layers, string layersField, int defaultValue)
    {
        const int StandIn = 2;
        JsonValue? value = Find(name);
        double[] numbers =
            value is null ? [.. Enumerable.Repeat((double)defaultValue, layers)]
            : value.Kind == JsonKind.Array ? [.. value.Items.Select(static item => item.Kind == JsonKind.Number ? item.Number : 0)]
            : [.. Enumerable.Repeat(Number(name), IsRight(layersField) ? layers : 1)];
        Require(
            numbers.Length == layers && numbers.All(static number => number is >= 2 and <= LargestExtent && number % 2 == 0),
            name,
            "an even integer of at least 2, or an array with one for each of the "
                + layers.ToString(CultureInfo.InvariantCulture)
                + " layers",
            layersField
        );
        return IsRight(name) && IsRight(layersField) ? [.. numbers.Select(static number => (int)number)] : [StandIn];
    }

    public IReadOnlyList<JsonValue> Items(string name)
    {
        JsonValue? value = Find(name);
        return value is null or { Kind: JsonKind.Null } ? []
            : value.Kind == JsonKind.Array ? value.Items
            : Wrong<IReadOnlyList<JsonValue>>(name, "an array", []);
    }

    /// <summary>Returns a nested object; empty if it is not present.</summary>
    public ModelConfiguration Section(string name)
    {
        JsonValue? value = Find(name);
        if (value is { Kind: JsonKind.Object })
        {
            _log.Open(_path + name);
            return new ModelConfiguration(value, _path + name + ".", Problems, _log, _isUnknown);
        }

        // The fields of an object that is not an object are unknown, so none of them is reported as missing.
        bool isWrong = value is not null and not { Kind: JsonKind.Null } && Wrong(name, "an object", true);
        var empty = new JsonValue(JsonKind.Object, value?.Start ?? _json.Start, value?.Length ?? 1);
        return new ModelConfiguration(empty, _path + name + ".", Problems, _log, _isUnknown || isWrong);
    }

    /// <summary>Returns whether a field is an object.</summary>
    public bool IsSection(string name) => Find(name) is { Kind: JsonKind.Object };

    public Architecture.Activation Activation(string name, string? defaultValue = null) =>
        Text(name, defaultValue) switch
        {
            "relu" => Architecture.Activation.Relu,
            "gelu" => Architecture.Activation.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Architecture.Activation.GeluTanh,
            "quick_gelu" => Architecture.Activation.GeluQuick,
            "silu" or "swish" => Architecture.Activation.Silu,
            "relu2" => Architecture.Activation.SquaredRelu,
            _ => Wrong(
                name,
                "one of relu, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, silu, swish, relu2",
                Architecture.Activation.Gelu
            ),
        };

    /// <summary>Returns whether the fields that a computation uses are valid.</summary>
    public bool IsRight(params string[] names) => !names.Any(name => Problems.IsWrong(_path + name));

    /// <summary>Reports a field with an invalid value.</summary>
    /// <returns>The value to continue with.</returns>
    public T Wrong<T>(string name, string expected, T standIn)
    {
        Require(false, name, expected);
        return standIn;
    }

    /// <summary>
    /// Checks a rule between fields: reports one field as invalid, unless another field of the rule is invalid already.
    /// </summary>
    /// <param name="holds">Whether the rule is satisfied.</param>
    /// <param name="name">The field to report.</param>
    /// <param name="expected">The value that it must have.</param>
    /// <param name="others">The other fields of the rule.</param>
    public void Require(bool holds, string name, string expected, params string[] others)
    {
        if (!holds)
        {
            Report(name, value => $"is {value}, but must be {expected}", others);
        }
    }

    /// <summary>Reports a field that changes the computation in an unsupported way.</summary>
    /// <param name="condition">Whether to report it.</param>
    /// <param name="name">The field.</param>
    /// <param name="why">The unsupported feature.</param>
    /// <param name="others">The other fields that the condition depends on.</param>
    public void Refuse(bool condition, string name, string why, params string[] others)
    {
        if (condition)
        {
            Report(name, value => $"is {value}: {why}", others);
        }
    }

    /// <summary>Reports at a field which part of the file is not used, although the family has the field.</summary>
    public void Note(string name, string message)
    {
        if (Find(name) is { } value)
        {
            Problems.Add(
                new ConfigurationProblem($"\"{_path}{name}\": {message}", value.Start, value.Length)
                {
                    Kind = ConfigurationProblemKind.Unused,
                }
            );
        }
    }

    /// <summary>Reports two fields that give different values for the same property.</summary>
    public void Disagree(string name, string other, ModelConfiguration otherSection)
    {
        JsonValue? theirs = otherSection.Find(other);
        Report(
            name,
            value =>
                $"is {value}, but \"{otherSection._path}{other}\", another name of it, is {theirs?.Describe() ?? "not given"}: remove the wrong one",
            []
        );
    }

    /// <summary>Returns a field, null if it is absent, and accounts for it.</summary>
    public JsonValue? Find(string name)
    {
        JsonValue? found = name == "architectures" && _hidesClasses ? null : FindOne(name);
        if (_inherited.TryGetValue(name, out ModelConfiguration? outer) && outer.FindOne(name) is { } around)
        {
            if (found is not null && !found.Says(around) && !Problems.IsWrong(_path + name))
            {
                Problems.Add(
                    _path + name,
                    $"\"{_path}{name}\" is {found.Describe()}, but \"{outer._path}{name}\" is {around.Describe()}: remove the wrong one",
                    found.Start,
                    found.Length
                );
            }

            found ??= around;
        }

        if (!_aliases.TryGetValue(name, out string[]? others))
        {
            return found;
        }

        foreach (string other in others)
        {
            JsonValue? alias = FindOne(other);
            if (
                found is { Kind: not JsonKind.Null }
                && alias is { Kind: not JsonKind.Null }
                && !found.Says(alias)
                && !Problems.IsWrong(_path + other)
            )
            {
                Problems.MarkWrong(_path + name);
                Problems.Add(
                    _path + other,
                    $"\"{_path}{other}\" is {alias.Describe()}, but \"{_path}{name}\", another name of the same field, is {found.Describe()}: remove the wrong one",
                    alias.Start,
                    alias.Length
                );
            }

            found = found is { Kind: not JsonKind.Null } ? found : alias ?? found;
        }

        return found;
    }

    /// <summary>Records a value for later inspection, if there is one.</summary>
    private void Take(string name, JsonValue? value, string? defaultValue)
    {
        if ((value?.Describe() ?? defaultValue) is { } taken)
        {
            _log.Note(_path + name, taken, value is not null);
        }
    }

    /// <summary>Records the value used for a field that is absent under all of its names.</summary>
    public void TakeDefault(string name, string value) => _log.Note(_path + name, value, isGiven: false);

    private JsonValue? FindOne(string name)
    {
        _log.Account(_path + name);
        return _json.Members.TryGetValue(name, out JsonValue? value) ? value : null;
    }

    private int Whole(string name, int? defaultValue, int largest)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue?.ToString(CultureInfo.InvariantCulture));
        if (value is null)
        {
            return defaultValue ?? Missing(name, 1);
        }

        if (
            value.Kind == JsonKind.Number
            && value.Number >= 1
            && !double.IsInfinity(value.Number)
            && value.Number == Math.Floor(value.Number)
        )
        {
            if (value.Number <= largest)
            {
                return (int)value.Number;
            }

            if (largest == int.MaxValue)
            {
                return int.MaxValue;
            }
        }

        return Wrong(
            name,
            largest == int.MaxValue ? "a positive integer" : "an integer from 1 to " + largest.ToString(CultureInfo.InvariantCulture),
            defaultValue ?? 1
        );
    }

    private void Report(string name, Func<string, string> what, string[] others)
    {
        if (!_isUnknown && IsRight(others))
        {
            JsonValue? value = Find(name);
            Problems.Add(
                _path + name,
                $"\"{_path}{name}\" {what(value?.Describe() ?? "not given")}",
                (value ?? _json).Start,
                value?.Length ?? 1
            );
        }
    }

    private T Missing<T>(string name, T standIn)
    {
        if (!_isUnknown)
        {
            Problems.Add(_path + name, $"the field \"{_path}{name}\" is missing", _json.Start, 1);
        }

        return standIn;
    }
}
