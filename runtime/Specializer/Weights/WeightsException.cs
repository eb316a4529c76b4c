using System;
using System.Collections.Generic;

namespace Specializer;

/// <summary>Weights cannot be loaded: the file is unreadable or malformed, or does not hold what the model needs.</summary>
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

    /// <summary>What is wrong, at least one thing; of a file with very many problems the first thousand.</summary>
    public IReadOnlyList<WeightsProblem> Problems { get; }

    /// <summary>How many things are wrong, those left out of <see cref="Problems"/> included.</summary>
    public int ProblemCount { get; }
}
