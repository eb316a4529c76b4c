using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Converts an architecture to the plan of its execution.</summary>
internal static class Planner
{
    /// <summary>
    /// The number of positions whose logits are computed together if all are requested: enough rows for a register tile.
    /// </summary>
    private const int LogitsRows = 8;

    /// <summary>The maximum number of positions of a prefill step.</summary>
    private const int LongestChunk = 128;

    /// <summary>The inputs that a linear layer reads repeatedly are limited to about a megabyte of L2 cache.</summary>
    private const int ChunkInputFloats = 280 * 1024;

    /// <summary>The prefix of the weights of an encoder inside an encoder-decoder.</summary>
    private const string EncoderWeights = "Encoder";

    /// <summary>The prefix of its buffers and layer kinds, which distinguishes its kernels from those of the decoder.</summary>
    private const string SourceBuffers = "Source";

    /// <param name="declared">The architecture.</param>
    /// <param name="guarded">Whether weights and buffers are separated by guard pages.</param>
    public static ExecutionPlan Plan(TransformerArchitecture declared, bool guarded = false)
    {
        TransformerArchitecture architecture = WithoutUnusedKinds(declared);
        RefuseLengths(architecture);
        int chunk = ChooseChunkLength(architecture);
        ExecutionPlan plan =
            architecture.Stack == Stack.Encoder ? PlanEncoder(architecture, chunk, guarded) : PlanDecoder(architecture, chunk, guarded);
        return plan with { Naming = NamingPlanner.Plan(architecture, plan.Tensors) };
    }

