using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// Plans an encoder: the states of the whole sequence lie in the session, everything else only for a chunk of it, and
/// the keys and values of one layer at a time. So memory is linear in the context.
/// </summary>
internal sealed class EncoderPlanner
{
    /// <summary>Rows of output that are computed together hold about this many floats.</summary>
    private const int OutputFloats = 2 * 1024 * 1024;

    private readonly TransformerArchitecture _architecture;
    private readonly DecoderKernels _kernels;
    private readonly WeightLayoutBuilder _weights = new();
    private readonly BufferLayoutBuilder _buffers = new();
    private readonly int _chunk;

    private EncoderPlanner(TransformerArchitecture architecture, int chunk)
    {
        _architecture = architecture;
        _chunk = chunk;
        _kernels = new DecoderKernels(architecture, chunk);
    }

    /// <summary>The width of the embeddings, which may be narrower than the hidden states (ALBERT).</summary>
    private int EmbeddingWidth => _architecture.Embeddings.Width == 0 ? _architecture.Width : _architecture.Embeddings.Width;

    private CheckpointNames Names => _architecture.Checkpoint.Names;

    public static ExecutionPlan Plan(TransformerArchitecture architecture, int chunk) => new EncoderPlanner(architecture, chunk).Plan();

    private ExecutionPlan Plan()
    {
        var layer = new LayerPlanner(_architecture, _kernels);
        PlanStates();
        (StepPlan[] before, string embedding) = _architecture.Embeddings.Patches is { } patches ? (PlanPatches(patches), "") : PlanEmbeddings();
        StepPlan[] after = PlanFinalNorm();
        (StepPlan[] head, string output, int outputWidth, int outputRows) = PlanHead(embedding);
        layer.PlanTables(_weights);
        _weights.BeginLayer();
        StepPlan[] steps = layer.Plan(_weights);
        (StepPlan[] project, StepPlan[] attend) = Split(steps);
        PlanActivations(steps);
        int stored = _architecture.Layers / _architecture.LayersPerSet;
        return new ExecutionPlan(
            _architecture,
            _chunk,
            outputRows,
            _weights.Build(),
            _weights.LayersOffset,
            _weights.LayerStride,
            Planner.IgnoredTensors(_architecture, _architecture.Head?.Output is { Tied: true }),
            _buffers.Build(),
            new EquatableArray<StepPlan>(before),
            new EquatableArray<StepPlan>(attend),
            new EquatableArray<StepPlan>(after),
            _weights.ParameterCount(stored),
            (MultiplyAdds(steps) * _architecture.Layers) + MultiplyAdds(before) + (_architecture.Head?.Pooling == Pooling.None ? MultiplyAdds(head) : 0))
        {
            Encoder = new EncoderPlan(
                new EquatableArray<StepPlan>(project),
                new EquatableArray<StepPlan>(head),
                output,
                outputWidth,
                _architecture.Head is null or { Pooling: Pooling.None }),
        };
    }

    private static long MultiplyAdds(IEnumerable<StepPlan> steps) => steps.OfType<LinearStep>().Sum(static step => step.Kernel.MultiplyAddsPerRow);

    /// <summary>Cuts the attention in two: all keys and values have to be there before any query looks at them.</summary>
    private static (StepPlan[] Project, StepPlan[] Attend) Split(StepPlan[] steps)
    {
        int at = Array.FindIndex(steps, static step => step is AttentionStep);
        var attention = (AttentionStep)steps[at];
        AttentionVariant variant = attention.Variants.Single();
        return (
            [.. steps.Take(at), new AppendStep("Keys and values of the chunk", variant, attention.QueryNorm, attention.KeyNorm, attention.Input, attention.Queries)],
            [new AttendStep(attention.Title, variant, attention.Queries, attention.Output), .. steps.Skip(at + 1)]);
    }

    private void PlanStates()
    {
        AttentionArchitecture attention = _architecture.Attention;
        AttentionKernel kernel = _kernels.Attention.Single();
        _buffers.Block("Keys", $"keys of a layer, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions, in panels][{attention.HeadDimension}]", kernel.KeysPerHead * attention.KeyValueHeads);
        _buffers.Block("Values", $"values of a layer, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions][{kernel.HeadStride}]", kernel.ValuesPerHead * attention.KeyValueHeads);
        _buffers.PositionBuffer(
            "Queries",
            $"scaled queries, [{attention.KeyValueHeads} key/value heads][{_architecture.ContextLength} positions][{attention.GroupSize} heads of the group][{kernel.HeadStride}]",
            kernel.QueryFloats,
            attention.GroupSize * kernel.HeadStride);
        _buffers.PositionBuffer(
            "Hidden",
            FormattableString.Invariant($"hidden states, [{_architecture.ContextLength} positions][{_architecture.Width}], rows {_kernels.Norm.Stride} floats apart"),
            (long)_architecture.ContextLength * _kernels.Norm.Stride,
            _kernels.Norm.Stride);
    }

