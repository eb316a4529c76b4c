namespace Specializer;

/// <summary>A problem of weights.</summary>
/// <param name="Kind">The kind of problem.</param>
/// <param name="Tensor">The name of the tensor, or <see langword="null"/> if the problem concerns the whole file.</param>
/// <param name="Message">A sentence that explains the problem and how to fix it.</param>
public sealed record WeightsProblem(WeightsProblemKind Kind, string? Tensor, string Message)
{
    /// <summary>The expected value, such as the shape <c>[512, 192]</c>; <see langword="null"/> if the message is complete.</summary>
    public string? Expected { get; init; }

    /// <summary>
    /// The value that was found, such as the shape <c>[512, 256]</c>; <see langword="null"/> if the message is complete.
    /// </summary>
    public string? Found { get; init; }

    /// <summary>The unexpected tensor that most likely is the missing one; <see langword="null"/> if there is none.</summary>
    public string? Suggestion { get; init; }
}
