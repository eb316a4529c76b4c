using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the attention of global tokens to all others, with separate projections (Beltagy et al. 2020).</summary>
internal sealed class GlobalAttentionPlanner(StackContext stack, CrossAttentionKernels global, BlockNorms norms)
{
    private readonly LayerTensors _tensors = new(stack.Architecture.Checkpoint);

    private AttentionArchitecture Attention => global.Attention.Attention;

    private int Width => stack.Architecture.Width;

    /// <summary>Plans the steps that precede the attention of any token.</summary>
    public StepPlan[] PlanProjections()
    {
        CheckpointNames names = stack.Names;
        int queries = global.Query.Outputs,
            keys = global.KeyValue.Outputs / 2;
        BufferRef projected = stack.Buffer(BufferRole.Projected),
            states = stack.Buffer(BufferRole.GlobalStates);
        WeightRef keyValue = stack.Weights.Panels(
            WeightRole.GlobalKeyValue,
            global.KeyValue,
            _tensors.Matrix(names.GlobalKey, keys, Width),
            _tensors.Matrix(names.GlobalValue, keys, Width)
        );
        WeightRef? keyValueBias = global.KeyValue.Epilogue.Bias
            ? stack.Weights.Bias(
                WeightRole.GlobalKeyValue,
                global.KeyValue,
                _tensors.VectorOrZeros(Attention.KeyBias, names.GlobalKey, keys),
                _tensors.VectorOrZeros(Attention.ValueBias, names.GlobalValue, keys)
            )
            : null;
        WeightRef query = stack.Weights.Panels(WeightRole.GlobalQuery, global.Query, _tensors.Matrix(names.GlobalQuery, queries, Width));
        WeightRef? queryBias = Attention.QueryBias
            ? stack.Weights.Bias(WeightRole.GlobalQuery, global.Query, _tensors.Vector(names.GlobalQuery, queries))
            : null;
        return
        [
            new LinearStep(
                "Keys and values that global tokens see",
                global.KeyValue,
                keyValue,
                keyValueBias,
                norms.AttentionInput,
                projected
            )
            {
                When = StepCondition.SequenceHasGlobalTokens,
            },
            new CrossCacheStep(
                "Those of the chunk",
                global.Attention,
                projected,
                stack.Buffer(BufferRole.GlobalKeys),
                stack.Buffer(BufferRole.GlobalValues)
            )
            {
                When = StepCondition.SequenceHasGlobalTokens,
            },
            new GlobalRowsStep(
                "States of the global tokens of the chunk",
                new GlobalRowsKernel(Width, stack.Kernels.Norm.Stride, Back: false),
                norms.AttentionInput,
                states
            )
            {
                When = StepCondition.ChunkHasGlobalTokens,
            },
            new LinearStep("Their queries", global.Query, query, queryBias, states, projected)
            {
                When = StepCondition.ChunkHasGlobalTokens,
            },
            new GlobalQueriesStep("Their queries, scaled", global.Attention, projected, stack.Buffer(BufferRole.GlobalQueries))
            {
                When = StepCondition.ChunkHasGlobalTokens,
            },
        ];
    }

    /// <summary>Plans the attention. Its results replace the local attention of the global tokens.</summary>
    public StepPlan[] PlanAttention() =>
        [
            new GlobalAttendStep(
                "Attention of global tokens to all others",
                global.Attention,
                stack.Buffer(BufferRole.GlobalQueries),
                stack.Buffer(BufferRole.GlobalKeys),
                stack.Buffer(BufferRole.GlobalValues),
                stack.Buffer(BufferRole.GlobalAttended)
            )
            {
                When = StepCondition.ChunkHasGlobalTokens,
            },
            new GlobalRowsStep(
                "In the place of what they saw as local tokens",
                new GlobalRowsKernel(global.Query.Outputs, global.Attention.OutputStride, Back: true),
                stack.Buffer(BufferRole.GlobalAttended),
                stack.Buffer(BufferRole.Attended)
            )
            {
                When = StepCondition.ChunkHasGlobalTokens,
            },
        ];
}