    /// <summary>Activations of one chunk; those that no step writes are left out.</summary>
    private void PlanActivations(StepPlan[] steps)
    {
        if (steps.OfType<NormStep>().Any(static norm => norm.Output == "Normed"))
        {
            _buffers.RowBuffer("Normed", "normalised hidden states", _chunk, _architecture.Width, _kernels.Norm.Stride);
        }

        _buffers.RowBuffer("Projected", "queries, keys and values as projected", _chunk, _kernels.QueryKeyValue.Outputs, _kernels.QueryKeyValue.OutputStride);
        _buffers.RowBuffer("Attended", "attention output of all heads", _chunk, _kernels.Output.Inputs, _kernels.Output.InputStride);
        _buffers.RowBuffer("Inner", "inner activations of the feed-forward block", _chunk, _architecture.FeedForward.Width, _kernels.Down.InputStride);
        if (_architecture.Arrangement == BlockArrangement.Sandwich)
        {
            _buffers.RowBuffer("Block", "outputs of a block before their norm", _chunk, _architecture.Width, _kernels.Norm.Stride);
        }
    }

    private (StepPlan[] Steps, string Weight) PlanEmbeddings()
    {
        EmbeddingArchitecture embeddings = _architecture.Embeddings;
        int width = EmbeddingWidth, stride = Layout.RowStride(width);
        bool tied = _architecture.Head?.Output is { Tied: true };
        bool projected = embeddings.Width != 0;
        string output = projected ? _buffers.RowBuffer("Embedded", "embeddings", _chunk, width, stride) : "Hidden";
        TensorPlan table = Tensor(Names.TokenEmbedding + ".weight", embeddings.VocabularySize, width);
        string embedding = tied
            ? _weights.Panels("TokenEmbedding", OutputKernel(width, embeddings.VocabularySize, _architecture.Head!.Output!.Bias), TensorSlice.Whole(table))
            : _weights.Rows("TokenEmbedding", stride, table);
        string? positions = Planner.PlacePositions(_architecture, _weights, width, stride);
        string? types = embeddings.TokenTypes == 0 ? null : _weights.Rows("TokenTypeTable", stride, Tensor(Names.TokenTypeEmbedding + ".weight", embeddings.TokenTypes, width));
        EmbedKernel kernel = _kernels.Embed with { Width = width, Stride = stride, Tied = tied, TokenTypes = types is not null };
        string added = positions is null && types is null ? "Token embeddings" : "Sum of the embeddings of token" + (positions is null ? "" : ", position") + (types is null ? "" : ", type");
        var steps = new List<StepPlan> { new EmbedStep(added, kernel, embedding, positions, output) { Types = types } };
        if (embeddings.Norm)
        {
            string norm = _weights.Norm("EmbeddingNorm", width, _architecture.Norm, Names.EmbeddingNorm, perLayer: false);
            steps.Add(new NormStep("Norm of the embeddings", _kernels.Norm with { Width = width, Stride = stride }, norm, output, output));
        }

        if (projected)
        {
            var projection = new LinearKernel(width, _architecture.Width, stride, _kernels.Norm.Stride, new(Bias: true, null, false, false));
            steps.Add(new LinearStep(
                "Projection of the embeddings to the width of the hidden states",
                projection,
                _weights.Panels("EmbeddingProjectionWeight", projection, TensorSlice.Whole(Tensor(Names.EmbeddingProjection + ".weight", _architecture.Width, width))),
                _weights.Bias("EmbeddingProjectionBias", projection, TensorSlice.Whole(Tensor(Names.EmbeddingProjection + ".bias", _architecture.Width))),
                output,
                "Hidden"));
        }

        return ([.. steps], embedding);
    }

