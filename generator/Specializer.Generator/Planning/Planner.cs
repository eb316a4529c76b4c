using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Turns an architecture into the plan of its execution.</summary>
internal static class Planner
{
    /// <summary>Positions whose logits are computed together where all are wanted: enough rows to fill a register tile.</summary>
    private const int LogitsRows = 8;

    /// <summary>The most positions of a prefill step.</summary>
    private const int LongestChunk = 128;

    /// <summary>The inputs that a linear layer reads again and again stay within about a megabyte of second-level cache.</summary>
    private const int ChunkInputFloats = 280 * 1024;

    public static ExecutionPlan Plan(TransformerArchitecture declared)
    {
        TransformerArchitecture architecture = WithoutUnusedKinds(declared);
        int chunk = ChooseChunkLength(architecture);
        if (architecture.Stack == Stack.Encoder)
        {
            return EncoderPlanner.Plan(architecture, chunk);
        }

        var kernels = new DecoderKernels(architecture, chunk);
        var weights = new WeightLayoutBuilder();
        var layer = new LayerPlanner(architecture, kernels);

        (StepPlan[] before, string embedding) = PlanEmbeddings(architecture, kernels, weights);
        SourceEncoderPlanner? encoder = architecture.Encoder is null ? null : new SourceEncoderPlanner(architecture, kernels, ChooseChunkLength(architecture.Encoder), weights, embedding);
        string? finalNorm = architecture.Checkpoint.Names.FinalNorm.Length == 0
            ? null
            : weights.Norm("FinalNorm", architecture.Width, architecture.Norm, architecture.Checkpoint.Names.FinalNorm, perLayer: false);
        string logitsWeight = architecture.Logits.Tied
            ? embedding
            : weights.Panels("LogitsWeight", kernels.Logits, TensorSlice.Whole(Tensor(architecture.Checkpoint.Names.Logits + ".weight", architecture.Embeddings.VocabularySize, architecture.Width)));
        string? logitsBias = !architecture.Logits.Bias
            ? null
            : weights.Bias("LogitsBias", kernels.Logits, LogitsBias(architecture));
        layer.PlanTables(weights);
        weights.BeginLayer();
        EquatableArray<BufferPlan> buffers = PlanBuffers(architecture, kernels, chunk, encoder);
        StepPlan[] steps = layer.Plan(weights);
        SourceEncoderPlan? sourceEncoder = encoder?.Plan(weights, layer);

        var after = new List<StepPlan>();
        if (finalNorm is not null)
        {
            after.Add(new NormStep("Final norm", kernels.Norm, finalNorm, "Hidden", "Normed"));
        }

        after.Add(new LinearStep("Logits", kernels.Logits, logitsWeight, logitsBias, finalNorm is null ? "Hidden" : "Normed", "Logits"));
        return new ExecutionPlan(
            architecture,
            chunk,
            Math.Min(LogitsRows, chunk),
            weights.Build(),
            weights.LayersOffset,
            weights.LayerStride,
            IgnoredTensors(architecture, architecture.Logits.Tied),
            buffers,
            new EquatableArray<StepPlan>(before),
            new EquatableArray<StepPlan>(steps),
            new EquatableArray<StepPlan>(after),
            weights.ParameterCount(architecture.Layers, architecture.Encoder?.Layers ?? 0),
            (steps.OfType<LinearStep>().Sum(static step => step.Kernel.MultiplyAddsPerRow) * architecture.Layers) + kernels.Logits.MultiplyAddsPerRow)
        {
            SourceEncoder = sourceEncoder,
        };
    }

    /// <summary>The bias of a linear layer, or one that the checkpoint keeps by itself as one row.</summary>
    private static TensorSlice LogitsBias(TransformerArchitecture architecture)
    {
        int vocabulary = architecture.Embeddings.VocabularySize;
        CheckpointNames names = architecture.Checkpoint.Names;
        return names.LogitsBias.Length == 0
            ? TensorSlice.Whole(Tensor(names.Logits + ".bias", vocabulary))
            : new TensorSlice(Tensor(names.LogitsBias, 1, vocabulary), vocabulary, 0, vocabulary, vocabulary, InputsFirst: false);
    }

    /// <summary>A model may have fewer layers than its pattern: kinds that no layer is of have neither kernels nor caches.</summary>
    private static TransformerArchitecture WithoutUnusedKinds(TransformerArchitecture architecture)
    {
        int[] pattern = [.. architecture.LayerPattern.Take(architecture.Layers)];
        int[] used = [.. pattern.Distinct().OrderBy(static kind => kind)];
        return used.Length == architecture.LayerKinds.Count ? architecture : architecture with
        {
            LayerKinds = new EquatableArray<LayerKind>(used.Select(kind => architecture.LayerKinds[kind])),
            LayerPattern = new EquatableArray<int>(pattern.Select(kind => Array.IndexOf(used, kind))),
        };
    }

    /// <param name="architecture">The stack.</param>
    /// <param name="kernels">Its kernels.</param>
    /// <param name="weights">Where its weights go.</param>
    /// <param name="shared">The embeddings, where another stack has placed them.</param>
    /// <param name="prefix">What the names of the stack's buffers begin with.</param>
    internal static (StepPlan[] Steps, string Weight) PlanEmbeddings(
        TransformerArchitecture architecture, DecoderKernels kernels, WeightLayoutBuilder weights, string? shared = null, string prefix = "")
    {
        CheckpointNames names = architecture.Checkpoint.Names;
        TensorPlan table = Tensor(names.TokenEmbedding + ".weight", architecture.Embeddings.VocabularySize, architecture.Width);
        string embedding = shared is not null ? shared
            : architecture.Logits.Tied
            ? weights.Panels("TokenEmbedding", kernels.Logits, TensorSlice.Whole(table))
            : weights.Rows("TokenEmbedding", kernels.Norm.Stride, table);
        string? positions = PlacePositions(architecture, weights, architecture.Width, kernels.Norm.Stride);
        var steps = new List<StepPlan> { new EmbedStep(positions is null ? "Token embeddings" : "Token and position embeddings", kernels.Embed, embedding, positions, prefix + "Hidden") };
        if (architecture.Embeddings.Norm)
        {
            string norm = weights.Norm("EmbeddingNorm", architecture.Width, architecture.Norm, names.EmbeddingNorm, perLayer: false);
            steps.Add(new NormStep("Norm of the embeddings", kernels.Norm, norm, prefix + "Hidden", prefix + "Hidden"));
        }

        return ([.. steps], embedding);
    }

