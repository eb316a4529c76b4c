using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the self-attention of one kind of layer.</summary>
internal sealed class SelfAttentionPlanner(StackContext stack, LayerKernels kernels, PositionTables tables, BlockNorms norms)
{
    private readonly LayerTensors _tensors = new(stack.Architecture.Checkpoint);

    private AttentionArchitecture Attention => kernels.Attention.Attention;

    /// <summary>Plans the projections of queries, keys and values, and the attention itself.</summary>
    public IEnumerable<StepPlan> Plan()
    {
        LinearKernel projections = kernels.QueryKeyValue;
        WeightRef weight = stack.Weights.Panels(
            WeightRole.QueryKeyValue,
            projections,
            _tensors.QueryKeyValueWeights(Attention, stack.Architecture.Width)
        );
        WeightRef? bias = projections.Epilogue.Bias
            ? stack.Weights.Bias(WeightRole.QueryKeyValue, projections, _tensors.QueryKeyValueBiases(Attention))
            : null;
        WeightRef? queryNorm = null,
            keyNorm = null;
        if (Attention.QueryKeyNorm)
        {
            queryNorm = HeadNorm(WeightRole.QueryNorm, stack.Names.QueryNorm);
            keyNorm = HeadNorm(WeightRole.KeyNorm, stack.Names.KeyNorm);
        }

        BufferRef projected = stack.Buffer(BufferRole.Projected);
        yield return new LinearStep("Query, key and value projections", projections, weight, bias, norms.AttentionInput, projected);
        if (Attention.ProjectionNorm != ProjectionNorm.None)
        {
            int queries = Attention.Heads * Attention.HeadDim;
            yield return PartNorm(WeightRole.QueryNorm, stack.Names.QueryNorm, Attention.Heads, 0, "queries");
            yield return PartNorm(WeightRole.KeyNorm, stack.Names.KeyNorm, Attention.KeyValueHeads, queries, "keys");
        }

        yield return new AttentionStep(
            "Attention",
            new SelfAttention(
                kernels.Attention,
                projected,
                stack.Buffer(BufferRole.Queries),
                Cache(BufferRole.Keys),
                Cache(BufferRole.Values),
                stack.Buffer(BufferRole.Attended)
            )
            {
                QueryNorm = queryNorm,
                KeyNorm = keyNorm,
                Table = tables.Table,
                ShortTable = tables.ShortTable,
            }
        );
    }

    /// <summary>Plans the output projection.</summary>
    public LinearStep PlanOutput()
    {
        LinearKernel output = kernels.Output;
        return new LinearStep(
            "Output projection" + norms.OutputTitle,
            output,
            stack.Weights.Panels(
                WeightRole.AttentionOutput,
                output,
                _tensors.Matrix(stack.Names.AttentionOutput, stack.Architecture.Width, output.Inputs)
            ),
            Attention.OutputBias
                ? stack.Weights.Bias(
                    WeightRole.AttentionOutput,
                    output,
                    _tensors.Vector(stack.Names.AttentionOutput, stack.Architecture.Width)
                )
                : null,
            stack.Buffer(BufferRole.Attended),
            norms.BlockOutput
        );
    }

    private PartNormStep PartNorm(WeightRole role, string checkpointName, int heads, int offset, string title)
    {
        int width = Attention.HeadDim;
        bool together = Attention.ProjectionNorm == ProjectionNorm.AllHeads;
        NormArchitecture norm = stack.Architecture.Norm;
        string name = checkpointName + stack.Suffixes.NormWeight;
        return new PartNormStep(
            together ? $"Norm of all {title}" : $"Norm of every head of {title}",
            new PartNormKernel(
                norm.Kind,
                together ? 1 : heads,
                together ? heads * width : width,
                offset,
                kernels.QueryKeyValue.OutputStride,
                norm.Epsilon
            ),
            stack.Weights.HeadNorms(
                role,
                together ? new TensorPlan(name, perLayer: true, heads * width) : new TensorPlan(name, perLayer: true, heads, width)
            ),
            stack.Buffer(BufferRole.Projected)
        );
    }

    private WeightRef HeadNorm(WeightRole role, string checkpointName) =>
        stack.Weights.Norm(role, Attention.HeadDim, stack.Architecture.Norm, stack.Suffixes, checkpointName, perLayer: true);

    /// <summary>
    /// Places the cache. A decoder keeps that of every kind; an encoder keeps one layer's keys and values, at one place for all
    /// kinds.
    /// </summary>
    private BufferRef Cache(BufferRole role) => stack.Buffer(role) with { Kind = stack.IsEncoder ? "" : kernels.Attention.KindName };
}