    private static ExecutionPlan PlanEncoder(TransformerArchitecture architecture, int chunk, bool guarded)
    {
        var kernels = new StackKernels(architecture, chunk);
        var weights = new WeightLayoutBuilder(guarded);
        var buffers = new BufferLayoutBuilder(guarded);
        var planner = new EncoderPlanner(architecture, kernels, weights, buffers, chunk);
        HeadPlan head = new HeadPlanner(architecture, kernels, weights, buffers).Plan(planner.Hidden, chunk, planner.Embedding);
        weights.BeginLayer();
        EncoderPlan encoder = planner.Plan(weights.LayersOffset);
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
            weights.ParameterCount(architecture.WeightSets),
            (MultiplyAdds(encoder.Project.Concat(encoder.Attend)) * architecture.Layers)
                + MultiplyAdds(encoder.Before)
                + (head.OutputPerToken ? MultiplyAdds(head.Steps) : 0)
        )
        {
            SessionFloats = buffers.Floats,
            SequenceFloats = buffers.SequenceFloats,
            Guarded = guarded,
            Encoder = encoder,
            Head = head,
        };
    }

    private static ExecutionPlan PlanDecoder(TransformerArchitecture architecture, int chunk, bool guarded)
    {
        var kernels = new StackKernels(architecture, chunk);
        var weights = new WeightLayoutBuilder(guarded);
        var buffers = new BufferLayoutBuilder(guarded);
        var layer = new LayerPlanner(architecture, kernels);

        EmbeddingPlan embeddings = new EmbeddingPlanner(architecture, kernels, weights, buffers, chunk).Plan();
        string embedding = embeddings.Weight;
        EncoderPlanner? encoderPlanner = architecture.Encoder is { } source
            ? PlanSource(architecture, source, kernels, weights, buffers, embedding)
            : null;
        string? finalNorm =
            architecture.Checkpoint.Names.FinalNorm.Length == 0
                ? null
                : weights.Norm(
                    "FinalNorm",
                    architecture.Width,
                    architecture.Norm,
                    architecture.Checkpoint.Suffixes,
                    architecture.Checkpoint.Names.FinalNorm,
                    perLayer: false
                );
        string logitsWeight = architecture.Logits.Tied
            ? embedding
            : weights.Panels(
                "LogitsWeight",
                kernels.Logits,
                TensorSlice.Whole(
                    Tensor(
                        architecture.Checkpoint.Names.Logits + architecture.Checkpoint.Suffixes.Weight,
                        architecture.Embeddings.VocabularySize,
                        architecture.Width
                    )
                )
            );
        string? logitsBias = !architecture.Logits.Bias ? null : weights.Bias("LogitsBias", kernels.Logits, LogitsBias(architecture));
        layer.PlanTables(weights);
        weights.BeginLayer();
        PlanBuffers(architecture, kernels, chunk, buffers);
        StepPlan[] steps = layer.Plan(weights);
        EncoderPlan? encoder = null;
        StepPlan[] cross = [];
        if (encoderPlanner is not null)
        {
            cross = layer.PlanCrossKeysAndValues(weights, encoderPlanner.Hidden, SourceBuffers + "Projected");
            weights.BeginEncoderLayer(architecture.Layers);
            weights.Prefix = EncoderWeights;
            encoder = encoderPlanner.Plan(weights.EncoderLayersOffset);
        }

        var after = new List<StepPlan>();
        if (finalNorm is not null)
        {
            after.Add(new NormStep("Final norm", kernels.Norm, finalNorm, "Hidden", "Normed"));
        }

        after.Add(new LinearStep("Logits", kernels.Logits, logitsWeight, logitsBias, finalNorm is null ? "Hidden" : "Normed", "Logits"));
        after.Add(new HighestStep("Most probable token, where it is asked for", new HighestKernel(kernels.Logits)));
        return new ExecutionPlan(
            architecture,
            chunk,
            Math.Min(LogitsRows, chunk),
            weights.Build(),
            weights.LayersOffset,
            weights.LayerStride,
            buffers.Build(),
            embeddings.Steps,
            new EquatableArray<StepPlan>(steps),
            new EquatableArray<StepPlan>(after),
            weights.ParameterCount(architecture.Layers, architecture.Encoder?.Layers ?? 0),
            (MultiplyAdds(steps) * architecture.Layers) + kernels.Logits.MultiplyAddsPerRow
        )
        {
            SessionFloats = buffers.Floats,
            SequenceFloats = buffers.SequenceFloats,
            Guarded = guarded,
            Encoder = encoder,
            Cross = new EquatableArray<StepPlan>(cross),
        };
    }

    /// <summary>
    /// Places the data of an encoder-decoder's encoder outside its layers, and the keys and values of the source for every layer
    /// of the decoder.
    /// </summary>
    private static EncoderPlanner PlanSource(
        TransformerArchitecture decoder,
        TransformerArchitecture declared,
        StackKernels decoderKernels,
        WeightLayoutBuilder weights,
        BufferLayoutBuilder buffers,
        string embedding
    )
    {
        AttentionKernel cross = decoderKernels.Cross!.Attention;
        string heads = $"{cross.Attention.KeyValueHeads} key/value heads";
        buffers.Block(
            "CrossKeys",
            $"keys of the source for all layers of the decoder, per layer [{heads}][{cross.CacheLength} positions, in panels][{cross.Attention.HeadDimension}]",
            cross.KeysPerHead * cross.Attention.KeyValueHeads * decoder.Layers
        );
        buffers.Block(
            "CrossValues",
            $"values of the source for all layers of the decoder, per layer [{heads}][{cross.CacheLength} positions][{cross.HeadStride}]",
            cross.ValuesPerHead * cross.Attention.KeyValueHeads * decoder.Layers
        );

        TransformerArchitecture used = WithoutUnusedKinds(declared);
        TransformerArchitecture encoder = used with
        {
            LayerKinds = new EquatableArray<LayerKind>(
                used.LayerKinds.Select(static kind => kind with { Name = SourceBuffers + kind.Name })
            ),
        };
        int chunk = ChooseChunkLength(encoder);
        var kernels = new StackKernels(
            encoder,
            chunk,
            encoder.Attention.HeadDimension == decoder.Attention.HeadDimension ? "" : SourceBuffers
        );
        if (kernels.Embed != decoderKernels.Embed)
        {
            kernels.Embed = kernels.Embed with { Prefix = SourceBuffers };
        }

        bool shares = encoder.Checkpoint.Names.TokenEmbedding == decoder.Checkpoint.Names.TokenEmbedding;
        weights.Prefix = EncoderWeights;
        buffers.Prefix = SourceBuffers;
        var planner = new EncoderPlanner(
            encoder,
            kernels,
            weights,
            buffers,
            chunk,
            SourceBuffers,
            shares ? embedding : null,
            decoderKernels.Cross.KeyValue
        );
        weights.Prefix = "";
        buffers.Prefix = "";
        return planner;
    }

    private static long MultiplyAdds(IEnumerable<StepPlan> steps) =>
        steps.OfType<LinearStep>().Sum(static step => step.Kernel.MultiplyAddsPerRow);

    /// <summary>Returns the bias of a linear layer, or one that the checkpoint stores separately as one row.</summary>
    private static TensorSlice LogitsBias(TransformerArchitecture architecture)
    {
        int vocabulary = architecture.Embeddings.VocabularySize;
        CheckpointNames names = architecture.Checkpoint.Names;
        return names.LogitsBias.Length == 0
            ? TensorSlice.Whole(Tensor(names.Logits + architecture.Checkpoint.Suffixes.Bias, vocabulary))
            : new TensorSlice(Tensor(names.LogitsBias, 1, vocabulary), vocabulary, 0, vocabulary, vocabulary, InputsFirst: false);
    }

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

    /// <summary>
    /// Removes layer kinds that no layer has, so that they have neither kernels nor caches. A model may have fewer layers than
    /// its pattern.
    /// </summary>
    private static TransformerArchitecture WithoutUnusedKinds(TransformerArchitecture architecture)
    {
        int[] pattern = [.. architecture.LayerPattern.Take(architecture.Layers)];
        int[] used = [.. pattern.Distinct().OrderBy(static kind => kind)];
        return used.Length == architecture.LayerKinds.Count
            ? architecture
            : architecture with
            {
                LayerKinds = new EquatableArray<LayerKind>(used.Select(kind => architecture.LayerKinds[kind])),
                LayerPattern = new EquatableArray<int>(pattern.Select(kind => Array.IndexOf(used, kind))),
            };
    }

    /// <summary>
    /// Places the buffers of the decoder. In an encoder-decoder, the buffers of each sequence follow those that sequences share.
    /// </summary>
    private static void PlanBuffers(TransformerArchitecture architecture, StackKernels kernels, int chunk, BufferLayoutBuilder session)
    {
        if (architecture.Encoder is null)
        {
            PlanCache(architecture, kernels, session);
            PlanActivations(architecture, kernels, chunk, session);
        }
        else
        {
            PlanActivations(architecture, kernels, chunk, session);
            session.BeginSequence();
            PlanCache(architecture, kernels, session);
        }
    }

    private static void PlanCache(TransformerArchitecture architecture, StackKernels kernels, BufferLayoutBuilder session)
    {
        AttentionArchitecture attention = architecture.Attention;
        for (int kind = 0; kind < architecture.LayerKinds.Count; kind++)
        {
            AttentionKernel kernel = kernels.Attention[kind];
            string name = kernel.Kind.Name;
            int layers = Enumerable
                .Range(0, architecture.Layers)
                .Count(layer => architecture.LayerPattern[layer % architecture.LayerPattern.Count] == kind);
            string which = name.Length == 0 ? "all layers" : "the " + name.ToLowerInvariant() + " layers";
            session.Block(name + "Keys", kernel.DescribeKeys(which + ", per layer"), kernel.KeysPerHead * attention.KeyValueHeads * layers);
            session.Block(
                name + "Values",
                kernel.DescribeValues(which + ", per layer"),
                kernel.ValuesPerHead * attention.KeyValueHeads * layers
            );
        }

        if (architecture.OriginalContextLength > 0)
        {
            session.Block("KeptTokens", "tokens of the sequence, from which its cache is recomputed,", architecture.ContextLength);
        }

        if (attention.Linear)
        {
            session.Block(
                "KeptState",
                "states of all layers as they were before the call",
                session.Build().Where(static buffer => buffer.Name is "Keys" or "Values").Sum(static buffer => buffer.Floats)
            );
        }
    }

    private static void PlanActivations(TransformerArchitecture architecture, StackKernels kernels, int chunk, BufferLayoutBuilder session)
    {
        AttentionArchitecture attention = architecture.Attention;
        AttentionKernel any = kernels.Attention[0];
        session.Block(
            "Queries",
            $"turned and scaled queries, [{attention.KeyValueHeads} key/value heads][row][{attention.GroupSize} heads of the group][{any.HeadStride}]",
            Math.Max(any.QueryFloats, kernels.Cross?.Attention.QueryFloats ?? 0)
        );
        session.RowBuffer("Hidden", "hidden states", chunk, architecture.Width, kernels.Norm.Stride);
        session.RowBuffer("Normed", "normalised hidden states", chunk, architecture.Width, kernels.Norm.Stride);
        session.RowBuffer(
            "Projected",
            "queries, keys and values as projected",
            chunk,
            kernels.QueryKeyValue.Outputs,
            Math.Max(kernels.QueryKeyValue.OutputStride, kernels.Cross?.Query.OutputStride ?? 0)
        );
        session.RowBuffer(
            "Attended",
            "attention output of all heads",
            chunk,
            kernels.Output.Inputs,
            Math.Max(kernels.Output.InputStride, kernels.Cross?.Output.InputStride ?? 0)
        );
        session.RowBuffer(
            "Inner",
            "inner activations of the feed-forward block",
            chunk,
            architecture.FeedForward.Width,
            kernels.Down.InputStride
        );
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
            Math.Max(architecture.Width, architecture.FeedForward.Width),
            architecture.Attention.Heads * architecture.Attention.HeadDimension
        );
        int chunk = LongestChunk;
        while (chunk > 16 && chunk * widestInput > ChunkInputFloats)
        {
            chunk /= 2;
        }

        return Math.Min(chunk, architecture.ContextLength);
    }

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
