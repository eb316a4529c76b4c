namespace Specializer;

/// <summary>One thing that is wrong with weights.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Tensor">The tensor it is about, or <see langword="null"/> where it is about the whole file.</param>
/// <param name="Message">A sentence for the person who has to mend it.</param>
public sealed record WeightsProblem(WeightsProblemKind Kind, string? Tensor, string Message)
{
    /// <summary>What was expected, e.g. the shape <c>[512, 192]</c>; <see langword="null"/> where the message says all.</summary>
    public string? Expected { get; init; }

    /// <summary>What was found, e.g. the shape <c>[512, 256]</c>; <see langword="null"/> where the message says all.</summary>
    public string? Found { get; init; }

    /// <summary>For a missing tensor: the unexpected tensor that is most likely meant, if there is one.</summary>
    public string? Suggestion { get; init; }
}
