using System;
using System.Collections.Generic;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>A value that a family read from a config.json, or used for an absent field.</summary>
/// <param name="Field">The field, with the names of the enclosing objects.</param>
/// <param name="Value">The value as shown in a message.</param>
/// <param name="IsGiven">Whether the file contains it; otherwise it is the default of the family's configuration class.</param>
internal sealed record FieldReading(string Field, string Value, bool IsGiven);

/// <summary>
/// Records which fields of a config.json its family has accounted for: fields that it reads, or that do not affect the
/// computation. All others are reported, because an ignored field may change the results silently.
/// </summary>
internal sealed class FieldLog
{
    private readonly HashSet<string> _accounted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private readonly List<FieldReading> _readings = [];
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);

    /// <summary>The values that the family read, in the order of reading.</summary>
    public IReadOnlyList<FieldReading> Readings => _readings;

    /// <summary>Records the value of a field, once.</summary>
    /// <param name="path">The name, with those of the enclosing objects.</param>
    /// <param name="value">The value as shown in a message.</param>
    /// <param name="isGiven">Whether the file contains it.</param>
    public void Note(string path, string value, bool isGiven)
    {
        if (_noted.Add(path))
        {
            _readings.Add(new FieldReading(path, value, isGiven));
        }
    }

    /// <summary>Marks a field as accounted for.</summary>
    /// <param name="path">The name, with those of the enclosing objects: "rope_scaling.factor".</param>
    public void Account(string path) => _accounted.Add(path);

    /// <summary>Marks an object as one whose fields are accounted for individually.</summary>
    /// <param name="path">The name of the object, with those of the enclosing objects.</param>
    public void Open(string path) => _opened.Add(path);

    /// <summary>Reports every field that is not accounted for, in an object and in the objects inside it that were read.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">The names of the enclosing objects, each followed by a dot.</param>
    /// <param name="problems">Receives the problems.</param>
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
            ? $"\"{name}\" is {value.Describe()}: its name suggests that it changes the computation, but this family has no such field. "
                + "Remove it if the model was trained without it; otherwise report the family as unsupported"
            : $"\"{name}\" is not used: this family has no such field";
        return new ConfigurationProblem(message, value.Start, value.Length)
        {
            Kind = computes ? ConfigurationProblemKind.UnreadComputation : ConfigurationProblemKind.Unused,
        };
    }
}
