using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the steps of the layers of a stack, one list per kind, and places their weights in reading order.</summary>
/// <param name="stack">The stack.</param>
/// <param name="tables">The tables of positions of each kind.</param>
internal sealed class LayerPlanner(StackContext stack, IReadOnlyList<PositionTables> tables)
{
    /// <summary>Plans the steps of every kind of layer.</summary>
    public IReadOnlyList<IReadOnlyList<StepPlan>> Plan() => [.. stack.Architecture.LayerKinds.Select(PlanKind)];

    private IReadOnlyList<StepPlan> PlanKind(LayerKind kind, int index)
    {
        if (!stack.Architecture.LayersAreUniform)
        {
            stack.Weights.BeginKind(kind.Name);
        }

        CheckpointNames names = stack.Names;
        LayerKernels kernels = stack.Kernels.Layers[index];
        var norms = new BlockNorms(stack, kind);
        var attention = new SelfAttentionPlanner(stack, kernels, tables[index], norms);
        var feedForward = new FeedForwardPlanner(stack, kind.FeedForward, kernels, norms);
        var steps = new List<StepPlan>();
        if (norms.PrecedeAttention)
        {
            steps.Add(
                norms.Before(
                    WeightRole.AttentionNorm,
                    names.AttentionNorm,
                    norms.OneForBoth ? "Norm before both blocks" : "Norm before the attention"
                )
            );
        }

        steps.AddRange(attention.Plan());
        LinearStep output = attention.PlanOutput();
        if (!norms.Parallel)
        {
            steps.Add(output);
        }

        AddNormAfter(steps, norms, WeightRole.AttentionOutputNorm, names.AttentionOutputNorm, "Norm after the attention");
        if (norms.ScalesOutputs)
        {
            steps.Add(norms.Scaled(WeightRole.AttentionScale, names.AttentionScale, "Scaled output of the attention"));
        }

        if (stack.Kernels.Cross is { } cross)
        {
            steps.AddRange(new CrossAttentionPlanner(stack, cross, norms).Plan());
        }

        if (norms.PrecedeFeedForward && !norms.OneForBoth)
        {
            steps.Add(norms.Before(WeightRole.FeedForwardNorm, names.FeedForwardNorm, "Norm before the feed-forward block"));
        }

        steps.Add(feedForward.PlanUp());
        if (norms.Parallel)
        {
            // Both blocks have read the residual stream.
            steps.Add(output);
        }

        steps.Add(feedForward.PlanDown());
        AddNormAfter(steps, norms, WeightRole.FeedForwardOutputNorm, names.FeedForwardOutputNorm, "Norm after the feed-forward block");
        if (norms.ScalesOutputs)
        {
            steps.Add(norms.Scaled(WeightRole.FeedForwardScale, names.FeedForwardScale, "Scaled output of the feed-forward block"));
        }

        return steps;
    }

    private static void AddNormAfter(List<StepPlan> steps, BlockNorms norms, WeightRole role, string checkpointName, string title)
    {
        if (norms.OfOutputs)
        {
            steps.Add(norms.Added(role, checkpointName, title));
        }
        else if (norms.FollowSums)
        {
            steps.Add(norms.InPlace(role, checkpointName, title));
        }
    }
}
