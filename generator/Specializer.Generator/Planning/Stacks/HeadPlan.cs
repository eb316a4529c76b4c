using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The computation of an encoder-only model after its last hidden states.</summary>
/// <param name="Steps">The steps to the output; empty if the hidden states are the output.</param>
/// <param name="Output">The buffer of the output.</param>
/// <param name="OutputWidth">The width of the output.</param>
/// <param name="Rows">The number of rows that are computed together.</param>
/// <param name="OutputPerToken">Whether every token, instead of the sequence, has a row of the output.</param>
internal sealed record HeadPlan(EquatableArray<StepPlan> Steps, BufferRef Output, int OutputWidth, int Rows, bool OutputPerToken)
{
    /// <summary>The steps that run for every chunk after the last layer, before <see cref="Steps"/>.</summary>
    public EquatableArray<StepPlan> Chunks { get; init; } = EquatableArray<StepPlan>.Empty;
}
