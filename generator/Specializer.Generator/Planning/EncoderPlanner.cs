using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Plans an encoder, alone or inside an encoder-decoder. The session stores the states of the whole sequence, and the keys and
/// values of one layer at a time. All other data is stored for one chunk only, so memory is linear in the context.
/// </summary>
internal sealed class EncoderPlanner
{
    private readonly TransformerArchitecture _architecture;
    private readonly StackKernels _kernels;
    private readonly WeightLayoutBuilder _weights;
    private readonly LayerPlanner _layer;
    private readonly int _chunk;
    private readonly string _prefix;
    private readonly EmbeddingPlan _embedding;
    private readonly StepPlan[] _after;

    /// <summary>Places all data except the weights of the layers.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="kernels">The kernels of the encoder.</param>
    /// <param name="weights">Receives its weights.</param>
    /// <param name="buffers">Receives its buffers.</param>
    /// <param name="chunk">The number of rows that a step processes at once.</param>
    /// <param name="prefix">The prefix of its buffers.</param>
    /// <param name="shared">The token embeddings, if another stack has already placed them.</param>
    /// <param name="projections">Further linear layers that share the buffer of queries, keys and values.</param>
    public EncoderPlanner(
        TransformerArchitecture architecture,
        StackKernels kernels,
        WeightLayoutBuilder weights,
        BufferLayoutBuilder buffers,
        int chunk,
        string prefix = "",
        string? shared = null,
        params LinearKernel[] projections
    )
    {
        _architecture = architecture;
        _kernels = kernels;
        _weights = weights;
        _chunk = chunk;
        _prefix = prefix;
        _layer = new LayerPlanner(architecture, kernels, prefix);
        PlanStates(buffers);
        _embedding = new EmbeddingPlanner(architecture, kernels, weights, buffers, chunk, prefix).Plan(shared);
        _after = PlanFinalNorm();
        _layer.PlanTables(weights);
        PlanActivations(
            buffers,
            [kernels.QueryKeyValue, .. kernels.Global is { } global ? new[] { global.Query, global.KeyValue } : [], .. projections]
        );
        if (kernels.Global is not null)
        {
            PlanGlobalTokens(buffers, kernels.Global.Attention);
        }
    }

    /// <summary>The weight of the token embeddings; empty if there is none.</summary>
    public string Embedding => _embedding.Weight;

    /// <summary>The buffer of the hidden states.</summary>
    public string Hidden => _prefix + "Hidden";

    /// <summary>Places the weights of a layer, which must be the next ones.</summary>
    /// <param name="layersOffset">The offset of the first layer's packed weights.</param>
    public EncoderPlan Plan(long layersOffset)
    {
        StepPlan[] steps = _layer.Plan(_weights);
        (StepPlan[] project, StepPlan[] attend) = Split(steps);
        if (_architecture.Arrangement == BlockArrangement.ParallelOneNorm)
        {
            // The norm of the chunk that the projections read is already overwritten.
            attend = [attend[0], steps.OfType<NormStep>().First(), .. attend.Skip(1)];
        }

        if (_kernels.Global is { } global)
        {
            (StepPlan[] projectGlobal, StepPlan[] attendGlobal) = _layer.PlanGlobalAttention(_weights, global);
            project = [.. project, .. projectGlobal];
            attend = [attend[0], .. attendGlobal, .. attend.Skip(1)];
        }

        return new EncoderPlan(
            _architecture,
            _chunk,
            _weights.Prefix,
            _prefix,
            layersOffset,
            _weights.CurrentLayerStride,
            _embedding.Frames,
            _embedding.Steps,
            new EquatableArray<StepPlan>(project),
            new EquatableArray<StepPlan>(attend),
            new EquatableArray<StepPlan>(_after)
        );
    }

    /// <summary>Splits the attention into two phases, because all keys and values must exist before any query reads them.</summary>
    private (StepPlan[] Project, StepPlan[] Attend) Split(StepPlan[] steps)
    {
        int at = Array.FindIndex(steps, static step => step is AttentionStep);
        var attention = (AttentionStep)steps[at];

        // The buffers contain the keys and values of one layer at a time, so all layer kinds share them.
        var variants = new EquatableArray<AttentionVariant>(
            attention.Variants.Select(variant => variant with { Keys = _prefix + "Keys", Values = _prefix + "Values" })
        );
        return (
            [
                .. steps.Take(at),
                new AppendStep(
                    "Keys and values of the chunk",
                    variants,
                    attention.QueryNorm,
                    attention.KeyNorm,
                    attention.Input,
                    attention.Queries
                ),
            ],
            [new AttendStep(attention.Title, variants, attention.Queries, attention.Output), .. steps.Skip(at + 1)]
        );
    }