    /// <summary>Places the table of positions that is added to embeddings of a width, if the stack has one.</summary>
    internal static string? PlacePositions(TransformerArchitecture architecture, WeightLayoutBuilder weights, int width, int stride) => architecture.Embeddings.Positions switch
    {
        LearnedPositions learned => weights.Rows("PositionTable", stride, Tensor(architecture.Checkpoint.Names.PositionEmbedding + ".weight", learned.Rows, width)),
        SinusoidalPositions sinusoidal => weights.SinusoidalTable(architecture.ContextLength, stride, sinusoidal.Interleaved),
        _ => null,
    };

    private static EquatableArray<BufferPlan> PlanBuffers(TransformerArchitecture architecture, DecoderKernels kernels, int chunk, SourceEncoderPlanner? encoder)
    {
        var session = new BufferLayoutBuilder();
        if (encoder is null)
        {
            PlanCache(architecture, kernels, session);
            PlanActivations(architecture, kernels, chunk, session);
        }
        else
        {
            // What every sequence has of its own lies behind everything that sequences share.
            encoder.PlanBuffers(session);
            PlanActivations(architecture, kernels, chunk, session);
            session.BeginSequence();
            PlanCache(architecture, kernels, session);
        }

        return session.Build();
    }

    private static void PlanCache(TransformerArchitecture architecture, DecoderKernels kernels, BufferLayoutBuilder session)
    {
        AttentionArchitecture attention = architecture.Attention;
        for (int kind = 0; kind < architecture.LayerKinds.Count; kind++)
        {
            AttentionKernel kernel = kernels.Attention[kind];
            string name = kernel.Kind.Name;
            int layers = Enumerable.Range(0, architecture.Layers).Count(layer => architecture.LayerPattern[layer % architecture.LayerPattern.Count] == kind);
            string which = name.Length == 0 ? "all layers" : "the " + name.ToLowerInvariant() + " layers";
            session.Block(name + "Keys", $"keys of {which}, per layer [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions, in panels][{attention.HeadDimension}]", kernel.KeysPerHead * attention.KeyValueHeads * layers);
            session.Block(name + "Values", $"values of {which}, per layer [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions][{kernel.HeadStride}]", kernel.ValuesPerHead * attention.KeyValueHeads * layers);
        }

    }

    private static void PlanActivations(TransformerArchitecture architecture, DecoderKernels kernels, int chunk, BufferLayoutBuilder session)
    {
        AttentionArchitecture attention = architecture.Attention;
        AttentionKernel any = kernels.Attention[0];
        session.Block("Queries", $"turned and scaled queries, [{attention.KeyValueHeads} key/value heads][row][{attention.GroupSize} heads of the group][{any.HeadStride}]", Math.Max(any.QueryFloats, kernels.Cross?.Attention.QueryFloats ?? 0));
        session.RowBuffer("Hidden", "hidden states", chunk, architecture.Width, kernels.Norm.Stride);
        session.RowBuffer("Normed", "normalised hidden states", chunk, architecture.Width, kernels.Norm.Stride);
        session.RowBuffer("Projected", "queries, keys and values as projected", chunk, kernels.QueryKeyValue.Outputs, Math.Max(kernels.QueryKeyValue.OutputStride, kernels.Cross?.Query.OutputStride ?? 0));
        session.RowBuffer("Attended", "attention output of all heads", chunk, kernels.Output.Inputs, Math.Max(kernels.Output.InputStride, kernels.Cross?.Output.InputStride ?? 0));
        session.RowBuffer("Inner", "inner activations of the feed-forward block", chunk, architecture.FeedForward.Width, kernels.Down.InputStride);
        if (architecture.Arrangement == BlockArrangement.Sandwich)
        {
            session.RowBuffer("Block", "outputs of a block before their norm", chunk, architecture.Width, kernels.Norm.Stride);
        }
    }

    internal static int ChooseChunkLength(TransformerArchitecture architecture)
    {
        if (architecture.ChunkLength > 0)
        {
            return Math.Min(architecture.ChunkLength, architecture.ContextLength);
        }

        int widestInput = Math.Max(
            Math.Max(architecture.Width, architecture.FeedForward.Width), architecture.Attention.Heads * architecture.Attention.HeadDimension);
        int chunk = LongestChunk;
        while (chunk > 16 && chunk * widestInput > ChunkInputFloats)
        {
            chunk /= 2;
        }

        return Math.Min(chunk, architecture.ContextLength);
    }

    /// <summary>The tensors that a checkpoint may hold beside those that are read.</summary>
    public static EquatableArray<string> IgnoredTensors(TransformerArchitecture architecture, bool tied)
    {
        // Files of tied models may repeat the embeddings.
        string logits = architecture.Checkpoint.Names.Logits;
        return tied && logits.Length > 0
            ? new EquatableArray<string>(architecture.Checkpoint.Ignored.Concat([logits + ".weight"]))
            : architecture.Checkpoint.Ignored;
    }

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
