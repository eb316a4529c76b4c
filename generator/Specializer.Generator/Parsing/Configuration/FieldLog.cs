using System;
using System.Collections.Generic;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>A value that a family took from a config.json, or instead of an absent field.</summary>
/// <param name="Field">The field, with the names of the objects around it.</param>
/// <param name="Value">The value as a message shows it.</param>
/// <param name="IsGiven">Whether the file gives it; otherwise it is the default of the family's configuration class.</param>
internal sealed record FieldReading(string Field, string Value, bool IsGiven);

/// <summary>
/// Which fields of a config.json its family has accounted for: read, or known to be without effect on what is computed.
/// Whatever is left is reported, since a field that nobody looks at may change the numbers in silence.
/// </summary>
internal sealed class FieldLog
{
    private readonly HashSet<string> _accounted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private readonly List<FieldReading> _readings = [];
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);

    /// <summary>The values that the family took, in the order in which it asked for them.</summary>
    public IReadOnlyList<FieldReading> Readings => _readings;

    /// <summary>Notes the value of a field, once.</summary>
    /// <param name="path">Its name, with those of the objects around it.</param>
    /// <param name="value">The value as a message shows it.</param>
    /// <param name="isGiven">Whether the file gives it.</param>
    public void Note(string path, string value, bool isGiven)
    {
        if (_noted.Add(path))
        {
            _readings.Add(new FieldReading(path, value, isGiven));
        }
    }

    /// <summary>Notes that a field is accounted for.</summary>
    /// <param name="path">Its name, with those of the objects around it: "rope_scaling.factor".</param>
    public void Account(string path) => _accounted.Add(path);

    /// <summary>Notes that the fields of an object are accounted for one by one.</summary>
    /// <param name="path">The object's name, with those of the objects around it.</param>
    public void Open(string path) => _opened.Add(path);

    /// <summary>Reports every field of an object, and of the objects in it that were read, that nobody has accounted for.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">The names of the objects around its fields, each followed by a dot.</param>
    /// <param name="problems">Where they are reported.</param>
    public void ReportOthers(JsonValue json, string path, ConfigurationProblems problems)
    {
        foreach (KeyValuePair<string, JsonValue> field in json.Members)
        {
            string name = path + field.Key;
            if (field.Value.Kind == JsonKind.Object && _opened.Contains(name))
            {
                ReportOthers(field.Value, name + ".", problems);
            }
            else if (!_accounted.Contains(name) && !problems.IsWrong(name))
            {
                problems.Add(Unread(name, field.Value));
            }
        }
    }

    private static ConfigurationProblem Unread(string name, JsonValue value)
    {
        bool computes = value.Kind != JsonKind.Null && ComputationNames.Any(name, value);
        string message = computes
            ? $"\"{name}\" is {value.Describe()}: its name says that it changes the computation, but this family has no such field. "
                + "Remove it if the model was trained without it, or report it; otherwise the numbers would be wrong"
            : $"\"{name}\" is not used: this family has no such field";
        return new ConfigurationProblem(message, value.Start, value.Length)
        {
            Kind = computes ? ConfigurationProblemKind.UnreadComputation : ConfigurationProblemKind.Unused,
        };
    }
}
