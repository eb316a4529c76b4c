using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <param name="Frames">The steps for audio frames, which run before any position is computed.</param>
/// <param name="Steps">The steps of a chunk of positions.</param>
/// <param name="Weight">The weight of the token embeddings; empty if there is none.</param>
internal sealed record EmbeddingPlan(EquatableArray<StepPlan> Frames, EquatableArray<StepPlan> Steps, string Weight);

/// <summary>Plans the computation of hidden states from tokens or from the patches of an image.</summary>
/// <param name="architecture">The stack.</param>
/// <param name="kernels">The kernels of the stack.</param>
/// <param name="weights">Receives its weights.</param>
/// <param name="buffers">Receives its buffers.</param>
/// <param name="chunk">The number of rows of a chunk.</param>
/// <param name="prefix">The prefix of its buffers.</param>
internal sealed class EmbeddingPlanner(
    TransformerArchitecture architecture,
    StackKernels kernels,
    WeightLayoutBuilder weights,
    BufferLayoutBuilder buffers,
    int chunk,
    string prefix = ""
)
{
    private CheckpointNames Names => architecture.Checkpoint.Names;

    private TensorSuffixes Suffixes => architecture.Checkpoint.Suffixes;

    private string Hidden => prefix + "Hidden";

    /// <param name="shared">The embeddings, if another stack has already placed them.</param>
    public EmbeddingPlan Plan(string? shared = null) =>
        architecture.Embeddings.Patches is { } patches ? PlanPatches(patches)
        : architecture.Embeddings.Sound is { } sound ? PlanSound(sound)
        : PlanTokens(shared);

    private EmbeddingPlan PlanTokens(string? shared)
    {
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        EmbedKernel kernel = kernels.Embed;
        int width = kernel.Width,
            stride = kernel.Stride;
        bool projected = embeddings.Width != 0;
        string output = projected ? buffers.RowBuffer("Embedded", "embeddings", chunk, width, stride) : Hidden;
        TensorPlan table = Tensor(Names.TokenEmbedding + Suffixes.Weight, embeddings.VocabularySize, width);
        string embedding =
            shared
            ?? (
                kernel.Tied
                    ? weights.Panels(
                        "TokenEmbedding",
                        new(width, embeddings.VocabularySize, stride, 0, new(false, null, false, false)) { Storage = kernel.Storage },
                        TensorSlice.Whole(table)
                    )
                    : weights.Rows("TokenEmbedding", stride, table)
            );
        string? positions = PlacePositions(width, stride);
        string? types = !kernel.TokenTypes
            ? null
            : weights.Rows("TokenTypeTable", stride, Tensor(Names.TokenTypeEmbedding + Suffixes.Weight, embeddings.TokenTypes, width));
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
            string norm = weights.Norm("EmbeddingNorm", width, architecture.Norm, Suffixes, Names.EmbeddingNorm, perLayer: false);
            steps.Add(new NormStep("Norm of the embeddings", kernels.Norm with { Width = width, Stride = stride }, norm, output, output));
        }

        if (projected)
        {
            var projection = new LinearKernel(width, architecture.Width, stride, kernels.Norm.Stride, new(Bias: true, null, false, false))
            {
                Storage = architecture.WeightStorage,
            };
            steps.Add(
                new LinearStep(
                    "Projection of the embeddings to the width of the hidden states",
                    projection,
                    weights.Panels(
                        "EmbeddingProjectionWeight",
                        projection,
                        TensorSlice.Whole(Tensor(Names.EmbeddingProjection + Suffixes.Weight, architecture.Width, width))
                    ),
                    weights.Bias(
                        "EmbeddingProjectionBias",
                        projection,
                        TensorSlice.Whole(Tensor(Names.EmbeddingProjection + Suffixes.Bias, architecture.Width))
                    ),
                    output,
                    Hidden
                )
            );
        }

        return new EmbeddingPlan(EquatableArray<StepPlan>.Empty, new EquatableArray<StepPlan>(steps), embedding);
    }

    /// <summary>Places the position table that is added to embeddings, if the stack has one.</summary>
    private string? PlacePositions(int width, int stride) =>
        architecture.Embeddings.Positions switch
        {
            LearnedPositions learned => weights.Rows(
                "PositionTable",
                stride,
                Tensor(Names.PositionEmbedding + Suffixes.Weight, learned.Rows, width)
            ),
            SinusoidalPositions sinusoidal => weights.SinusoidalTable(architecture.ContextLength, width, stride, sinusoidal),
            _ => null,
        };

    /// <summary>
    /// Plans the projection of patches: a convolution whose stride is its size, which is one linear layer over the pixels of a
    /// patch.
    /// </summary>
    private EmbeddingPlan PlanPatches(PatchArchitecture patches)
    {
        int width = architecture.Width,
            stride = kernels.Norm.Stride;
        var kernel = new LinearKernel(patches.Floats, width, Layout.RowStride(patches.Floats), stride, new(Bias: true, null, false, false))
        {
            Storage = architecture.WeightStorage,
        };
        string gathered = buffers.RowBuffer("Patches", "patches of the image", chunk, patches.Floats, kernel.InputStride);
        TensorPlan projection = Tensor(
            Names.PatchProjection + Suffixes.Weight,
            width,
            patches.Channels,
            patches.PatchSize,
            patches.PatchSize
        );
        string weight = weights.Panels("PatchProjectionWeight", kernel, TensorSlice.Whole(projection));
        string bias = weights.Bias("PatchProjectionBias", kernel, TensorSlice.Whole(Tensor(Names.PatchProjection + Suffixes.Bias, width)));
        string first = weights.Rows("FirstState", stride, Tensor(Names.FirstState, 1, 1, width));
        string positions = weights.Rows("PositionTable", stride, Tensor(Names.PositionEmbedding, 1, architecture.ContextLength, width));
        return new EmbeddingPlan(
            EquatableArray<StepPlan>.Empty,
            new EquatableArray<StepPlan>([
                new PatchStep("Patches of the image", new PatchKernel(patches, kernel.InputStride), gathered),
                new LinearStep("Projection of the patches", kernel, weight, bias, gathered, Hidden),
                new PositionStep(
                    "First state and positions",
                    new PositionKernel(width, stride, FirstState: true),
                    positions,
                    first,
                    Hidden
                ),
            ]),
            ""
        );
    }

    /// <summary>
    /// Plans convolutions over audio frames. A convolution is a linear layer over adjacent frames; the session stores the results
    /// of the first one for all frames.
    /// </summary>
    private EmbeddingPlan PlanSound(SoundArchitecture sound)
    {
        int width = architecture.Width,
            stride = kernels.Norm.Stride;
        string convolved = buffers.PositionBuffer(
            "Convolved",
            FormattableString.Invariant(
                $"frames behind the first convolution, [{SoundArchitecture.FramesPerPosition * architecture.ContextLength} frames][{width}], rows {stride} floats apart"
            ),
            (long)SoundArchitecture.FramesPerPosition * architecture.ContextLength * stride,
            stride
        );
        StepPlan[] Convolve(string name, string tensor, int channels, int inputStride, int step, string? input, string output)
        {
            int seen = SoundArchitecture.Window * channels;
            var window = new WindowKernel(channels, SoundArchitecture.Window, step, inputStride, Layout.RowStride(seen));
            var kernel = new LinearKernel(seen, width, window.Stride, stride, new(Bias: true, sound.Activation, false, false))
            {
                Storage = architecture.WeightStorage,
            };
            string windows = buffers.RowBuffer(name + "Windows", "frames with their neighbours", chunk, seen, window.Stride);
            return
            [
                new WindowStep("Every frame with its neighbours" + (step == 1 ? "" : ", every second one"), window, input, windows),
                new LinearStep(
                    name + " convolution, activated",
                    kernel,
                    weights.Panels(
                        name + "ConvolutionWeight",
                        kernel,
                        TensorSlice.Whole(Tensor(tensor + Suffixes.Weight, width, channels, SoundArchitecture.Window))
                    ),
                    weights.Bias(name + "ConvolutionBias", kernel, TensorSlice.Whole(Tensor(tensor + Suffixes.Bias, width))),
                    windows,
                    output
                ),
            ];
        }

        StepPlan[] frames = Convolve("First", Names.FirstConvolution, sound.MelBands, 0, 1, null, convolved);
        List<StepPlan> steps =
        [
            .. Convolve("Second", Names.SecondConvolution, width, stride, SoundArchitecture.FramesPerPosition, convolved, Hidden),
        ];
        if (architecture.Embeddings.Positions is LearnedPositions { Offset: 0 })
        {
            steps.Add(
                new PositionStep(
                    "Positions",
                    new PositionKernel(width, stride, FirstState: false),
                    PlacePositions(width, stride)!,
                    null,
                    Hidden
                )
            );
        }

        return new EmbeddingPlan(new EquatableArray<StepPlan>(frames), new EquatableArray<StepPlan>(steps), "");
    }

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
