using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// The computation of a sequence by an encoder, alone or inside an encoder-decoder. Attention is bidirectional, so a layer has
/// two phases. The first one computes the keys and values of all chunks, the second one attention and feed-forward.
/// </summary>
/// <param name="Architecture">The encoder.</param>
/// <param name="ChunkLength">The number of rows that a step processes at once.</param>
/// <param name="WeightPrefix">The prefix of its weights and constants; empty for an encoder-only model.</param>
/// <param name="BufferPrefix">The prefix of its buffers.</param>
/// <param name="LayersOffset">The offset of the first layer's packed weights, in floats.</param>
/// <param name="LayerStride">The number of floats from one layer's packed weights to the next.</param>
/// <param name="Frames">The steps for audio frames, which run before any position is computed; empty without audio.</param>
/// <param name="Before">The steps before the layers.</param>
/// <param name="Project">The steps of a layer that run for all chunks before those of <paramref name="Attend"/>.</param>
/// <param name="Attend">The steps of a layer from its attention on.</param>
/// <param name="After">The steps after the layers.</param>
internal sealed record EncoderPlan(
    TransformerArchitecture Architecture,
    int ChunkLength,
    string WeightPrefix,
    string BufferPrefix,
    long LayersOffset,
    long LayerStride,
    EquatableArray<StepPlan> Frames,
    EquatableArray<StepPlan> Before,
    EquatableArray<StepPlan> Project,
    EquatableArray<StepPlan> Attend,
    EquatableArray<StepPlan> After
)
{
    /// <summary>All steps in order.</summary>
    public IEnumerable<StepPlan> Steps => Frames.Concat(Before).Concat(Project).Concat(Attend).Concat(After);

    /// <summary>The buffer of the hidden states.</summary>
    public string Hidden => BufferPrefix + "Hidden";
}

/// <summary>The computation of an encoder-only model after its last hidden states.</summary>
/// <param name="Steps">The steps to the output; empty if the hidden states are the output.</param>
/// <param name="Output">The buffer of the output.</param>
/// <param name="OutputWidth">The width of the output.</param>
/// <param name="Rows">The number of rows that are computed together.</param>
/// <param name="OutputPerToken">Whether the output has a row for every token instead of one for the sequence.</param>
internal sealed record HeadPlan(EquatableArray<StepPlan> Steps, string Output, int OutputWidth, int Rows, bool OutputPerToken);
