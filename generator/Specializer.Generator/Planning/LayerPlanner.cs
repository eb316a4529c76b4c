using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the steps of a layer and places its weights in the order in which they are read.</summary>
/// <param name="architecture">The stack.</param>
/// <param name="kernels">The kernels of the stack.</param>
/// <param name="prefix">The prefix of its buffers.</param>
internal sealed class LayerPlanner(TransformerArchitecture architecture, StackKernels kernels, string prefix = "")
{
    private readonly CheckpointLayout _checkpoint = architecture.Checkpoint;
    private readonly TensorSuffixes _suffixes = architecture.Checkpoint.Suffixes;
    private readonly Dictionary<LayerKind, string?> _tables = [];
    private readonly Dictionary<LayerKind, string?> _shortTables = [];

    /// <summary>
    /// The input of both blocks. It is the residual stream itself if norms only follow the sums, or are norms of the stream.
    /// </summary>
    private string BlockInput =>
        prefix + (architecture.Arrangement is BlockArrangement.PostNorm or BlockArrangement.NormedResidual ? "Hidden" : "Normed");

    /// <summary>Places the tables that all layers of a kind share.</summary>
    public void PlanTables(WeightLayoutBuilder weights)
    {
        foreach (LayerKind kind in architecture.LayerKinds)
        {
            _tables[kind] = weights.Positions(
                kind,
                architecture.Attention.Heads,
                architecture.ContextLength,
                _checkpoint.Names.RelativeBias
            );
            _shortTables[kind] = weights.ShortPositions(kind);
        }
    }

    public StepPlan[] Plan(WeightLayoutBuilder weights)
    {
        CheckpointNames names = _checkpoint.Names;
        var steps = new List<StepPlan>();
        bool parallel = architecture.Arrangement is BlockArrangement.ParallelOneNorm or BlockArrangement.ParallelTwoNorms;
        bool sandwich = architecture.Arrangement == BlockArrangement.Sandwich;
        bool post = architecture.Arrangement == BlockArrangement.PostNorm;

        if (!post)
        {
            steps.Add(
                Norm(
                    weights,
                    "AttentionNorm",
                    names.AttentionNorm,
                    parallel && architecture.Arrangement == BlockArrangement.ParallelOneNorm
                        ? "Norm before both blocks"
                        : "Norm before the attention"
                )
            );
        }

        PlanAttention(weights, steps);
        var output = new LinearStep(
            sandwich ? "Output projection" : "Output projection, added to the residual stream",
            kernels.Output,
            weights.Panels(
                "AttentionOutputWeight",
                kernels.Output,
                Matrix(names.AttentionOutput, architecture.Width, kernels.Output.Inputs)
            ),
            !architecture.Attention.OutputBias
                ? null
                : weights.Bias("AttentionOutputBias", kernels.Output, Vector(names.AttentionOutput, architecture.Width)),
            prefix + "Attended",
            prefix + (sandwich ? "Block" : "Hidden")
        );
        if (!parallel)
        {
            steps.Add(output);
        }

        if (sandwich)
        {
            steps.Add(
                NormAdd(
                    weights,
                    "AttentionOutputNorm",
                    names.AttentionOutputNorm,
                    "Norm behind the attention, added to the residual stream"
                )
            );
        }

        if (post)
        {
            steps.Add(NormInPlace(weights, "AttentionOutputNorm", names.AttentionOutputNorm, "Norm behind the attention"));
        }

        if (kernels.Cross is { } cross)
        {
            PlanCrossAttention(weights, steps, cross);
        }

        if (!post && architecture.Arrangement != BlockArrangement.ParallelOneNorm)
        {
            steps.Add(Norm(weights, "FeedForwardNorm", names.FeedForwardNorm, "Norm before the feed-forward block"));
        }

        steps.Add(PlanUp(weights));
        if (parallel)
        {
            // Both blocks have already read the residual stream.
            steps.Add(output);
        }

        steps.Add(
            new LinearStep(
                sandwich ? "Down projection" : "Down projection, added to the residual stream",
                kernels.Down,
                weights.Panels("DownWeight", kernels.Down, Matrix(names.Down, architecture.Width, architecture.FeedForward.Width)),
                !architecture.FeedForward.Bias ? null : weights.Bias("DownBias", kernels.Down, Vector(names.Down, architecture.Width)),
                prefix + "Inner",
                prefix + (sandwich ? "Block" : "Hidden")
            )
        );
        if (sandwich)
        {
            steps.Add(
                NormAdd(
                    weights,
                    "FeedForwardOutputNorm",
                    names.FeedForwardOutputNorm,
                    "Norm behind the feed-forward block, added to the residual stream"
                )
            );
        }
        else if (post)
        {
            steps.Add(NormInPlace(weights, "FeedForwardOutputNorm", names.FeedForwardOutputNorm, "Norm behind the feed-forward block"));
        }

        return [.. steps];
    }

