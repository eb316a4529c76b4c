using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Converts an architecture to the plan of its execution.</summary>
internal static class Planner
{
    /// <param name="declared">The architecture.</param>
    /// <param name="guarded">Whether weights and buffers are separated by guard pages.</param>
    /// <exception cref="NotSupportedException">The architecture is one that no declaration can describe yet.</exception>
    public static ExecutionPlan Plan(TransformerArchitecture declared, bool guarded = false)
    {
        TransformerArchitecture architecture = declared.WithoutUnusedKinds();
        RefuseLengths(architecture);
        RefuseKinds(architecture);
        int chunk = ChunkLength.Choose(architecture);
        ExecutionPlan plan =
            architecture.Stack == Stack.Encoder
                ? PlanEncoder(architecture, chunk, guarded)
                : DecoderPlanner.Plan(architecture, chunk, guarded);
        return ActivationQuantizer.AddSteps(plan with { Naming = NamingPlanner.Plan(architecture, plan.Tensors) });
    }

    private static ExecutionPlan PlanEncoder(TransformerArchitecture architecture, int chunk, bool guarded)
    {
        var weights = new WeightLayoutBuilder(guarded);
        var buffers = new BufferLayoutBuilder(guarded);
        var stack = new StackContext(architecture, new StackKernels(architecture, chunk), weights.Of(StackPart.Main), buffers, chunk);
        var planner = new EncoderPlanner(stack);
        HeadPlan head = new HeadPlanner(stack).Plan(planner.Embedding);
        weights.BeginLayer();
        EncoderPlan encoder = planner.Plan(weights, weights.LayersOffset);
        encoder = encoder with { After = new EquatableArray<StepPlan>(encoder.After.Concat(head.Chunks)) };
        return new ExecutionPlan(
            architecture,
            chunk,
            head.Rows,
            weights.Build(),
            weights.LayersOffset,
            weights.LayerStride,
            buffers.Build(),
            EquatableArray<StepPlan>.Empty,
            EquatableArray<StepPlan>.Empty,
            EquatableArray<StepPlan>.Empty,
            weights.ParameterCount(architecture),
            MultiplyAddsOfLayers(architecture, encoder.Project.Concat(encoder.Attend))
                + ExecutionPlan.MultiplyAdds(encoder.Before)
                + ExecutionPlan.MultiplyAdds(head.Chunks)
                + (head.OutputPerToken ? ExecutionPlan.MultiplyAdds(head.Steps) : 0)
        )
        {
            SessionFloats = buffers.Floats,
            SequenceFloats = buffers.SequenceFloats,
            Guarded = guarded,
            Encoder = encoder,
            Head = head,
            LayerOffsets = architecture.LayersAreUniform
                ? EquatableArray<long>.Empty
                : new EquatableArray<long>(weights.LayerOffsets(architecture)),
        };
    }

    /// <summary>Returns the multiply-adds of all layers for one row, of which kinds may have their own steps.</summary>
    private static long MultiplyAddsOfLayers(TransformerArchitecture architecture, IEnumerable<StepPlan> steps) =>
        steps.Sum(step =>
            step is StepsByKind kinds
                ? kinds.Kinds.Select((own, kind) => ExecutionPlan.MultiplyAdds(own) * architecture.LayersOf(kind)).Sum()
                : ExecutionPlan.MultiplyAdds([step]) * architecture.Layers
        );

    /// <summary>
    /// Rejects layer kinds that no declaration describes yet. An encoder has one buffer of queries for all kinds. A session either
    /// forgets positions or keeps a state.
    /// </summary>
    private static void RefuseKinds(TransformerArchitecture architecture)
    {
        if (architecture.LayerKinds.Any(static kind => kind.ResidualScale != 1 && kind.NormsOutputs))
        {
            throw new NotSupportedException("A factor of the residual stream follows a norm of a block's output.");
        }

        if (
            architecture.LayerKinds.Any(kind =>
                kind.LayerScale
                && (kind.Arrangement != LayerArrangement.PreNorm || kind.ResidualScale != 1 || architecture.CrossAttention is not null)
            )
        )
        {
            throw new NotSupportedException("The outputs of blocks have learned factors, but the layers are not plain pre-norm layers.");
        }

        if (
            architecture.CrossAttention is not null
            && architecture.LayerKinds.Select(static kind => kind.ResidualScale).Distinct().Count() > 1
        )
        {
            throw new NotSupportedException("The layers of a decoder with cross-attention have different factors of the residual stream.");
        }

        if (architecture is { LayersAreUniform: true, Encoder: null or { LayersAreUniform: true } })
        {
            return;
        }

        if (
            architecture.Stack == Stack.EncoderDecoder
            || architecture.LayersPerSet * architecture.SetsPerGroup > 1
            || (
                architecture.Stack == Stack.Encoder && architecture.LayerKinds.Any(kind => !SharesBuffers(kind, architecture.LayerKinds[0]))
            )
        )
        {
            throw new NotSupportedException($"Layers of different shapes are supported in a decoder only, not in {architecture.Stack}.");
        }

        if (architecture.LayerKinds.Select(static kind => kind.Attention.IsLinear).Distinct().Count() > 1)
        {
            throw new NotSupportedException("Layers with linear attention and layers with softmax attention are in one model.");
        }
    }

    /// <summary>Returns whether layers of both kinds use the same buffers of an encoder, of which it has one for all kinds.</summary>
    private static bool SharesBuffers(LayerKind kind, LayerKind other) =>
        kind.Mixer.ForShapes() == other.Mixer.ForShapes()
        && kind.FeedForward == other.FeedForward
        && kind.AddsOutputsLater == other.AddsOutputsLater;

    /// <summary>
    /// Rejects layer kinds with different lengths at which rotary factors change, which no declaration has yet. A session
    /// supports one length, and keeps the tokens of one sequence to recompute its cache.
    /// </summary>
    private static void RefuseLengths(TransformerArchitecture architecture)
    {
        if (architecture.OriginalContextLengths.Count() > 1)
        {
            throw new NotSupportedException(
                $"The rotary factors of the layers change past different lengths: {string.Join(", ", architecture.OriginalContextLengths)}."
            );
        }

        if (architecture.Encoder is not null && architecture.OriginalContextLengths.Any())
        {
            throw new NotSupportedException(
                "The rotary factors of a decoder that attends to an encoder change with its length, but its session keeps no tokens."
            );
        }
    }
}
