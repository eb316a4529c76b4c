using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// The execution of one architecture. Emitted code, the tensor table, the constants and the documentation derive from it. It is
/// immutable and compared by value.
/// </summary>
/// <param name="Architecture">The architecture.</param>
/// <param name="ChunkLength">The number of positions per prefill step.</param>
/// <param name="LogitsRows">The number of positions whose logits are computed together.</param>
/// <param name="Weights">The packed weights.</param>
/// <param name="LayersOffset">The offset of the first layer's packed weights, in floats.</param>
/// <param name="LayerStride">The number of floats from one layer's packed weights to the next.</param>
/// <param name="Buffers">The buffers of a session.</param>
/// <param name="Before">The steps of a decoder before the layers.</param>
/// <param name="Layer">The steps of every layer of a decoder.</param>
/// <param name="After">The steps after the layers, for the rows whose logits are requested.</param>
/// <param name="ParameterCount">The number of trained parameters; tied parameters count once.</param>
/// <param name="MultiplyAddsPerToken">The number of multiply-adds in the linear layers, including the logits.</param>
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
    /// <summary>The names that a checkpoint can have for the tensors, and the further tensors that it may contain.</summary>
    public NamingPlan Naming { get; init; } = NamingPlan.None;

    /// <summary>The encoder, alone or inside an encoder-decoder; null for a decoder.</summary>
    public EncoderPlan? Encoder { get; init; }

    /// <summary>The head of an encoder-only model; null for other stacks.</summary>
    public HeadPlan? Head { get; init; }

    /// <summary>The steps that store the keys and values of a source for one layer of the decoder; empty for other stacks.</summary>
    public EquatableArray<StepPlan> Cross { get; init; } = EquatableArray<StepPlan>.Empty;

    /// <summary>Whether the model is an encoder-decoder.</summary>
    public bool IsEncoderDecoder => Architecture.Stack == Stack.EncoderDecoder;

    /// <summary>
    /// The folders of the files with the head's projections, relative to the checkpoint; empty if the checkpoint contains them.
    /// </summary>
    public IReadOnlyList<string> ModuleFolders =>
        [
            .. (Architecture.Head?.Projections ?? EquatableArray<ProjectionArchitecture>.Empty)
                .Select(static projection => projection.Folder)
                .Where(static folder => folder.Length > 0),
        ];

    /// <summary>All steps in order.</summary>
    public IEnumerable<StepPlan> Steps =>
        (Encoder?.Steps ?? []).Concat(Cross).Concat(DecoderSteps).Concat(Head?.Steps ?? EquatableArray<StepPlan>.Empty);

    /// <summary>The kernels that the steps call, each once, in the order of their first use.</summary>
    public IEnumerable<Kernel> Kernels => Steps.SelectMany(static step => step.Kernels).Distinct();

    /// <summary>The steps of a decoder.</summary>
    public IEnumerable<StepPlan> DecoderSteps => Before.Concat(Layer).Concat(After);

    /// <summary>Returns the place of a buffer.</summary>
    public BufferPlan Buffer(BufferRef buffer) => Buffers.First(plan => plan.Ref == buffer);

    /// <summary>Returns the buffers that steps read or write, in memory order; logits have separate memory.</summary>
    public IEnumerable<BufferPlan> BuffersOf(IEnumerable<StepPlan> steps)
    {
        var used = new HashSet<BufferRef>(steps.SelectMany(static step => step.Buffers));
        return Buffers.Where(buffer => used.Contains(buffer.Ref));
    }

    /// <summary>The self-attention of a decoder's layers, one for each kind.</summary>
    public IReadOnlyList<SelfAttention> AttentionByKind =>
        [
            .. Layer
                .SelectMany(static step => step is StepsByKind kinds ? kinds.Kinds.SelectMany(static steps => steps) : [step])
                .OfType<AttentionStep>()
                .Select(static step => step.Attention),
        ];

    /// <summary>Returns the multiply-adds of linear layers for one row.</summary>
    public static long MultiplyAdds(IEnumerable<StepPlan> steps) =>
        steps.OfType<LinearStep>().Sum(static step => step.Kernel.MultiplyAddsPerRow);

    /// <summary>The number of distinct sets of weights.</summary>
    public int WeightSets => Architecture.WeightSets;

    /// <summary>The tensors that a checkpoint must contain, without duplicates, in packing order.</summary>
    public IReadOnlyList<TensorPlan> Tensors =>
        [
            .. Weights
                .SelectMany(weight => weight.Slices.SelectMany(slice => TensorsOf(weight, slice.Tensor)))
                .Distinct()
                .Where(static tensor => tensor != TensorPlan.Nothing)
                .SelectMany(tensor => tensor.IsInner ? Enumerable.Range(0, Architecture.SetsPerGroup).Select(tensor.InSet) : [tensor]),
        ];

    /// <summary>
    /// The offset of each layer's packed weights, and the end of the last one's, in floats; empty if all layers have the same
    /// size, <see cref="LayerStride"/>.
    /// </summary>
    public EquatableArray<long> LayerOffsets { get; init; } = EquatableArray<long>.Empty;

    /// <summary>Returns the layers that have a block of packed weights, if kinds of layers have different sizes.</summary>
    public IEnumerable<int> LayersOf(WeightPlan weight) =>
        Enumerable.Range(0, Architecture.Layers).Where(layer => Architecture.KindOf(layer).Name == weight.Ref.Kind);

    /// <summary>Layers of the same size share one name for all; otherwise each layer has its own.</summary>
    private IEnumerable<TensorPlan> TensorsOf(WeightPlan weight, TensorPlan tensor) =>
        LayerOffsets.Count > 0 && weight.PerLayer && tensor != TensorPlan.Nothing ? LayersOf(weight).Select(tensor.InLayer) : [tensor];

    /// <summary>Returns the number of layers, or groups of sets of weights, that have a tensor; 0 if it belongs to none.</summary>
    public int LayersOf(TensorPlan tensor) =>
        !tensor.PerLayer ? 0
        : tensor.InEncoder ? Encoder!.Architecture.Layers
        : WeightSets / Architecture.SetsPerGroup;

    /// <summary>The size of the packed weights in bytes.</summary>
    public long PackedWeightBytes =>
        sizeof(float)
        * (
            LayerOffsets.Count > 0 ? LayerOffsets[LayerOffsets.Count - 1]
            : IsEncoderDecoder ? Encoder!.LayersOffset + (Encoder.LayerStride * Encoder.Architecture.Layers)
            : LayersOffset + (LayerStride * WeightSets)
        );

    /// <summary>The number of floats from the logits of one position to the next.</summary>
    public int LogitsStride => Layout.Pad(Architecture.Embeddings.VocabularySize);

    /// <summary>The number of floats of a session's cache and activations.</summary>
    public long SessionFloats { get; init; }

    /// <summary>The size of a session's cache and activations in bytes.</summary>
    public long SessionMemoryBytes => SessionFloats * sizeof(float);

    /// <summary>
    /// The number of floats of each sequence of a session: its cache. The caches follow the data that sequences share.
    /// </summary>
    public long SequenceFloats { get; init; }

    /// <summary>Whether weights and buffers are separated by guard pages. Tests use this; the results are the same.</summary>
    public bool Guarded { get; init; }

    /// <summary>
    /// The size of a session in bytes: cache, activations and, for a decoder, logits with a cache line for alignment.
    /// </summary>
    public long SessionBytes =>
        Head is not null ? SessionMemoryBytes : SessionMemoryBytes + ((((long)LogitsRows * LogitsStride) + Layout.Line) * sizeof(float));
}
