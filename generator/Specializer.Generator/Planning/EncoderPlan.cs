using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// What the plan of an encoder has beside that of a decoder. Every position sees every other, so that a layer has two
/// phases: first the keys and values of all chunks, then the attention and the blocks of all chunks.
/// </summary>
/// <param name="Project">The steps of a layer that every chunk takes before any takes those of <see cref="ExecutionPlan.Layer"/>.</param>
/// <param name="Head">The steps from the last hidden states to the output.</param>
/// <param name="Output">The buffer that the output lies in.</param>
/// <param name="OutputWidth">Its width.</param>
/// <param name="OutputPerToken">Whether every token has a row of it, or the sequence has one.</param>
internal sealed record EncoderPlan(
    EquatableArray<StepPlan> Project, EquatableArray<StepPlan> Head, string Output, int OutputWidth, bool OutputPerToken);
