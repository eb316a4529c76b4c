using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>
/// The fields of a Hugging Face config.json. What is missing, of the wrong kind or out of range is a problem that names the
/// field; reading goes on with the field's default, or with a value that is harmless.
/// </summary>
internal sealed class ModelConfiguration
{
    private const int LargestExtent = 1 << 22;

    private readonly JsonValue _json;
    private readonly string _path;
    private readonly bool _isUnknown;

    private ModelConfiguration(JsonValue json, string path, ConfigurationProblems problems, bool isUnknown)
    {
        _json = json;
        _path = path;
        _isUnknown = isUnknown;
        Problems = problems;
    }

    /// <summary>What is wrong with the whole file, as far as it was read.</summary>
    public ConfigurationProblems Problems { get; }

    /// <exception cref="ConfigurationException">The text is not JSON, or not an object.</exception>
    public static ModelConfiguration Read(string text)
    {
        JsonValue json = JsonReader.Read(text);
        return json.Kind == JsonKind.Object
            ? new ModelConfiguration(json, "", new ConfigurationProblems(), isUnknown: false)
            : throw new ConfigurationException("the file holds no JSON object", json.Start, json.Length);
    }

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A field under its first name that is there.</summary>
    public string FirstOf(params string[] names) => names.FirstOrDefault(Has) ?? names[0];

    public string Text(string name, string? defaultValue = null)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue ?? Missing(name, "")
            : value.Kind == JsonKind.Text ? value.Text : Wrong(name, "a text", defaultValue ?? "");
    }

    public bool Flag(string name, bool defaultValue)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue : value.Kind == JsonKind.Boolean ? value.Boolean : Wrong(name, "true or false", defaultValue);
    }

    public double Number(string name, double? defaultValue = null)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue ?? Missing(name, 1.0)
            : value.Kind == JsonKind.Number && !double.IsInfinity(value.Number) ? value.Number : Wrong(name, "a number", defaultValue ?? 1);
    }

    /// <summary>A positive whole number.</summary>
    public int Extent(string name, int? defaultValue = null)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue ?? Missing(name, 1)
            : value.Kind == JsonKind.Number && value.Number is >= 1 and <= LargestExtent && value.Number == (int)value.Number ? (int)value.Number
            : Wrong(name, "a whole number from 1 to " + LargestExtent.ToString(CultureInfo.InvariantCulture), defaultValue ?? 1);
    }

    /// <summary>An even, positive whole number for every layer: an array of them, or one for all.</summary>
    /// <param name="name">The field.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="layersField">The field that it comes from.</param>
    public int[] Windows(string name, int layers, string layersField)
    {
        const int StandIn = 2;
        JsonValue? value = Find(name);
        double[] numbers = value is null ? [Missing(name, StandIn)]
            : value.Kind == JsonKind.Array ? [.. value.Items.Select(static item => item.Kind == JsonKind.Number ? item.Number : 0)]
            : [.. Enumerable.Repeat(Number(name), IsRight(layersField) ? layers : 1)];
        Require(
            numbers.Length == layers && numbers.All(static number => number is >= 2 and <= LargestExtent && number % 2 == 0),
            name,
            "an even whole number from 2 on, or an array of one for each of the " + layers.ToString(CultureInfo.InvariantCulture) + " layers",
            layersField);
        return IsRight(name) && IsRight(layersField) ? [.. numbers.Select(static number => (int)number)] : [StandIn];
    }

    /// <summary>How many fields there are.</summary>
    public int Count => _json.Members.Count;

    public IReadOnlyList<JsonValue> Items(string name)
    {
        JsonValue? value = Find(name);
        return value is null ? [] : value.Kind == JsonKind.Array ? value.Items : Wrong<IReadOnlyList<JsonValue>>(name, "an array", []);
    }

    /// <summary>A nested object; empty if it is not there.</summary>
    public ModelConfiguration Section(string name)
    {
        JsonValue? value = Find(name);
        if (value is { Kind: JsonKind.Object })
        {
            return new ModelConfiguration(value, _path + name + ".", Problems, _isUnknown);
        }

        // What would be in the place of something else is unknown, and nothing of it is missing.
        bool isWrong = value is not null && Wrong(name, "an object", true);
        return new ModelConfiguration(new JsonValue(JsonKind.Object, _json.Start, _json.Length), _path + name + ".", Problems, _isUnknown || isWrong);
    }

    public ActivationFunction Activation(string name, string? defaultValue = null) => Text(name, defaultValue) switch
    {
        "relu" => ActivationFunction.Relu,
        "gelu" => ActivationFunction.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => ActivationFunction.GeluTanh,
        "quick_gelu" => ActivationFunction.GeluQuick,
        "silu" or "swish" => ActivationFunction.Silu,
        "relu2" => ActivationFunction.SquaredRelu,
        _ => Wrong(name, "one of relu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, silu, swish, relu2", ActivationFunction.Gelu),
    };

    /// <summary>Whether nothing is wrong with the fields of which something is computed.</summary>
    public bool IsRight(params string[] names) => !names.Any(name => Problems.IsWrong(_path + name));

    /// <summary>Says that a field that is there has a wrong value.</summary>
    /// <returns>The value to go on with.</returns>
    public T Wrong<T>(string name, string expected, T standIn)
    {
        Require(false, name, expected);
        return standIn;
    }

    /// <summary>A rule between fields: says that one is wrong, unless another that the rule knows is wrong already.</summary>
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

    private void Report(string name, System.Func<string, string> what, string[] others)
    {
        if (!_isUnknown && IsRight(others))
        {
            JsonValue? value = Find(name);
            Problems.Add(_path + name, $"\"{_path}{name}\" {what(value is null ? "not given" : Show(value))}", (value ?? _json).Start, value?.Length ?? 1);
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

    private static string Show(JsonValue value) => value.Kind switch
    {
        JsonKind.Number => value.Number.ToString("R", CultureInfo.InvariantCulture),
        JsonKind.Text => "\"" + value.Text + "\"",
        JsonKind.Boolean => value.Boolean ? "true" : "false",
        JsonKind.Array => "an array",
        JsonKind.Object => "an object",
        _ => "null",
    };

    private JsonValue? Find(string name) => _json.Members.TryGetValue(name, out JsonValue? value) && value.Kind != JsonKind.Null ? value : null;
}
