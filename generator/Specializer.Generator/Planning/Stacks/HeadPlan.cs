using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The computation of an encoder-only model after its last hidden states.</summary>
/// <param name="Steps">The steps to the output; none where the hidden states are the output.</param>
/// <param name="Output">The buffer of the output.</param>
/// <param name="OutputWidth">Its width.</param>
/// <param name="Rows">Rows that are computed together.</param>
/// <param name="OutputPerToken">Whether every token has a row of it, or the sequence has one.</param>
internal sealed record HeadPlan(EquatableArray<StepPlan> Steps, BufferRef Output, int OutputWidth, int Rows, bool OutputPerToken);
