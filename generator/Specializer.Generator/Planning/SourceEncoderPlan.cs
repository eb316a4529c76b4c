using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// How the encoder of an encoder-decoder computes a source. A layer's steps before its attention run for all chunks of
/// the source, then those from the attention on, since every position sees all others.
/// </summary>
/// <param name="Layers">The number of layers.</param>
/// <param name="SourceLength">The longest source.</param>
/// <param name="ChunkLength">Rows that pass through a step at once.</param>
/// <param name="LayersOffset">Where the first layer's packed weights begin, in floats.</param>
/// <param name="LayerStride">Floats from one layer's packed weights to the next's.</param>
/// <param name="Before">The steps before the layers.</param>
/// <param name="BeforeAttention">The steps of every layer up to the attention's projections.</param>
/// <param name="Attention">The attention: turned and appended before the second half, attended in it.</param>
/// <param name="AfterAttention">The steps of every layer behind its attention.</param>
/// <param name="After">The steps after the layers.</param>
/// <param name="Cross">The steps that keep keys and values of the result for one layer of the decoder.</param>
internal sealed record SourceEncoderPlan(
    int Layers,
    int SourceLength,
    int ChunkLength,
    long LayersOffset,
    long LayerStride,
    EquatableArray<StepPlan> Before,
    EquatableArray<StepPlan> BeforeAttention,
    AttentionStep Attention,
    EquatableArray<StepPlan> AfterAttention,
    EquatableArray<StepPlan> After,
    EquatableArray<StepPlan> Cross)
{
    /// <summary>All steps in order.</summary>
    public IEnumerable<StepPlan> Steps => Before.Concat(BeforeAttention).Concat([Attention]).Concat(AfterAttention).Concat(After).Concat(Cross);
}
