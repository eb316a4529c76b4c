using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>How serious it is that a config.json says something.</summary>
internal enum ConfigurationProblemKind
{
    /// <summary>No model can be generated.</summary>
    Invalid,

    /// <summary>A field that changes the computation is not read by the family: the numbers would be wrong.</summary>
    UnreadComputation,

    /// <summary>A part of the file is not used.</summary>
    Unused,
}

/// <summary>Something that is to be said of a config.json.</summary>
/// <param name="Message">What is found, and what is expected.</param>
/// <param name="Start">The first character of the file that is meant.</param>
/// <param name="Length">How many characters.</param>
internal sealed record ConfigurationProblem(string Message, int Start, int Length)
{
    /// <summary>How serious it is.</summary>
    public ConfigurationProblemKind Kind { get; init; }
}

/// <summary>
/// Everything that is to be said of one config.json. Reading goes on after a field that is wrong, with a value in its
/// place, so that all problems are reported at once; what would only follow from an earlier problem is not.
/// </summary>
internal sealed class ConfigurationProblems
{
    private readonly List<ConfigurationProblem> _found = [];
    private readonly HashSet<string> _fields = [];

    /// <summary>Whether anything prevents the model from being generated.</summary>
    public bool Any => _found.Any(static problem => problem.Kind == ConfigurationProblemKind.Invalid);

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> InOrder => [.. _found.OrderBy(static problem => problem.Start)];

    /// <summary>Whether one of them is with a field.</summary>
    public bool IsWrong(string field) => _fields.Contains(field);

    /// <summary>Notes that a field is wrong by what another problem says.</summary>
    public void MarkWrong(string field) => _fields.Add(field);

    /// <summary>Adds a problem of the whole file.</summary>
    public void Add(string message) => _found.Add(new ConfigurationProblem(message, 0, 1));

    /// <summary>Adds a problem of a field, unless that one has one already.</summary>
    public void Add(string field, string message, int start, int length)
    {
        if (_fields.Add(field))
        {
            _found.Add(new ConfigurationProblem(message, start, length));
        }
    }

    /// <summary>Adds what does not prevent the model from being generated.</summary>
    public void Add(ConfigurationProblem problem) => _found.Add(problem);
}
