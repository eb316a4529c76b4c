using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// The computation of a sequence by an encoder, alone or inside an encoder-decoder. Attention is bidirectional, so a layer has
/// two phases. The first one computes the keys and values of all chunks, the second one attention and feed-forward.
/// </summary>
/// <param name="Architecture">The encoder.</param>
/// <param name="ChunkLength">The number of rows per step.</param>
/// <param name="Part">The stack of the model.</param>
/// <param name="LayersOffset">The offset of the first layer's packed weights, in floats.</param>
/// <param name="LayerStride">The number of floats from one layer's packed weights to the next.</param>
/// <param name="Frames">The steps that process the frames of audio before any position is computed; empty without audio.</param>
/// <param name="Before">The steps before the layers.</param>
/// <param name="Project">The steps of a layer that run for all chunks before those of <paramref name="Attend"/>.</param>
/// <param name="Attend">The steps of a layer from its attention on.</param>
/// <param name="After">The steps after the layers.</param>
internal sealed record EncoderPlan(
    TransformerArchitecture Architecture,
    int ChunkLength,
    StackPart Part,
    long LayersOffset,
    long LayerStride,
    EquatableArray<StepPlan> Frames,
    EquatableArray<StepPlan> Before,
    EquatableArray<StepPlan> Project,
    EquatableArray<StepPlan> Attend,
    EquatableArray<StepPlan> After
)
{
    /// <summary>
    /// The positions of the keys and values of one layer that inputs share if they are encoded together; 0 if inputs are encoded one
    /// by one.
    /// </summary>
    public int SharedPositions { get; init; }

    /// <summary>All steps in order.</summary>
    public IEnumerable<StepPlan> Steps => Frames.Concat(Before).Concat(Project).Concat(Attend).Concat(After);

    /// <summary>The buffer of the hidden states.</summary>
    public BufferRef Hidden => new(BufferRole.Hidden, Part);
}
