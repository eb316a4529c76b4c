using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>The severity of a problem in a config.json.</summary>
internal enum ConfigurationProblemKind
{
    /// <summary>No model can be generated.</summary>
    Invalid,

    /// <summary>The family does not read a field that changes the computation, so the results would be wrong.</summary>
    UnreadComputation,

    /// <summary>A part of the file is not used.</summary>
    Unused,
}

/// <summary>A problem in a config.json.</summary>
/// <param name="Message">The value that is found and the value that is expected.</param>
/// <param name="Start">The position of its first character in the file.</param>
/// <param name="Length">The number of characters.</param>
internal sealed record ConfigurationProblem(string Message, int Start, int Length)
{
    /// <summary>The severity.</summary>
    public ConfigurationProblemKind Kind { get; init; }
}

/// <summary>
/// The problems of one config.json. Reading continues after an invalid field with a placeholder, so that all problems are
/// reported at once. A problem that follows from an earlier one is not reported.
/// </summary>
internal sealed class ConfigurationProblems
{
    private readonly List<ConfigurationProblem> _found = [];
    private readonly HashSet<string> _fields = [];

    /// <summary>Whether anything prevents the model from being generated.</summary>
    public bool Any => _found.Any(static problem => problem.Kind == ConfigurationProblemKind.Invalid);

    /// <summary>The problems, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> InOrder => [.. _found.OrderBy(static problem => problem.Start)];

    /// <summary>Returns whether a field has a problem.</summary>
    public bool IsWrong(string field) => _fields.Contains(field);

    /// <summary>Marks a field as invalid because of a problem that is reported elsewhere.</summary>
    public void MarkWrong(string field) => _fields.Add(field);

    /// <summary>Adds a problem of the file as a whole.</summary>
    public void Add(string message) => _found.Add(new ConfigurationProblem(message, 0, 1));

    /// <summary>Adds a problem of a field, unless the field has one already.</summary>
    public void Add(string field, string message, int start, int length)
    {
        if (_fields.Add(field))
        {
            _found.Add(new ConfigurationProblem(message, start, length));
        }
    }

    /// <summary>Adds a problem that does not prevent generation.</summary>
    public void Add(ConfigurationProblem problem) => _found.Add(problem);
}