    private void PlanStates(BufferLayoutBuilder buffers)
    {
        AttentionArchitecture attention = _architecture.Attention;
        AttentionKernel kernel = _kernels.Attention[0];
        int length = _architecture.ContextLength,
            stride = _kernels.Norm.Stride;
        buffers.Block("Keys", kernel.DescribeKeys("a layer,"), kernel.KeysPerHead * attention.KeyValueHeads);
        buffers.Block("Values", kernel.DescribeValues("a layer,"), kernel.ValuesPerHead * attention.KeyValueHeads);
        buffers.PositionBuffer(
            "Queries",
            $"scaled queries, [{attention.KeyValueHeads} key/value heads][{length} positions][{attention.GroupSize} heads of the group][{kernel.HeadStride}]",
            kernel.QueryFloats,
            attention.GroupSize * kernel.HeadStride
        );
        buffers.PositionBuffer(
            "Hidden",
            FormattableString.Invariant($"hidden states, [{length} positions][{_architecture.Width}], rows {stride} floats apart"),
            (long)length * stride,
            stride
        );
    }

    /// <summary>Plans the data of global tokens, their queries and their keys; all of it is linear in the context.</summary>
    private void PlanGlobalTokens(BufferLayoutBuilder buffers, AttentionKernel kernel)
    {
        AttentionArchitecture attention = kernel.Attention;
        int length = _architecture.ContextLength;
        // A vector of counts is compared with the vector one count later, up to the end of the last vector of positions.
        buffers.Block(
            "GlobalsBefore",
            $"counts of global tokens before each of {length} positions and behind the last",
            Layout.Pad(length) + 1
        );
        buffers.Block(
            "GlobalKeys",
            $"keys that global tokens see, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions, in panels][{attention.HeadDimension}]",
            kernel.KeysPerHead * attention.KeyValueHeads
        );
        buffers.Block(
            "GlobalValues",
            $"values that global tokens see, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions][{kernel.HeadStride}]",
            kernel.ValuesPerHead * attention.KeyValueHeads
        );
        buffers.Block(
            "GlobalQueries",
            $"scaled queries of global tokens, [{attention.KeyValueHeads} key/value heads][{length} tokens][{attention.GroupSize} heads of the group][{kernel.HeadStride}]",
            kernel.QueryFloats
        );
        buffers.RowBuffer("GlobalStates", "hidden states of global tokens", _chunk, _architecture.Width, _kernels.Norm.Stride);
        buffers.RowBuffer(
            "GlobalAttended",
            "attention output of global tokens",
            _chunk,
            attention.Heads * attention.HeadDimension,
            kernel.OutputStride
        );
    }

    /// <summary>Places the activations of one chunk.</summary>
    private void PlanActivations(BufferLayoutBuilder buffers, LinearKernel[] projections)
    {
        if (_architecture.Arrangement is not (BlockArrangement.PostNorm or BlockArrangement.NormedResidual))
        {
            buffers.RowBuffer("Normed", "normalised hidden states", _chunk, _architecture.Width, _kernels.Norm.Stride);
        }

        LinearKernel widest = projections.OrderByDescending(static kernel => kernel.OutputStride).First();
        buffers.RowBuffer("Projected", "queries, keys and values as projected", _chunk, widest.Outputs, widest.OutputStride);
        buffers.RowBuffer("Attended", "attention output of all heads", _chunk, _kernels.Output.Inputs, _kernels.Output.InputStride);
        buffers.RowBuffer(
            "Inner",
            "inner activations of the feed-forward block",
            _chunk,
            _architecture.FeedForward.Width,
            _kernels.Down.InputStride
        );
        if (_architecture.Arrangement == BlockArrangement.Sandwich)
        {
            buffers.RowBuffer("Block", "outputs of a block before their norm", _chunk, _architecture.Width, _kernels.Norm.Stride);
        }
    }

    private StepPlan[] PlanFinalNorm()
    {
        CheckpointLayout checkpoint = _architecture.Checkpoint;
        string name = checkpoint.Names.FinalNorm;
        return name.Length == 0
            ? []
            :
            [
                new NormStep(
                    "Final norm",
                    _kernels.Norm,
                    _weights.Norm("FinalNorm", _architecture.Width, _architecture.Norm, checkpoint.Suffixes, name, perLayer: false),
                    Hidden,
                    Hidden
                ),
            ];
    }
}