    /// <summary>A patch is projected as a convolution with a stride of its own size would: one linear layer over its pixels.</summary>
    private StepPlan[] PlanPatches(PatchArchitecture patches)
    {
        int width = _architecture.Width, stride = _kernels.Norm.Stride;
        var kernel = new LinearKernel(patches.Floats, width, Layout.RowStride(patches.Floats), stride, new(Bias: true, null, false, false));
        string gathered = _buffers.RowBuffer("Patches", "patches of the image", _chunk, patches.Floats, kernel.InputStride);
        TensorPlan projection = Tensor(Names.PatchProjection + ".weight", width, patches.Channels, patches.PatchSize, patches.PatchSize);
        string weight = _weights.Panels("PatchProjectionWeight", kernel, TensorSlice.Whole(projection));
        string bias = _weights.Bias("PatchProjectionBias", kernel, TensorSlice.Whole(Tensor(Names.PatchProjection + ".bias", width)));
        string first = _weights.Rows("FirstState", stride, Tensor(Names.FirstState, 1, 1, width));
        string positions = _weights.Rows("PositionTable", stride, Tensor(Names.PositionEmbedding, 1, _architecture.ContextLength, width));
        return
        [
            new PatchStep("Patches of the image", new PatchKernel(patches, kernel.InputStride), gathered),
            new LinearStep("Projection of the patches", kernel, weight, bias, gathered, "Hidden"),
            new PositionStep("First state and positions", new PositionKernel(width, stride), positions, first, "Hidden"),
        ];
    }

    private StepPlan[] PlanFinalNorm() => Names.FinalNorm.Length == 0
        ? []
        : [new NormStep("Final norm", _kernels.Norm, _weights.Norm("FinalNorm", _architecture.Width, _architecture.Norm, Names.FinalNorm, perLayer: false), "Hidden", "Hidden")];

    private (StepPlan[] Steps, string Output, int Width, int Rows) PlanHead(string embedding)
    {
        if (_architecture.Head is not { } head)
        {
            return ([], "Hidden", _architecture.Width, _chunk);
        }

        var steps = new List<StepPlan>();
        string at = "Hidden";
        int width = _architecture.Width;
        int widest = Layout.RowStride(Math.Max(Math.Max(width, head.Dense?.Width ?? 0), head.Output?.Width ?? 0));
        int rows = head.Pooling != Pooling.None ? 1 : Math.Min(_chunk, Math.Max(8, OutputFloats / widest));
        if (head.Pooling != Pooling.None)
        {
            at = _buffers.RowBuffer("Pooled", "the sequence's pooled state", 1, width, _kernels.Norm.Stride);
            steps.Add(new PoolStep(
                head.Pooling switch { Pooling.First => "The first token's state", Pooling.Last => "The last token's state", _ => "Mean of all states" } + (head.Normalize ? ", divided by its length" : ""),
                new PoolKernel(head.Pooling, width, _kernels.Norm.Stride, head.Normalize),
                "Hidden",
                at));
        }

        if (head.Dense is { } dense)
        {
            var kernel = new LinearKernel(width, dense.Width, Layout.RowStride(width), Layout.RowStride(dense.Width), new(Bias: true, dense.Activation, false, false));
            string weight = _weights.Panels("HeadDenseWeight", kernel, TensorSlice.Whole(Tensor(Names.HeadDense + ".weight", dense.Width, width)));
            string bias = _weights.Bias("HeadDenseBias", kernel, TensorSlice.Whole(Tensor(Names.HeadDense + ".bias", dense.Width)));
            string transformed = _buffers.RowBuffer("Transformed", "states as transformed by the head", rows, dense.Width, kernel.OutputStride);
            steps.Add(new LinearStep("Linear layer of the head, activated", kernel, weight, bias, at, transformed));
            (at, width) = (transformed, dense.Width);
        }

        if (head.Norm)
        {
            string norm = _weights.Norm("HeadNorm", width, _architecture.Norm, Names.HeadNorm, perLayer: false);
            steps.Add(new NormStep("Norm of the head", _kernels.Norm with { Width = width, Stride = Layout.RowStride(width) }, norm, at, at));
        }

        if (head.Output is { } output)
        {
            LinearKernel kernel = OutputKernel(width, output.Width, output.Bias);
            string weight = output.Tied ? embedding : _weights.Panels("OutputWeight", kernel, TensorSlice.Whole(Tensor(Names.Logits + ".weight", output.Width, width)));
            string? bias = output.Bias ? _weights.Bias("OutputBias", kernel, TensorSlice.Whole(Tensor(Names.LogitsBias.Length > 0 ? Names.LogitsBias : Names.Logits + ".bias", output.Width))) : null;
            string logits = _buffers.RowBuffer("Output", "outputs", rows, output.Width, kernel.OutputStride);
            steps.Add(new LinearStep("Output", kernel, weight, bias, at, logits));
            (at, width) = (logits, output.Width);
        }

        return ([.. steps], at, width, rows);
    }

    private static LinearKernel OutputKernel(int inputs, int outputs, bool bias) =>
        new(inputs, outputs, Layout.RowStride(inputs), Layout.RowStride(outputs), new(bias, null, false, false));

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
