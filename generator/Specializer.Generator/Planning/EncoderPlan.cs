using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// How an encoder computes a sequence, by itself or inside an encoder-decoder. Every position sees every other, so that a
/// layer has two phases: first the keys and values of all chunks, then the attention and the blocks of all chunks.
/// </summary>
/// <param name="Architecture">The encoder.</param>
/// <param name="ChunkLength">Rows that pass through a step at once.</param>
/// <param name="WeightPrefix">What the names of its weights and constants begin with: nothing for an encoder by itself.</param>
/// <param name="BufferPrefix">What the names of its buffers begin with.</param>
/// <param name="LayersOffset">Where the first layer's packed weights begin, in floats.</param>
/// <param name="LayerStride">Floats from one layer's packed weights to the next's.</param>
/// <param name="Frames">The steps that run for the frames of sound before any position is computed; none where there is no sound.</param>
/// <param name="Before">The steps before the layers.</param>
/// <param name="Project">The steps of a layer that every chunk takes before any takes those of <paramref name="Attend"/>.</param>
/// <param name="Attend">The steps of a layer from its attention on.</param>
/// <param name="After">The steps behind the layers.</param>
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

/// <summary>What an encoder by itself computes from its last hidden states.</summary>
/// <param name="Steps">The steps to the output; none where the hidden states are the output.</param>
/// <param name="Output">The buffer that the output lies in.</param>
/// <param name="OutputWidth">Its width.</param>
/// <param name="Rows">Rows that are computed together.</param>
/// <param name="OutputPerToken">Whether every token has a row of it, or the sequence has one.</param>
internal sealed record HeadPlan(EquatableArray<StepPlan> Steps, string Output, int OutputWidth, int Rows, bool OutputPerToken);
