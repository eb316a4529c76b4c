using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>
/// The fields of a Hugging Face config.json. A field that is missing, of the wrong kind or out of range is a problem that
/// names it; reading goes on with the field's default, or with a value that is harmless. Every field that is read is
/// noted in the <see cref="FieldLog"/>, so that those that nobody accounts for can be reported.
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

    /// <summary>What is wrong with the whole file, as far as it was read.</summary>
    public ConfigurationProblems Problems { get; }

    /// <summary>How many fields there are.</summary>
    public int Count => _json.Members.Count;

    /// <summary>The names of the fields.</summary>
    public IEnumerable<string> Names => _json.Members.Keys;

    /// <exception cref="ConfigurationException">The text is not JSON, or not an object.</exception>
    public static ModelConfiguration Read(string text)
    {
        JsonValue json = JsonReader.Read(text);
        return json.Kind == JsonKind.Object
            ? new ModelConfiguration(json, "", new ConfigurationProblems(), new FieldLog(), isUnknown: false)
            : throw new ConfigurationException("the file holds no JSON object", json.Start, json.Length);
    }

    /// <summary>An object of a file that holds others too.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">What the names of its fields begin with in messages.</param>
    /// <param name="problems">The problems of the whole file.</param>
    public static ModelConfiguration Of(JsonValue json, string path, ConfigurationProblems problems) =>
        new(json, path, problems, new FieldLog(), isUnknown: false);

    /// <summary>A file that is not there, all of whose fields have defaults.</summary>
    public static ModelConfiguration Empty(ConfigurationProblems problems) => Of(new JsonValue(JsonKind.Object, 0, 1), "", problems);

    /// <summary>Whether a field is a text.</summary>
    public bool IsText(string name) => Find(name) is { Kind: JsonKind.Text };

    /// <summary>Gives a field further names, as transformers' attribute_map does.</summary>
    public void Alias(string name, params string[] others) => _aliases[name] = others;

    /// <summary>Takes fields that are absent here from the object around this one; those that stand in both must say the same.</summary>
    public void Inherit(ModelConfiguration outer, params string[] names)
    {
        foreach (string name in names)
        {
            _inherited[name] = outer;
            outer._log.Account(outer._path + name);
        }
    }

    /// <summary>Leaves out the classes that the file names: they are those of a whole of which this is a part.</summary>
    public void HideClasses() => _hidesClasses = true;

    /// <summary>Accounts for fields that change nothing of what is computed, whatever their values.</summary>
    public void WithoutEffect(params string[] names)
    {
        foreach (string name in names)
        {
            _log.Account(_path + name);
        }
    }

    /// <summary>Reports every field that nobody has accounted for.</summary>
    public void ReportOthers() => _log.ReportOthers(_json, _path, Problems);

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Find(name) is { Kind: not JsonKind.Null };

    /// <summary>Whether a field is there, even if it is null.</summary>
    public bool IsGiven(string name) => Find(name) is not null;

    /// <summary>A field under its first name that is there.</summary>
    public string FirstOf(params string[] names) => names.FirstOrDefault(Has) ?? names[0];

    /// <summary>The values that were taken, whether from the file or instead of an absent field.</summary>
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

    /// <summary>A finite number, in a range if one is given.</summary>
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

    /// <summary>A number that may be null, which stands for nothing.</summary>
    public double? OptionalNumber(string name, double? defaultValue, NumberRange range)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue?.ToString("R", CultureInfo.InvariantCulture) ?? "null");
        return value is null ? defaultValue
            : value.Kind == JsonKind.Null ? null
            : Number(name, 1, range);
    }

    /// <summary>A positive whole number.</summary>
    public int Extent(string name, int? defaultValue = null) => Whole(name, defaultValue, LargestExtent);

    /// <summary>A positive whole number that may be null, which stands for nothing.</summary>
    public int? OptionalExtent(string name, int? defaultValue)
    {
        JsonValue? value = Find(name);
        Take(name, value, defaultValue?.ToString(CultureInfo.InvariantCulture) ?? "null");
        return value is null ? defaultValue
            : value.Kind == JsonKind.Null ? null
            : Extent(name, 1);
    }

    /// <summary>
    /// A number of positions. It may exceed what a model can have: published files say a million million for "no limit", and
    /// a ContextLength replaces it.
    /// </summary>
    public int Length(string name, int? defaultValue = null) => Whole(name, defaultValue, int.MaxValue);

    /// <summary>An even, positive whole number for every layer: an array of them, or one for all.</summary>
    /// <param name="name">The field.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="layersField">The field that it comes from.</param>
    /// <param name="defaultValue">The value of a field that is absent.</param>
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
            "an even whole number from 2 on, or an array of one for each of the "
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

    /// <summary>A nested object; empty if it is not there.</summary>
    public ModelConfiguration Section(string name)
    {
        JsonValue? value = Find(name);
        if (value is { Kind: JsonKind.Object })
        {
            _log.Open(_path + name);
            return new ModelConfiguration(value, _path + name + ".", Problems, _log, _isUnknown);
        }

        // What would be in the place of something else is unknown, and nothing of it is missing.
        bool isWrong = value is not null and not { Kind: JsonKind.Null } && Wrong(name, "an object", true);
        var empty = new JsonValue(JsonKind.Object, value?.Start ?? _json.Start, value?.Length ?? 1);
        return new ModelConfiguration(empty, _path + name + ".", Problems, _log, _isUnknown || isWrong);
    }

    /// <summary>Whether a field is an object.</summary>
    public bool IsSection(string name) => Find(name) is { Kind: JsonKind.Object };

    public ActivationFunction Activation(string name, string? defaultValue = null) =>
        Text(name, defaultValue) switch
        {
            "relu" => ActivationFunction.Relu,
            "gelu" => ActivationFunction.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => ActivationFunction.GeluTanh,
            "quick_gelu" => ActivationFunction.GeluQuick,
            "silu" or "swish" => ActivationFunction.Silu,
            "relu2" => ActivationFunction.SquaredRelu,
            _ => Wrong(
                name,
                "one of relu, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, silu, swish, relu2",
                ActivationFunction.Gelu
            ),
        };

    /// <summary>Whether nothing is wrong with the fields of which something is computed.</summary>
    public bool IsRight(params string[] names) => !names.Any(name => Problems.IsWrong(_path + name));

    /// <summary>Reports that a field that is there has a wrong value.</summary>
    /// <returns>The value to go on with.</returns>
    public T Wrong<T>(string name, string expected, T standIn)
    {
        Require(false, name, expected);
        return standIn;
    }

    /// <summary>A rule between fields: reports one as wrong, unless another that the rule knows is wrong already.</summary>
    /// <param name="holds">Whether the rule holds.</param>
    /// <param name="name">The field that would have to be another.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="others">The other fields of the rule.</param>
    public void Require(bool holds, string name, string expected, params string[] others)
    {
        if (!holds)
        {
            Report(name, value => $"is {value}, but must be {expected}", others);
        }
    }

    /// <summary>Refuses a value of a field that changes the computation in a way that is not supported.</summary>
    /// <param name="condition">Whether it does.</param>
    /// <param name="name">The field.</param>
    /// <param name="why">What is not supported.</param>
    /// <param name="others">The other fields that the condition comes from.</param>
    public void Refuse(bool condition, string name, string why, params string[] others)
    {
        if (condition)
        {
            Report(name, value => $"is {value}: {why}", others);
        }
    }

    /// <summary>Says at a field what of the file is not used, though its family knows the field.</summary>
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

    /// <summary>Reports two fields that say the same thing differently.</summary>
    public void Disagree(string name, string other, ModelConfiguration otherSection)
    {
        JsonValue? theirs = otherSection.Find(other);
        Report(
            name,
            value =>
                $"is {value}, but \"{otherSection._path}{other}\", which says the same, is {theirs?.Describe() ?? "not given"}: remove the wrong one",
            []
        );
    }

    /// <summary>A field as it stands; null if it is absent. Accounts for it.</summary>
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

    /// <summary>Notes a value where there is one, for those who want to know which.</summary>
    private void Take(string name, JsonValue? value, string? defaultValue)
    {
        if ((value?.Describe() ?? defaultValue) is { } taken)
        {
            _log.Note(_path + name, taken, value is not null);
        }
    }

    /// <summary>Notes a value that stands for a field that is absent under all of its names.</summary>
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
            largest == int.MaxValue
                ? "a positive whole number"
                : "a whole number from 1 to " + largest.ToString(CultureInfo.InvariantCulture),
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
