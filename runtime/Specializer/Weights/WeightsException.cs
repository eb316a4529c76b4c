using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>
/// The exception that is thrown when weights cannot be loaded: the file is unreadable or malformed, or does not match the model.
/// </summary>
public sealed class WeightsException : Exception
{
    internal WeightsException(string description, WeightsProblem problem, Exception? innerException = null)
        : this(description, problem.Message, [problem], 1, innerException) { }

    internal WeightsException(
        string description,
        string message,
        IReadOnlyList<WeightsProblem> problems,
        int problemCount,
        Exception? innerException = null
    )
        : base(message, innerException)
    {
        Description = description;
        Problems = problems;
        ProblemCount = problemCount;
    }

    /// <summary>The <see cref="WeightsSource.Description"/> of the weights: the path of the file.</summary>
    public string Description { get; }

    /// <summary>The problems, at least one. For a file with very many problems, the first thousand.</summary>
    public IReadOnlyList<WeightsProblem> Problems { get; }

    /// <summary>The number of problems, including those omitted from <see cref="Problems"/>.</summary>
    public int ProblemCount { get; }
}
