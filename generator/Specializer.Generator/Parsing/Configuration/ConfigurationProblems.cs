using System.Collections.Generic;
using System.Linq;

namespace Specializer.Generator.Parsing.Configuration;

/// <summary>Something that is wrong with a config.json.</summary>
/// <param name="Message">What, and what is expected.</param>
/// <param name="Start">The first character of the file that is wrong.</param>
/// <param name="Length">How many characters.</param>
internal sealed record ConfigurationProblem(string Message, int Start, int Length);

/// <summary>
/// Everything that is wrong with one config.json. Reading goes on behind a field that is wrong, with a value in its place,
/// so that all of it is told at once; what would only follow from an earlier problem is not.
/// </summary>
internal sealed class ConfigurationProblems
{
    private readonly List<ConfigurationProblem> _found = [];
    private readonly HashSet<string> _fields = [];

    /// <summary>Whether there are any.</summary>
    public bool Any => _found.Count > 0;

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> InOrder => [.. _found.OrderBy(static problem => problem.Start)];

    /// <summary>Whether one of them is with a field.</summary>
    public bool IsWrong(string field) => _fields.Contains(field);

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
}
