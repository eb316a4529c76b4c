using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans a decoder, with its encoder if there is one.</summary>
internal static class DecoderPlanner
{
    /// <summary>
    /// The number of positions whose logits are computed together if all are requested: enough rows for a register tile.
    /// </summary>
    private const int LogitsRows = 8;

    /// <summary>
    /// The prefix of the layer kinds of an encoder inside an encoder-decoder. It distinguishes kernels from those of the decoder.
    /// </summary>
    private const string SourceKinds = "Source";

    /// <param name="architecture">The decoder.</param>
    /// <param name="chunk">The number of rows of a chunk.</param>
    /// <param name="guarded">Whether weights and buffers are separated by guard pages.</param>
    public static ExecutionPlan Plan(TransformerArchitecture architecture, int chunk, bool guarded)
    {
        var weights = new WeightLayoutBuilder(guarded);
        var buffers = new BufferLayoutBuilder(guarded);
        var stack = new StackContext(architecture, new StackKernels(architecture, chunk), weights.Of(StackPart.Main), buffers, chunk);
        var decoderBuffers = new DecoderBuffers(stack);

        EmbeddingPlan embeddings = new EmbeddingPlanner(stack).Plan();
        EncoderPlanner? encoderPlanner = null;
        if (architecture.Encoder is { } source)
        {
            decoderBuffers.PlaceSource(stack.Kernels.Cross!.Attention);
            encoderPlanner = PlanSource(source, stack, weights, embeddings.Weight!);
        }

        IReadOnlyList<StepPlan> after = PlanLogits(stack, embeddings.Weight!);
        var layers = new LayerPlanner(stack, PositionTables.Place(stack));
        weights.BeginLayer();
        decoderBuffers.Place();
        IReadOnlyList<IReadOnlyList<StepPlan>> kinds = layers.Plan();
        EncoderPlan? encoder = null;
        StepPlan[] cross = [];
        if (encoderPlanner is not null)
        {
            cross = new CrossAttentionPlanner(
                stack,
                stack.Kernels.Cross!,
                new BlockNorms(stack, architecture.LayerKinds[0])
            ).PlanKeysAndValues(new BufferRef(BufferRole.Hidden, StackPart.Source), new BufferRef(BufferRole.Projected, StackPart.Source));
            weights.BeginEncoderLayer(architecture.Layers);
            encoder = encoderPlanner.Plan(weights, weights.EncoderLayersOffset);
        }

        return new ExecutionPlan(
            architecture,
            chunk,
            Math.Min(LogitsRows, chunk),
            weights.Build(),
            weights.LayersOffset,
            weights.LayerStride,
            buffers.Build(),
            embeddings.Steps,
            new EquatableArray<StepPlan>(StepsByKind.Merge(kinds, architecture.LayerPattern)),
            new EquatableArray<StepPlan>(after),
            weights.ParameterCount(architecture),
            kinds.Select((steps, kind) => ExecutionPlan.MultiplyAdds(steps) * architecture.LayersOf(kind)).Sum()
                + stack.Kernels.Logits.MultiplyAddsPerRow
        )
        {
            SessionFloats = buffers.Floats,
            SequenceFloats = buffers.SequenceFloats,
            Guarded = guarded,
            Encoder = encoder,
            Cross = new EquatableArray<StepPlan>(cross),
            LayerOffsets = architecture.LayersAreUniform
                ? EquatableArray<long>.Empty
                : new EquatableArray<long>(weights.LayerOffsets(architecture)),
        };
    }

    /// <summary>Plans the steps after the layers, and places the weights that only they read.</summary>
    private static IReadOnlyList<StepPlan> PlanLogits(StackContext stack, WeightRef embedding)
    {
        TransformerArchitecture architecture = stack.Architecture;
        LinearKernel kernel = stack.Kernels.Logits;
        BufferRef input = stack.Buffer(BufferRole.Hidden);
        var steps = new List<StepPlan>();
        if (stack.Names.FinalNorm.Length > 0)
        {
            BufferRef normed = stack.Buffer(BufferRole.Normed);
            WeightRef norm = stack.Weights.Norm(
                WeightRole.FinalNorm,
                architecture.Width,
                architecture.Norm,
                stack.Suffixes,
                stack.Names.FinalNorm,
                perLayer: false
            );
            steps.Add(new NormStep("Final norm", stack.Kernels.Norm, norm, input, normed));
            input = normed;
        }

        int vocabulary = architecture.Embeddings.VocabularySize;
        WeightRef weight = architecture.Logits.Tied
            ? embedding
            : stack.Weights.Panels(
                WeightRole.Logits,
                kernel,
                TensorSlice.Whole(new TensorPlan(stack.Names.Logits + stack.Suffixes.Weight, false, vocabulary, architecture.Width))
            );
        WeightRef? bias = architecture.Logits.Bias ? stack.Weights.Bias(WeightRole.Logits, kernel, LogitsBias(stack, vocabulary)) : null;
        steps.Add(new LinearStep("Logits", kernel, weight, bias, input, new BufferRef(BufferRole.Logits)));
        steps.Add(new ArgMaxStep("Most probable token, if the call returns it", new ArgMaxKernel(kernel)));
        return steps;
    }

    /// <summary>The bias of a linear layer, or one that the checkpoint stores as a separate row.</summary>
    private static TensorSlice LogitsBias(StackContext stack, int vocabulary) =>
        stack.Names.LogitsBias.Length == 0
            ? TensorSlice.Whole(new TensorPlan(stack.Names.Logits + stack.Suffixes.Bias, false, vocabulary))
            : new TensorSlice(
                new TensorPlan(stack.Names.LogitsBias, false, 1, vocabulary),
                vocabulary,
                0,
                vocabulary,
                vocabulary,
                InputsFirst: false
            );

    /// <summary>Places the weights and buffers of an encoder-decoder's encoder, except for its layers.</summary>
    private static EncoderPlanner PlanSource(
        TransformerArchitecture declared,
        StackContext decoder,
        WeightLayoutBuilder weights,
        WeightRef embedding
    )
    {
        TransformerArchitecture used = declared.WithoutUnusedKinds();
        TransformerArchitecture encoder = used with
        {
            LayerKinds = new EquatableArray<LayerKind>(used.LayerKinds.Select(static kind => kind with { Name = SourceKinds + kind.Name })),
        };
        int chunk = ChunkLength.Choose(encoder);
        var kernels = new StackKernels(
            encoder,
            chunk,
            encoder.Attention.HeadDim == decoder.Architecture.Attention.HeadDim ? "" : SourceKinds
        );
        if (kernels.Embed != decoder.Kernels.Embed)
        {
            kernels.Embed = kernels.Embed with { OfSource = true };
        }

        bool shares = encoder.Checkpoint.Names.TokenEmbedding == decoder.Names.TokenEmbedding;
        return new EncoderPlanner(
            new StackContext(encoder, kernels, weights.Of(StackPart.Source), decoder.Buffers, chunk, StackPart.Source),
            shares ? embedding : null,
            decoder.Kernels.Cross!.KeyValue
        );
    }
}
