using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>The fields of a Hugging Face config.json. What is missing, of the wrong kind or out of range is an error that names the field.</summary>
internal sealed class ModelConfiguration(JsonValue json, string path = "")
{
    private const int LargestExtent = 1 << 22;

    /// <exception cref="ConfigurationException">The text is not JSON, or not an object.</exception>
    public static ModelConfiguration Read(string text)
    {
        JsonValue json = JsonReader.Read(text);
        return json.Kind == JsonKind.Object ? new ModelConfiguration(json) : throw new ConfigurationException("the file holds no JSON object", json.Start, json.Length);
    }

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A field under its first name that is there.</summary>
    public string FirstOf(params string[] names) => names.FirstOrDefault(Has) ?? names[0];

    public string Text(string name, string? defaultValue = null)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue ?? throw Missing(name)
            : value.Kind == JsonKind.Text ? value.Text : throw Wrong(name, "a text");
    }

    public bool Flag(string name, bool defaultValue)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue : value.Kind == JsonKind.Boolean ? value.Boolean : throw Wrong(name, "true or false");
    }

    public double Number(string name, double? defaultValue = null)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue ?? throw Missing(name)
            : value.Kind == JsonKind.Number && !double.IsInfinity(value.Number) ? value.Number : throw Wrong(name, "a number");
    }

    /// <summary>A positive whole number.</summary>
    public int Extent(string name, int? defaultValue = null)
    {
        JsonValue? value = Find(name);
        return value is null ? defaultValue ?? throw Missing(name)
            : value.Kind == JsonKind.Number && value.Number is >= 1 and <= LargestExtent && value.Number == (int)value.Number ? (int)value.Number
            : throw Wrong(name, "a whole number from 1 to " + LargestExtent.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>An even, positive whole number for every layer: an array of them, or one for all.</summary>
    public int[] Windows(string name, int layers)
    {
        JsonValue value = Find(name) ?? throw Missing(name);
        double[] numbers = value.Kind == JsonKind.Array ? [.. value.Items.Select(static item => item.Kind == JsonKind.Number ? item.Number : 0)] : [.. Enumerable.Repeat(Number(name), layers)];
        return numbers.Length == layers && numbers.All(static number => number is >= 2 and <= LargestExtent && number % 2 == 0)
            ? [.. numbers.Select(static number => (int)number)]
            : throw Wrong(name, "an even whole number from 2 on, or an array of one for each of the " + layers.ToString(CultureInfo.InvariantCulture) + " layers");
    }

    /// <summary>How many fields there are.</summary>
    public int Count => json.Members.Count;

    public IReadOnlyList<JsonValue> Items(string name)
    {
        JsonValue? value = Find(name);
        return value is null ? [] : value.Kind == JsonKind.Array ? value.Items : throw Wrong(name, "an array");
    }

    /// <summary>A nested object; empty if it is not there.</summary>
    public ModelConfiguration Section(string name)
    {
        JsonValue? value = Find(name);
        return value is null ? new ModelConfiguration(new JsonValue(JsonKind.Object, json.Start, json.Length), path + name + ".")
            : value.Kind == JsonKind.Object ? new ModelConfiguration(value, path + name + ".") : throw Wrong(name, "an object");
    }

    public ActivationFunction Activation(string name, string? defaultValue = null) => Text(name, defaultValue) switch
    {
        "relu" => ActivationFunction.Relu,
        "gelu" => ActivationFunction.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => ActivationFunction.GeluTanh,
        "quick_gelu" => ActivationFunction.GeluQuick,
        "silu" or "swish" => ActivationFunction.Silu,
        "relu2" => ActivationFunction.SquaredRelu,
        _ => throw Wrong(name, "one of relu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, silu, swish, relu2"),
    };

    /// <summary>An error about a field that is there.</summary>
    public ConfigurationException Wrong(string name, string expected)
    {
        JsonValue value = Find(name) ?? json;
        return new ConfigurationException($"\"{path}{name}\" is {Show(value)}, but must be {expected}", value.Start, value.Length);
    }

    /// <summary>Refuses a value of a field that changes the computation in a way that is not supported.</summary>
    public void Refuse(bool condition, string name, string why)
    {
        if (condition)
        {
            JsonValue value = Find(name) ?? json;
            throw new ConfigurationException($"\"{path}{name}\" is {Show(value)}: {why}", value.Start, value.Length);
        }
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

    private JsonValue? Find(string name) => json.Members.TryGetValue(name, out JsonValue? value) && value.Kind != JsonKind.Null ? value : null;

    private ConfigurationException Missing(string name) => new($"the field \"{path}{name}\" is missing", json.Start, 1);
}
