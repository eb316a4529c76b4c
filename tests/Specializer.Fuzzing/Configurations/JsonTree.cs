using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Specializer.Fuzzing.Configurations;

/// <summary>A number as it is spelled in a file.</summary>
internal sealed record JsonNumber(string Text)
{
    public JsonNumber(double value)
        : this(value.ToString("R", CultureInfo.InvariantCulture)) { }

    /// <summary>Its value; NaN for what Python writes where there is none.</summary>
    public double Value => double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}

/// <summary>
/// An object of a config.json: its members in order, including duplicate names. A value is null, a <see cref="bool"/>, a
/// <see cref="string"/>, a <see cref="JsonNumber"/>, a list of values or another object.
/// </summary>
internal sealed class JsonTree
{
    public List<(string Name, object? Value)> Members { get; } = [];

    /// <summary>Whether a name occurs in an object more than once, here or deeper.</summary>
    public bool Repeats =>
        Members.Select(static member => member.Name).Distinct().Count() < Members.Count
        || Members.Any(static member => RepeatsIn(member.Value));

    public bool Has(string name) => Members.Exists(member => member.Name == name);

    /// <summary>A member's value, the last one of a name as Python takes it; null if there is none.</summary>
    public object? this[string name]
    {
        get => Members.FindLast(member => member.Name == name).Value;
        set
        {
            int at = Members.FindLastIndex(member => member.Name == name);
            if (at >= 0)
            {
                Members[at] = (name, value);
            }
            else
            {
                Members.Add((name, value));
            }
        }
    }

    private static bool RepeatsIn(object? value) =>
        value is JsonTree { Repeats: true } || (value is List<object?> items && items.Exists(RepeatsIn));

    public JsonTree Copy()
    {
        JsonTree copy = new();
        copy.Members.AddRange(Members.Select(static member => (member.Name, Copy(member.Value))));
        return copy;
    }

    public static object? Copy(object? value) =>
        value switch
        {
            JsonTree tree => tree.Copy(),
            List<object?> items => items.ConvertAll(Copy),
            _ => value,
        };

    /// <summary>A value of C# as one of a file.</summary>
    public static object? From(object? value) =>
        value switch
        {
            int number => new JsonNumber(number),
            double number => new JsonNumber(number),
            IEnumerable<double> numbers => numbers.Select(static number => (object?)new JsonNumber(number)).ToList(),
            IEnumerable<string> texts => texts.Cast<object?>().ToList(),
            _ => value,
        };

    public override string ToString()
    {
        StringBuilder text = new();
        Write(text, this);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case string characters:
                string escaped = characters.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
                text.Append('"').Append(escaped).Append('"');
                break;
            case JsonNumber number:
                text.Append(number.Text);
                break;
            case List<object?> items:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    Write(text, items[i]);
                }

                text.Append(']');
                break;
            case JsonTree tree:
                text.Append('{');
                for (int i = 0; i < tree.Members.Count; i++)
                {
                    text.Append(i == 0 ? "\"" : ", \"").Append(tree.Members[i].Name).Append("\": ");
                    Write(text, tree.Members[i].Value);
                }

                text.Append('}');
                break;
            default:
                throw new ArgumentException($"{value.GetType()} has no place in a file.");
        }
    }
}
