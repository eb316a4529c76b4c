using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the cross-attention of a decoder's layer.</summary>
internal sealed class CrossAttentionPlanner(StackContext stack, CrossAttentionKernels cross, BlockNorms norms)
{
    private readonly LayerTensors _tensors = new(stack.Architecture.Checkpoint);

    private AttentionArchitecture Attention => cross.Attention.Attention;

    private int Width => stack.Architecture.Width;

    /// <summary>
    /// Plans the attention of queries from the residual stream to the keys and values of <see cref="PlanKeysAndValues"/>.
    /// </summary>
    public IEnumerable<StepPlan> Plan()
    {
        CheckpointNames names = stack.Names;
        if (norms.PrecedeFeedForward)
        {
            yield return norms.Before(WeightRole.CrossAttentionNorm, names.CrossAttentionNorm, "Norm before the attention to the source");
        }

        BufferRef projected = stack.Buffer(BufferRole.Projected),
            attended = stack.Buffer(BufferRole.Attended);
        yield return new LinearStep(
            "Query projection of the attention to the source",
            cross.Query,
            stack.Weights.Panels(WeightRole.CrossQuery, cross.Query, _tensors.Matrix(names.CrossQuery, cross.Query.Outputs, Width)),
            Attention.QueryBias
                ? stack.Weights.Bias(WeightRole.CrossQuery, cross.Query, _tensors.Vector(names.CrossQuery, cross.Query.Outputs))
                : null,
            norms.FeedForwardInput,
            projected
        );
        yield return new CrossAttentionStep(
            "Attention to the source",
            cross.Attention,
            projected,
            stack.Buffer(BufferRole.Queries),
            stack.Buffer(BufferRole.CrossKeys),
            stack.Buffer(BufferRole.CrossValues),
            attended
        );
        yield return new LinearStep(
            "Output projection" + norms.OutputTitle,
            cross.Output,
            stack.Weights.Panels(WeightRole.CrossOutput, cross.Output, _tensors.Matrix(names.CrossOutput, Width, cross.Output.Inputs)),
            Attention.OutputBias
                ? stack.Weights.Bias(WeightRole.CrossOutput, cross.Output, _tensors.Vector(names.CrossOutput, Width))
                : null,
            attended,
            norms.BlockOutput
        );
        if (norms.OfOutputs)
        {
            yield return norms.Added(
                WeightRole.CrossAttentionOutputNorm,
                names.CrossAttentionOutputNorm,
                "Norm after the attention to the source"
            );
        }
        else if (norms.FollowSums)
        {
            yield return norms.InPlace(WeightRole.CrossAttentionNorm, names.CrossAttentionNorm, "Norm after the attention to the source");
        }
    }

    /// <summary>Plans the keys and values of the encoder's output, which are computed once per source.</summary>
    /// <param name="source">The buffer of the encoder's output.</param>
    /// <param name="projected">The buffer of the projected keys and values.</param>
    public StepPlan[] PlanKeysAndValues(BufferRef source, BufferRef projected)
    {
        CheckpointNames names = stack.Names;
        int rows = Attention.KeyValueHeads * Attention.HeadDim;
        bool fused = names.CrossKeyValue.Length > 0;
        TensorSlice[] matrices = fused
            ? [_tensors.Matrix(names.CrossKeyValue, 2 * rows, cross.KeyValue.Inputs)]
            :
            [
                _tensors.Matrix(names.CrossKey, rows, cross.KeyValue.Inputs),
                _tensors.Matrix(names.CrossValue, rows, cross.KeyValue.Inputs),
            ];
        TensorSlice[] biases = fused
            ? [_tensors.Vector(names.CrossKeyValue, 2 * rows)]
            :
            [
                _tensors.VectorOrZeros(Attention.KeyBias, names.CrossKey, rows),
                _tensors.VectorOrZeros(Attention.ValueBias, names.CrossValue, rows),
            ];
        return
        [
            new LinearStep(
                "Key and value projections of the source",
                cross.KeyValue,
                stack.Weights.Panels(WeightRole.CrossKeyValue, cross.KeyValue, matrices),
                cross.KeyValue.Epilogue.Bias ? stack.Weights.Bias(WeightRole.CrossKeyValue, cross.KeyValue, biases) : null,
                source,
                projected
            ),
            new CrossCacheStep(
                "Keys and values kept for the decoder",
                cross.Attention,
                projected,
                stack.Buffer(BufferRole.CrossKeys),
                stack.Buffer(BufferRole.CrossValues)
            ),
        ];
    }
}
