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
/// <param name="Buffers">The session's memory.</param>
/// <param name="Before">A decoder's steps before the layers.</param>
/// <param name="Layer">The steps of every layer of a decoder.</param>
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
    EquatableArray<BufferPlan> Buffers,
    EquatableArray<StepPlan> Before,
    EquatableArray<StepPlan> Layer,
    EquatableArray<StepPlan> After,
    long ParameterCount,
    long MultiplyAddsPerToken
)
{
    /// <summary>Under which names a checkpoint may hold the tensors, and which it may hold besides.</summary>
    public NamingPlan Naming { get; init; } = NamingPlan.None;

    /// <summary>The encoder, by itself or inside an encoder-decoder; null for a decoder.</summary>
    public EncoderPlan? Encoder { get; init; }

    /// <summary>What an encoder by itself makes of its states; null for other stacks.</summary>
    public HeadPlan? Head { get; init; }

    /// <summary>The steps that keep keys and values of a source for one layer of the decoder; none for other stacks.</summary>
    public EquatableArray<StepPlan> Cross { get; init; } = EquatableArray<StepPlan>.Empty;

    /// <summary>Whether a decoder attends to the encoder.</summary>
    public bool IsEncoderDecoder => Architecture.Stack == Stack.EncoderDecoder;

    /// <summary>The folders of files that hold the head's projections, from the checkpoint's own; none where the checkpoint holds them.</summary>
    public IReadOnlyList<string> ModuleFolders =>
        [
            .. (Architecture.Head?.Projections ?? EquatableArray<ProjectionArchitecture>.Empty)
                .Select(static projection => projection.Folder)
                .Where(static folder => folder.Length > 0),
        ];

    /// <summary>All steps in order.</summary>
    public IEnumerable<StepPlan> Steps =>
        (Encoder?.Steps ?? []).Concat(Cross).Concat(DecoderSteps).Concat(Head?.Steps ?? EquatableArray<StepPlan>.Empty);

    /// <summary>The steps of a decoder.</summary>
    public IEnumerable<StepPlan> DecoderSteps => Before.Concat(Layer).Concat(After);

    /// <summary>The buffer with a name.</summary>
    public BufferPlan Buffer(string name) => Buffers.First(buffer => buffer.Name == name);

    /// <summary>The buffers that steps read or write, as they lie in memory; logits lie elsewhere.</summary>
    public IEnumerable<BufferPlan> BuffersOf(IEnumerable<StepPlan> steps)
    {
        var used = new HashSet<string>(steps.SelectMany(static step => step.Buffers));
        return Buffers.Where(buffer => used.Contains(buffer.Name));
    }

    /// <summary>Floats of the state of linear attention in all layers, which is what a decoder's session begins with.</summary>
    public long StateFloats => Buffer("KeptState").Floats;

    /// <summary>The sets of weights that layers have.</summary>
    public int WeightSets => Architecture.WeightSets;

    /// <summary>The tensors that a checkpoint must hold, each once, in the order in which weights are packed.</summary>
    public IReadOnlyList<TensorPlan> Tensors =>
        [
            .. Weights
                .SelectMany(static weight => weight.Slices)
                .Select(static slice => slice.Tensor)
                .Distinct()
                .Where(static tensor => tensor != TensorPlan.Nothing)
                .SelectMany(tensor => tensor.IsInner ? Enumerable.Range(0, Architecture.SetsPerGroup).Select(tensor.InSet) : [tensor]),
        ];

    /// <summary>How many layers, or groups of sets of weights, have a tensor; 0 where it belongs to none.</summary>
    public int LayersOf(TensorPlan tensor) =>
        !tensor.PerLayer ? 0
        : tensor.InEncoder ? Encoder!.Architecture.Layers
        : WeightSets / Architecture.SetsPerGroup;

    /// <summary>Bytes of the packed weights.</summary>
    public long PackedWeightBytes =>
        sizeof(float)
        * (
            IsEncoderDecoder
                ? Encoder!.LayersOffset + (Encoder.LayerStride * Encoder.Architecture.Layers)
                : LayersOffset + (LayerStride * WeightSets)
        );

    /// <summary>Floats from the logits of one position to the next.</summary>
    public int LogitsStride => Layout.Pad(Architecture.Embeddings.VocabularySize);

    /// <summary>Floats of a session's cache and activations.</summary>
    public long SessionFloats { get; init; }

    /// <summary>Bytes of a session's cache and activations.</summary>
    public long SessionMemoryBytes => SessionFloats * sizeof(float);

    /// <summary>Floats of what every sequence of a session has of its own: its cache, behind everything that sequences share.</summary>
    public long SequenceFloats { get; init; }

    /// <summary>
    /// Whether weights and buffers lie apart, for pages between them that no kernel may touch. Tests plan so; what is
    /// computed is the same.
    /// </summary>
    public bool Guarded { get; init; }

    /// <summary>Bytes of a session: cache, activations and, of a decoder, logits (with a line to align them).</summary>
    public long SessionBytes =>
        Head is not null ? SessionMemoryBytes : SessionMemoryBytes + ((((long)LogitsRows * LogitsStride) + Layout.Line) * sizeof(float));
}
