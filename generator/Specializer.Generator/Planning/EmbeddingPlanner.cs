using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans how the tokens, or the patches of an image, of a stack become hidden states.</summary>
/// <param name="architecture">The stack.</param>
/// <param name="kernels">Its kernels.</param>
/// <param name="weights">Where its weights go.</param>
/// <param name="buffers">Where its buffers go.</param>
/// <param name="chunk">Rows of a chunk.</param>
/// <param name="prefix">What the names of its buffers begin with.</param>
internal sealed class EmbeddingPlanner(
    TransformerArchitecture architecture, StackKernels kernels, WeightLayoutBuilder weights, BufferLayoutBuilder buffers, int chunk, string prefix = "")
{
    private CheckpointNames Names => architecture.Checkpoint.Names;

    private string Hidden => prefix + "Hidden";

    /// <param name="shared">The embeddings, where another stack has placed them.</param>
    /// <returns>The steps, and the weight of the token embeddings; empty where there are none.</returns>
    public (StepPlan[] Steps, string Weight) Plan(string? shared = null) =>
        architecture.Embeddings.Patches is { } patches ? (PlanPatches(patches), "") : PlanTokens(shared);

    private (StepPlan[] Steps, string Weight) PlanTokens(string? shared)
    {
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        EmbedKernel kernel = kernels.Embed;
        int width = kernel.Width, stride = kernel.Stride;
        bool projected = embeddings.Width != 0;
        string output = projected ? buffers.RowBuffer("Embedded", "embeddings", chunk, width, stride) : Hidden;
        TensorPlan table = Tensor(Names.TokenEmbedding + ".weight", embeddings.VocabularySize, width);
        string embedding = shared
            ?? (kernel.Tied ? weights.Panels("TokenEmbedding", new(width, embeddings.VocabularySize, stride, 0, new(false, null, false, false)), TensorSlice.Whole(table))
            : weights.Rows("TokenEmbedding", stride, table));
        string? positions = PlacePositions(width, stride);
        string? types = !kernel.TokenTypes ? null : weights.Rows("TokenTypeTable", stride, Tensor(Names.TokenTypeEmbedding + ".weight", embeddings.TokenTypes, width));
        string title = (positions is null, types is null) switch
        {
            (true, true) => "Token embeddings",
            (false, true) => "Token and position embeddings",
            (true, false) => "Token and type embeddings",
            _ => "Token, position and type embeddings",
        };
        var steps = new List<StepPlan> { new EmbedStep(title, kernel, embedding, positions, output) { Types = types } };
        if (embeddings.Norm)
        {
            string norm = weights.Norm("EmbeddingNorm", width, architecture.Norm, Names.EmbeddingNorm, perLayer: false);
            steps.Add(new NormStep("Norm of the embeddings", kernels.Norm with { Width = width, Stride = stride }, norm, output, output));
        }

        if (projected)
        {
            var projection = new LinearKernel(width, architecture.Width, stride, kernels.Norm.Stride, new(Bias: true, null, false, false));
            steps.Add(new LinearStep(
                "Projection of the embeddings to the width of the hidden states",
                projection,
                weights.Panels("EmbeddingProjectionWeight", projection, TensorSlice.Whole(Tensor(Names.EmbeddingProjection + ".weight", architecture.Width, width))),
                weights.Bias("EmbeddingProjectionBias", projection, TensorSlice.Whole(Tensor(Names.EmbeddingProjection + ".bias", architecture.Width))),
                output,
                Hidden));
        }

        return ([.. steps], embedding);
    }

    /// <summary>Places the table of positions that is added to embeddings, if the stack has one.</summary>
    private string? PlacePositions(int width, int stride) => architecture.Embeddings.Positions switch
    {
        LearnedPositions learned => weights.Rows("PositionTable", stride, Tensor(Names.PositionEmbedding + ".weight", learned.Rows, width)),
        SinusoidalPositions sinusoidal => weights.SinusoidalTable(architecture.ContextLength, width, stride, sinusoidal),
        _ => null,
    };

    /// <summary>A patch is projected as a convolution with a stride of its own size would: one linear layer over its pixels.</summary>
    private StepPlan[] PlanPatches(PatchArchitecture patches)
    {
        int width = architecture.Width, stride = kernels.Norm.Stride;
        var kernel = new LinearKernel(patches.Floats, width, Layout.RowStride(patches.Floats), stride, new(Bias: true, null, false, false));
        string gathered = buffers.RowBuffer("Patches", "patches of the image", chunk, patches.Floats, kernel.InputStride);
        TensorPlan projection = Tensor(Names.PatchProjection + ".weight", width, patches.Channels, patches.PatchSize, patches.PatchSize);
        string weight = weights.Panels("PatchProjectionWeight", kernel, TensorSlice.Whole(projection));
        string bias = weights.Bias("PatchProjectionBias", kernel, TensorSlice.Whole(Tensor(Names.PatchProjection + ".bias", width)));
        string first = weights.Rows("FirstState", stride, Tensor(Names.FirstState, 1, 1, width));
        string positions = weights.Rows("PositionTable", stride, Tensor(Names.PositionEmbedding, 1, architecture.ContextLength, width));
        return
        [
            new PatchStep("Patches of the image", new PatchKernel(patches, kernel.InputStride), gathered),
            new LinearStep("Projection of the patches", kernel, weight, bias, gathered, Hidden),
            new PositionStep("First state and positions", new PositionKernel(width, stride, FirstState: true), positions, first, Hidden),
        ];
    }

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
