using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>
/// Changes files as people and programs do: fields removed, renamed, of other types, null, twice, nested wrongly, out of range.
/// </summary>
internal static class ConfigurationMutator
{
    private static readonly object?[] s_values =
    [
        null,
        true,
        false,
        "",
        "12",
        "gelu",
        "default",
        "absolute",
        new JsonNumber("0"),
        new JsonNumber("1"),
        new JsonNumber("2"),
        new JsonNumber("-1"),
        new JsonNumber("-0.0"),
        new JsonNumber("0.5"),
        new JsonNumber("1.2"),
        new JsonNumber("3.0"),
        new JsonNumber("7"),
        new JsonNumber("1e-320"),
        new JsonNumber("1e-40"),
        new JsonNumber("1e38"),
        new JsonNumber("1e308"),
        new JsonNumber("2147483647"),
        new JsonNumber("2147483648"),
        new JsonNumber("4194305"),
        new JsonNumber("1e19"),
        new JsonNumber("NaN"),
        new JsonNumber("Infinity"),
        new JsonNumber("-Infinity"),
    ];

    private static readonly string[] s_names =
    [
        .. FamilyTables
            .All.Values.SelectMany(static table => table.Fields)
            .SelectMany(static field => field.Name.Split('|'))
            .Where(static name => !name.Contains('.', StringComparison.Ordinal))
            .Distinct(),
        "rope_theta",
        "rope_scaling",
        "rope_parameters",
        "layer_types",
        "original_max_position_embeddings",
        "num_labels",
        "id2label",
        "architectures",
        "quantization_config",
        "dtype",
        "transformers_version",
        "use_cache",
        "bos_token_id",
    ];

    public static void Change(Random random, JsonTree file)
    {
        JsonTree place = file;
        while (
            place.Members.Select(static member => member.Value).OfType<JsonTree>().ToArray() is { Length: > 0 } inner && random.Next(3) == 0
        )
        {
            place = inner[random.Next(inner.Length)];
        }

        int at = place.Members.Count == 0 ? -1 : random.Next(place.Members.Count);
        if (at < 0)
        {
            place[Name(random)] = Value(random);
            return;
        }

        (string name, object? value) = place.Members[at];
        switch (random.Next(9))
        {
            case 0:
                place.Members.RemoveAt(at);
                break;
            case 1:
                place.Members[at] = (random.Next(3) == 0 ? name + "x" : Name(random), value);
                break;
            case 2:
                place.Members[at] = (name, Value(random));
                break;
            case 3:
                place.Members[at] = (name, null);
                break;
            case 4 when random.Next(3) == 0:
                place.Members.Add((name, random.Next(2) == 0 ? JsonTree.Copy(value) : Value(random)));
                break;
            case 5:
                place.Members[at] = (name, Nested(random, name, value));
                break;
            case 6:
                place[Name(random)] = Value(random);
                break;
            default:
                place.Members[at] = (name, Near(random, value));
                break;
        }
    }

    private static string Name(Random random) => s_names[random.Next(s_names.Length)];

    private static object? Value(Random random) =>
        random.Next(12) switch
        {
            0 => new List<object?>(),
            1 => new List<object?> { new JsonNumber("1"), null },
            2 => new JsonTree(),
            3 => new JsonTree { ["rope_type"] = "linear", ["factor"] = new JsonNumber("2") },
            _ => s_values[random.Next(s_values.Length)],
        };

    private static object Nested(Random random, string name, object? value) =>
        random.Next(3) switch
        {
            0 => new List<object?> { value },
            1 => new JsonTree { [name] = value },
            _ => new JsonTree { [Name(random)] = value },
        };

    /// <summary>A value of the same type.</summary>
    private static object? Near(Random random, object? value)
    {
        switch (value)
        {
            case bool flag:
                return !flag;
            case JsonNumber number:
                double old = number.Value;
                double[] near = [old + 1, old - 1, old * 2, -old, 0, old / 2, old * 1e6, old + 0.5];
                return new JsonNumber(near[random.Next(near.Length)]);
            case List<object?> items when items.Count > 0:
                List<object?> copy = [.. items];
                int at = random.Next(copy.Count);
                switch (random.Next(4))
                {
                    case 0:
                        copy.RemoveAt(at);
                        break;
                    case 1:
                        copy.Add(copy[at]);
                        break;
                    default:
                        copy[at] = random.Next(2) == 0 ? Value(random) : Near(random, copy[at]);
                        break;
                }

                return copy;
            case string text:
                return random.Next(2) == 0 ? text.ToUpperInvariant() : text + "_2";
            default:
                return Value(random);
        }
    }
}