    private void PlanAttention(WeightLayoutBuilder weights, List<StepPlan> steps)
    {
        AttentionArchitecture attention = architecture.Attention;
        string weight = weights.Panels("QueryKeyValueWeight", kernels.QueryKeyValue, QueryKeyValue(_suffixes.Weight, architecture.Width));
        string? bias = !kernels.QueryKeyValue.Epilogue.Bias
            ? null
            : weights.Bias("QueryKeyValueBias", kernels.QueryKeyValue, QueryKeyValue(_suffixes.Bias, null));
        string? queryNorm = null,
            keyNorm = null;
        if (attention.QueryKeyNorm)
        {
            queryNorm = weights.Norm(
                "QueryNorm",
                attention.HeadDimension,
                architecture.Norm,
                _suffixes,
                _checkpoint.Names.QueryNorm,
                perLayer: true
            );
            keyNorm = weights.Norm(
                "KeyNorm",
                attention.HeadDimension,
                architecture.Norm,
                _suffixes,
                _checkpoint.Names.KeyNorm,
                perLayer: true
            );
        }

        steps.Add(
            new LinearStep("Query, key and value projections", kernels.QueryKeyValue, weight, bias, BlockInput, prefix + "Projected")
        );
        steps.Add(
            new AttentionStep(
                "Attention",
                new EquatableArray<AttentionVariant>(
                    kernels.Attention.Select(kernel => new AttentionVariant(
                        kernel,
                        _tables[kernel.Kind],
                        kernel.Kind.Name + "Keys",
                        kernel.Kind.Name + "Values"
                    )
                    {
                        ShortTable = _shortTables[kernel.Kind],
                    })
                ),
                queryNorm,
                keyNorm,
                prefix + "Projected",
                prefix + "Queries",
                prefix + "Attended"
            )
        );
    }

    /// <summary>
    /// Plans cross-attention: queries of the residual stream over keys and values from <see cref="PlanCrossKeysAndValues"/>,
    /// which are computed once for each source.
    /// </summary>
    private void PlanCrossAttention(WeightLayoutBuilder weights, List<StepPlan> steps, CrossAttentionKernels cross)
    {
        CheckpointNames names = _checkpoint.Names;
        AttentionArchitecture attention = cross.Attention.Attention;
        bool post = architecture.Arrangement == BlockArrangement.PostNorm;
        if (!post)
        {
            steps.Add(Norm(weights, "CrossAttentionNorm", names.CrossAttentionNorm, "Norm before the attention to the source"));
        }

        steps.Add(
            new LinearStep(
                "Query projection of the attention to the source",
                cross.Query,
                weights.Panels("CrossQueryWeight", cross.Query, Matrix(names.CrossQuery, cross.Query.Outputs, architecture.Width)),
                !attention.QueryBias ? null : weights.Bias("CrossQueryBias", cross.Query, Vector(names.CrossQuery, cross.Query.Outputs)),
                BlockInput,
                "Projected"
            )
        );
        steps.Add(
            new CrossAttentionStep(
                "Attention to the source",
                cross.Attention,
                "Projected",
                "Queries",
                "CrossKeys",
                "CrossValues",
                "Attended"
            )
        );
        bool sandwich = architecture.Arrangement == BlockArrangement.Sandwich;
        steps.Add(
            new LinearStep(
                sandwich ? "Output projection" : "Output projection, added to the residual stream",
                cross.Output,
                weights.Panels("CrossOutputWeight", cross.Output, Matrix(names.CrossOutput, architecture.Width, cross.Output.Inputs)),
                !attention.OutputBias ? null : weights.Bias("CrossOutputBias", cross.Output, Vector(names.CrossOutput, architecture.Width)),
                "Attended",
                sandwich ? "Block" : "Hidden"
            )
        );
        if (sandwich)
        {
            steps.Add(
                NormAdd(
                    weights,
                    "CrossAttentionOutputNorm",
                    names.CrossAttentionOutputNorm,
                    "Norm behind the attention to the source, added to the residual stream"
                )
            );
        }
        else if (post)
        {
            steps.Add(NormInPlace(weights, "CrossAttentionNorm", names.CrossAttentionNorm, "Norm behind the attention to the source"));
        }
    }

