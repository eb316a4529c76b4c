using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The computation of hidden states from the input of a stack.</summary>
/// <param name="Frames">The steps that process the frames of audio before any position is computed.</param>
/// <param name="Steps">The steps of a chunk of positions.</param>
/// <param name="Weight">The weight of the token embeddings; null if there are none.</param>
internal sealed record EmbeddingPlan(EquatableArray<StepPlan> Frames, EquatableArray<StepPlan> Steps, WeightRef? Weight);
