using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Plans an encoder, alone or inside an encoder-decoder. The session contains the states of the whole sequence, the keys and
/// values of one layer, and all other activations of one chunk. Memory is linear in the context.
/// </summary>
internal sealed class EncoderPlanner
{
    private readonly StackContext _stack;
    private readonly LayerPlanner _layers;
    private readonly EmbeddingPlan _embedding;
    private readonly StepPlan[] _after;

    /// <summary>Places all weights and buffers except for the weights of the layers.</summary>
    /// <param name="stack">The encoder.</param>
    /// <param name="shared">The token embeddings, if another stack has placed them.</param>
    /// <param name="projections">Further linear layers whose results use the buffer of queries, keys and values.</param>
    public EncoderPlanner(StackContext stack, WeightRef? shared = null, params LinearKernel[] projections)
    {
        _stack = stack;
        var buffers = new EncoderBuffers(stack);
        buffers.PlaceStates();
        _embedding = new EmbeddingPlanner(stack).Plan(shared);
        _after = PlanFinalNorm();
        _layers = new LayerPlanner(stack, PositionTables.Place(stack));
        buffers.PlaceActivations(projections);
    }

    /// <summary>The weight of the token embeddings; null if there are none.</summary>
    public WeightRef? Embedding => _embedding.Weight;

    /// <summary>Places the weights of a layer, which must be the next ones.</summary>
    /// <param name="layout">The packed weights.</param>
    /// <param name="layersOffset">The offset of the first layer's packed weights.</param>
    public EncoderPlan Plan(WeightLayoutBuilder layout, long layersOffset)
    {
        (IReadOnlyList<StepPlan> Project, IReadOnlyList<StepPlan> Attend)[] kinds = [.. _layers.Plan().Select(PlanPhases)];
        EquatableArray<int> pattern = _stack.Architecture.LayerPattern;
        return new EncoderPlan(
            _stack.Architecture,
            _stack.Chunk,
            _stack.Part,
            layersOffset,
            layout.CurrentLayerStride,
            _embedding.Frames,
            _embedding.Steps,
            new EquatableArray<StepPlan>(StepsByKind.Merge([.. kinds.Select(static kind => kind.Project)], pattern)),
            new EquatableArray<StepPlan>(StepsByKind.Merge([.. kinds.Select(static kind => kind.Attend)], pattern)),
            new EquatableArray<StepPlan>(_after)
        )
        {
            SharedPositions = _stack.EncodesTogether ? _stack.Kernels.Layers.Min(static layer => layer.Attention.CacheLength) : 0,
        };
    }

    /// <summary>
    /// Splits the steps of a layer at its attention. All keys and values must be computed before any query attends to them.
    /// </summary>
    private (IReadOnlyList<StepPlan> Project, IReadOnlyList<StepPlan> Attend) PlanPhases(IReadOnlyList<StepPlan> steps)
    {
        int at = steps.ToList().FindIndex(static step => step is AttentionStep);
        var attention = (AttentionStep)steps[at];
        List<StepPlan> project =
        [
            .. steps.Take(at),
            new AppendStep("Keys and values of the chunk", attention.Attention, _stack.EncodesTogether),
        ];
        List<StepPlan> attend = [new AttendStep(attention.Title, attention.Attention, _stack.EncodesTogether)];
        var norms = new BlockNorms(_stack, _stack.Architecture.LayerKinds[0]);
        if (_stack.Kernels.Global is { } global)
        {
            var planner = new GlobalAttentionPlanner(_stack, global, norms);
            project.AddRange(planner.PlanProjections());
            attend.AddRange(planner.PlanAttention());
        }

        if (norms.OneForBoth)
        {
            // The projections have read the norm of this chunk. Those of later chunks have replaced it.
            attend.Add(steps.OfType<NormStep>().First());
        }

        attend.AddRange(steps.Skip(at + 1));
        return (project, attend);
    }

    private StepPlan[] PlanFinalNorm()
    {
        CheckpointLayout checkpoint = _stack.Architecture.Checkpoint;
        string name = checkpoint.Names.FinalNorm;
        BufferRef hidden = _stack.Buffer(BufferRole.Hidden);
        return name.Length == 0
            ? []
            :
            [
                new NormStep(
                    "Final norm",
                    _stack.Kernels.Norm,
                    _stack.Weights.Norm(
                        WeightRole.FinalNorm,
                        _stack.Architecture.Width,
                        _stack.Architecture.Norm,
                        checkpoint.Suffixes,
                        name,
                        perLayer: false
                    ),
                    hidden,
                    hidden
                ),
            ];
    }
}
