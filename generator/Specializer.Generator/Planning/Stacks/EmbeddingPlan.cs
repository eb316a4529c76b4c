using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>How the input of a stack becomes hidden states.</summary>
/// <param name="Frames">The steps that run for the frames of sound before any position is computed.</param>
/// <param name="Steps">The steps of a chunk of positions.</param>
/// <param name="Weight">The weight of the token embeddings; null where there are none.</param>
internal sealed record EmbeddingPlan(EquatableArray<StepPlan> Frames, EquatableArray<StepPlan> Steps, WeightRef? Weight);