    /// <summary>Plans the keys and values of the encoder's output for one layer of the decoder.</summary>
    public StepPlan[] PlanCrossKeysAndValues(WeightLayoutBuilder weights, string source, string projected)
    {
        CheckpointNames names = _checkpoint.Names;
        CrossAttentionKernels cross = kernels.Cross!;
        AttentionArchitecture attention = cross.Attention.Attention;
        int rows = attention.KeyValueHeads * attention.HeadDimension;
        TensorSlice Bias(bool present, string name) =>
            present ? Vector(name, rows) : new TensorSlice(TensorPlan.Nothing, rows, 0, rows, rows, false);
        bool fused = names.CrossKeyValue.Length > 0;
        TensorSlice[] matrices = fused
            ? [Matrix(names.CrossKeyValue, 2 * rows, cross.KeyValue.Inputs)]
            : [Matrix(names.CrossKey, rows, cross.KeyValue.Inputs), Matrix(names.CrossValue, rows, cross.KeyValue.Inputs)];
        TensorSlice[] biases = fused
            ? [Vector(names.CrossKeyValue, 2 * rows)]
            : [Bias(attention.KeyBias, names.CrossKey), Bias(attention.ValueBias, names.CrossValue)];
        return
        [
            new LinearStep(
                "Key and value projections of the source",
                cross.KeyValue,
                weights.Panels("CrossKeyValueWeight", cross.KeyValue, matrices),
                !cross.KeyValue.Epilogue.Bias ? null : weights.Bias("CrossKeyValueBias", cross.KeyValue, biases),
                source,
                projected
            ),
            new CrossCacheStep("Keys and values kept for the decoder", cross.Attention, projected, "CrossKeys", "CrossValues"),
        ];
    }

