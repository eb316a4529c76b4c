using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// What will be executed for one architecture. Emitted code, the tensor table, the constants and the documentation all
/// derive from it. Immutable and compared by value.
/// </summary>
/// <param name="Architecture">What is planned.</param>
/// <param name="ChunkLength">Positions per prefill step.</param>
/// <param name="LogitsRows">Positions whose logits are computed together.</param>
/// <param name="Weights">The packed weights.</param>
/// <param name="LayersOffset">Where the first layer's packed weights begin, in floats.</param>
/// <param name="LayerStride">Floats from one layer's packed weights to the next's.</param>
/// <param name="IgnoredTensors">Tensors that a checkpoint may hold and that nothing reads.</param>
/// <param name="Buffers">The session's memory.</param>
/// <param name="Before">The steps before the layers.</param>
/// <param name="Layer">The steps of every layer.</param>
/// <param name="After">The steps after the layers, on the rows whose logits are wanted.</param>
/// <param name="ParameterCount">Trained parameters, tied ones counted once.</param>
/// <param name="MultiplyAddsPerToken">In the linear layers, logits included.</param>
internal sealed record ExecutionPlan(
    TransformerArchitecture Architecture,
    int ChunkLength,
    int LogitsRows,
    EquatableArray<WeightPlan> Weights,
    long LayersOffset,
    long LayerStride,
    EquatableArray<string> IgnoredTensors,
    EquatableArray<BufferPlan> Buffers,
    EquatableArray<StepPlan> Before,
    EquatableArray<StepPlan> Layer,
    EquatableArray<StepPlan> After,
    long ParameterCount,
    long MultiplyAddsPerToken)
{
    /// <summary>What an encoder has beside; null for other stacks.</summary>
    public EncoderPlan? Encoder { get; init; }

    /// <summary>The encoder of an encoder-decoder; null for other stacks.</summary>
    public SourceEncoderPlan? SourceEncoder { get; init; }

    /// <summary>All steps in order.</summary>
    public IEnumerable<StepPlan> Steps => Encoder is not null
        ? Before.Concat(Encoder.Project).Concat(Layer).Concat(After).Concat(Encoder.Head)
        : (SourceEncoder?.Steps ?? []).Concat(Before).Concat(Layer).Concat(After);

    /// <summary>The sets of weights that layers have.</summary>
    public int WeightSets => Architecture.Layers / Architecture.LayersPerSet;

    /// <summary>The tensors that a checkpoint must hold, each once, in the order in which weights are packed.</summary>
    public IReadOnlyList<TensorPlan> Tensors =>
        [.. Weights.SelectMany(static weight => weight.Slices).Select(static slice => slice.Tensor).Distinct().Where(static tensor => tensor != TensorPlan.Nothing)];

    /// <summary>Bytes of the packed weights.</summary>
    public long PackedWeightBytes => sizeof(float)
        * (SourceEncoder is { } source ? source.LayersOffset + (source.LayerStride * source.Layers) : LayersOffset + (LayerStride * WeightSets));

    /// <summary>Floats from the logits of one position to the next.</summary>
    public int LogitsStride => Layout.Pad(Architecture.Embeddings.VocabularySize);

    /// <summary>Bytes of a session's cache and activations.</summary>
    public long SessionMemoryBytes
    {
        get
        {
            long floats = 0;
            foreach (BufferPlan buffer in Buffers)
            {
                floats += buffer.Floats;
            }

            return floats * sizeof(float);
        }
    }

    /// <summary>Floats of what every sequence of a session has of its own: its cache, behind everything that sequences share.</summary>
    public long SequenceFloats => Buffers.Where(static buffer => buffer.PerSequence).Sum(static buffer => buffer.Floats);

    /// <summary>Bytes of a session: cache, activations and, of a decoder, logits (with a line to align them).</summary>
    public long SessionBytes => Encoder is not null ? SessionMemoryBytes : SessionMemoryBytes + ((((long)LogitsRows * LogitsStride) + Layout.Line) * sizeof(float));
}