    /// <summary>
    /// Plans the attention of global tokens to all tokens, with separate projections (Beltagy et al. 2020). The first steps
    /// compute the data that must exist before any token attends. The others compute the attention, whose results replace the
    /// results of the same tokens as local ones.
    /// </summary>
    public (StepPlan[] Project, StepPlan[] Attend) PlanGlobalAttention(WeightLayoutBuilder weights, CrossAttentionKernels global)
    {
        CheckpointNames names = _checkpoint.Names;
        AttentionArchitecture attention = architecture.Attention;
        int queries = global.Query.Outputs,
            keys = global.KeyValue.Outputs / 2;
        TensorSlice Bias(bool present, string name) =>
            present ? Vector(name, keys) : new TensorSlice(TensorPlan.Nothing, keys, 0, keys, keys, false);
        var select = new GlobalRowsKernel(architecture.Width, kernels.Norm.Stride, Back: false);
        return (
            [
                new LinearStep(
                    "Keys and values that global tokens see",
                    global.KeyValue,
                    weights.Panels(
                        "GlobalKeyValueWeight",
                        global.KeyValue,
                        Matrix(names.GlobalKey, keys, architecture.Width),
                        Matrix(names.GlobalValue, keys, architecture.Width)
                    ),
                    !global.KeyValue.Epilogue.Bias
                        ? null
                        : weights.Bias(
                            "GlobalKeyValueBias",
                            global.KeyValue,
                            Bias(attention.KeyBias, names.GlobalKey),
                            Bias(attention.ValueBias, names.GlobalValue)
                        ),
                    BlockInput,
                    prefix + "Projected"
                )
                {
                    When = StepCondition.SequenceHasGlobalTokens,
                },
                new CrossCacheStep(
                    "Those of the chunk",
                    global.Attention,
                    prefix + "Projected",
                    prefix + "GlobalKeys",
                    prefix + "GlobalValues"
                )
                {
                    When = StepCondition.SequenceHasGlobalTokens,
                },
                new GlobalRowsStep("States of the global tokens of the chunk", select, BlockInput, prefix + "GlobalStates")
                {
                    When = StepCondition.ChunkHasGlobalTokens,
                },
                new LinearStep(
                    "Their queries",
                    global.Query,
                    weights.Panels("GlobalQueryWeight", global.Query, Matrix(names.GlobalQuery, queries, architecture.Width)),
                    !attention.QueryBias ? null : weights.Bias("GlobalQueryBias", global.Query, Vector(names.GlobalQuery, queries)),
                    prefix + "GlobalStates",
                    prefix + "Projected"
                )
                {
                    When = StepCondition.ChunkHasGlobalTokens,
                },
                new GlobalQueriesStep("Their queries, scaled", global.Attention, prefix + "Projected", prefix + "GlobalQueries")
                {
                    When = StepCondition.ChunkHasGlobalTokens,
                },
            ],
            [
                new GlobalAttendStep(
                    "Attention of global tokens to all others",
                    global.Attention,
                    prefix + "GlobalQueries",
                    prefix + "GlobalKeys",
                    prefix + "GlobalValues",
                    prefix + "GlobalAttended"
                )
                {
                    When = StepCondition.ChunkHasGlobalTokens,
                },
                new GlobalRowsStep(
                    "In the place of what they saw as local tokens",
                    new GlobalRowsKernel(queries, global.Attention.OutputStride, Back: true),
                    prefix + "GlobalAttended",
                    prefix + "Attended"
                )
                {
                    When = StepCondition.ChunkHasGlobalTokens,
                },
            ]
        );
    }

    /// <summary>Returns the rows of all queries, then all keys, then all values, independently of the checkpoint's layout.</summary>
    private TensorSlice[] QueryKeyValue(string suffix, int? inputs)
    {
        AttentionArchitecture attention = architecture.Attention;
        CheckpointNames names = _checkpoint.Names;
        int head = attention.HeadDimension;
        int queryRows = attention.Heads * head;
        int keyRows = attention.KeyValueHeads * head;
        bool inputsFirst = _checkpoint.InputsFirst && inputs is not null;

        TensorPlan Tensor(string name, int rows) =>
            inputs is not { } columns ? new(name + suffix, true, rows)
            : inputsFirst ? new(name + suffix, true, columns, rows)
            : new(name + suffix, true, rows, columns);

        if (_checkpoint.QueryKeyValue == QueryKeyValueLayout.Separate)
        {
            TensorSlice Part(bool present, string name, int rows) =>
                present || inputs is not null
                    ? TensorSlice.Whole(Tensor(name, rows), inputsFirst)
                    : new TensorSlice(TensorPlan.Nothing, rows, 0, rows, rows, false);
            return
            [
                Part(attention.QueryBias, names.Query, queryRows),
                Part(attention.KeyBias, names.Key, keyRows),
                Part(attention.ValueBias, names.Value, keyRows),
            ];
        }

        TensorPlan fused = Tensor(names.QueryKeyValue, queryRows + (2 * keyRows));
        if (_checkpoint.QueryKeyValue == QueryKeyValueLayout.Concatenated)
        {
            return
            [
                new TensorSlice(fused, queryRows, 0, queryRows, queryRows, inputsFirst),
                new TensorSlice(fused, keyRows, queryRows, keyRows, keyRows, inputsFirst),
                new TensorSlice(fused, keyRows, queryRows + keyRows, keyRows, keyRows, inputsFirst),
            ];
        }

        int group = attention.GroupSize * head;
        int stride = group + (2 * head);
        return
        [
            new TensorSlice(fused, queryRows, 0, group, stride, inputsFirst),
            new TensorSlice(fused, keyRows, group, head, stride, inputsFirst),
            new TensorSlice(fused, keyRows, group + head, head, stride, inputsFirst),
        ];
    }

    private LinearStep PlanUp(WeightLayoutBuilder weights)
    {
        CheckpointNames names = _checkpoint.Names;
        FeedForwardArchitecture feedForward = architecture.FeedForward;
        int inner = feedForward.Width;
        if (!feedForward.Gated)
        {
            return new LinearStep(
                "Up projection, activated",
                kernels.Up,
                weights.Panels("UpWeight", kernels.Up, Matrix(names.Up, inner, architecture.Width)),
                !feedForward.Bias ? null : weights.Bias("UpBias", kernels.Up, Vector(names.Up, inner)),
                BlockInput,
                prefix + "Inner"
            );
        }

        TensorSlice gate,
            up;
        TensorSlice[] biases = [];
        if (_checkpoint.GateUpConcatenated)
        {
            TensorSlice both = Matrix(names.GateUp, 2 * inner, architecture.Width);
            gate = both with { Rows = inner, GroupRows = inner, GroupStride = inner };
            up = gate with { First = inner };
            if (feedForward.Bias)
            {
                TensorSlice gateBias = Vector(names.GateUp, 2 * inner) with { Rows = inner, GroupRows = inner, GroupStride = inner };
                biases = [gateBias, gateBias with { First = inner }];
            }
        }
        else
        {
            gate = Matrix(names.Gate, inner, architecture.Width);
            up = Matrix(names.Up, inner, architecture.Width);
            biases = feedForward.Bias ? [Vector(names.Gate, inner), Vector(names.Up, inner)] : [];
        }

        return new LinearStep(
            "Gate and up projections, activated and multiplied",
            kernels.Up,
            weights.Panels("GateUpWeight", kernels.Up, gate, up),
            !feedForward.Bias ? null : weights.Bias("GateUpBias", kernels.Up, biases),
            BlockInput,
            prefix + "Inner"
        );
    }

    private NormStep Norm(WeightLayoutBuilder weights, string name, string checkpointName, string title) =>
        architecture.Arrangement == BlockArrangement.NormedResidual
            ? NormInPlace(weights, name, checkpointName, title + ", which becomes the residual stream")
            : new(
                title,
                kernels.Norm,
                weights.Norm(name, architecture.Width, architecture.Norm, _suffixes, checkpointName, perLayer: true),
                prefix + "Hidden",
                prefix + "Normed"
            );

    private NormStep NormInPlace(WeightLayoutBuilder weights, string name, string checkpointName, string title) =>
        new(
            title,
            kernels.Norm,
            weights.Norm(name, architecture.Width, architecture.Norm, _suffixes, checkpointName, perLayer: true),
            prefix + "Hidden",
            prefix + "Hidden"
        );

    private NormStep NormAdd(WeightLayoutBuilder weights, string name, string checkpointName, string title) =>
        new(
            title,
            kernels.NormAdd,
            weights.Norm(name, architecture.Width, architecture.Norm, _suffixes, checkpointName, perLayer: true),
            prefix + "Block",
            prefix + "Hidden"
        );

    private TensorSlice Matrix(string name, int outputs, int inputs) =>
        _checkpoint.InputsFirst
            ? TensorSlice.Whole(new TensorPlan(name + _suffixes.Weight, true, inputs, outputs), inputsFirst: true)
            : TensorSlice.Whole(new TensorPlan(name + _suffixes.Weight, true, outputs, inputs));

    private TensorSlice Vector(string name, int length) => TensorSlice.Whole(new TensorPlan(name + _suffixes.Bias, true, length));
}
