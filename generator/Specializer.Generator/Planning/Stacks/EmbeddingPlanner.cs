using System;
using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the computation of hidden states from tokens, the patches of an image or the frames of audio.</summary>
/// <param name="stack">The stack.</param>
internal sealed class EmbeddingPlanner(StackContext stack)
{
    private TransformerArchitecture Architecture => stack.Architecture;

    private CheckpointNames Names => stack.Names;

    private TensorSuffixes Suffixes => stack.Suffixes;

    private BufferRef Hidden => stack.Buffer(BufferRole.Hidden);

    /// <param name="shared">The embeddings, where another stack has placed them.</param>
    public EmbeddingPlan Plan(WeightRef? shared = null) =>
        Architecture.Embeddings.Patches is { } patches ? new PatchPlanner(stack, patches).Plan()
        : Architecture.Embeddings.Speech is { } sound ? PlanSpeech(sound)
        : PlanTokens(shared);

    private EmbeddingPlan PlanTokens(WeightRef? shared)
    {
        EmbeddingArchitecture embeddings = Architecture.Embeddings;
        EmbedKernel kernel = stack.Kernels.Embed;
        int width = kernel.Width,
            stride = kernel.Stride;
        bool projected = embeddings.Width != 0;
        BufferRef output = projected
            ? stack.Buffers.RowBuffer(stack.Buffer(BufferRole.Embedded), "embeddings", stack.Chunk, width, stride)
            : Hidden;
        WeightRef embedding = shared ?? PlaceTokens(kernel);
        WeightRef? positions = PlacePositions(width, stride);
        WeightRef? types = kernel.TokenTypes
            ? stack.Weights.Rows(
                WeightRole.TokenTypeTable,
                stride,
                Tensor(Names.TokenTypeEmbedding + Suffixes.Weight, embeddings.TokenTypes, width)
            )
            : null;
        string title = (positions is null, types is null) switch
        {
            (true, true) => "Token embeddings",
            (false, true) => "Token and position embeddings",
            (true, false) => "Token and type embeddings",
            _ => "Token, position and type embeddings",
        };
        SessionValue? tokens =
            !stack.IsEncoder ? null
            : stack.Part == StackPart.Source ? SessionValue.SourceTokens
            : SessionValue.ChunkTokens;
        var steps = new List<StepPlan>
        {
            new EmbedStep(title, kernel, tokens, embedding, positions, types, output)
            {
                EachInput = stack.EncodesTogether,
                Given = embeddings.EmbeddedPrefix
                    ? stack.Buffers.RowBuffer(
                        stack.Buffer(BufferRole.GivenRows),
                        "rows of embeddings that a prefix begins with",
                        stack.Chunk,
                        width,
                        stride
                    )
                    : null,
            },
        };
        if (embeddings.Norm)
        {
            WeightRef norm = stack.Weights.Norm(
                WeightRole.EmbeddingNorm,
                width,
                Architecture.Norm,
                Suffixes,
                Names.EmbeddingNorm,
                perLayer: false
            );
            steps.Add(
                new NormStep("Norm of the embeddings", stack.Kernels.Norm with { Width = width, Stride = stride }, norm, output, output)
            );
        }

        if (projected)
        {
            steps.Add(PlanProjection(width, stride, output));
        }

        return new EmbeddingPlan(EquatableArray<StepPlan>.Empty, new EquatableArray<StepPlan>(steps), embedding);
    }

    private WeightRef PlaceTokens(EmbedKernel kernel)
    {
        TensorPlan table = Tensor(Names.TokenEmbedding + Suffixes.Weight, kernel.VocabularySize, kernel.Width);
        return kernel.Tied
            ? stack.Weights.Table(
                WeightRole.TokenEmbedding,
                new(kernel.Width, kernel.VocabularySize, kernel.Stride, 0, new(false, null, false, false)) { Storage = kernel.Storage },
                table
            )
            : stack.Weights.Rows(WeightRole.TokenEmbedding, kernel.Stride, table);
    }

    private LinearStep PlanProjection(int width, int stride, BufferRef embedded)
    {
        LinearKernel projection = stack.Linear(
            width,
            Architecture.Width,
            stride,
            stack.Kernels.Norm.Stride,
            new(Bias: true, null, false, false)
        );
        return new LinearStep(
            "Projection of the embeddings to the width of the hidden states",
            projection,
            stack.Weights.Panels(
                WeightRole.EmbeddingProjection,
                projection,
                TensorSlice.Whole(Tensor(Names.EmbeddingProjection + Suffixes.Weight, Architecture.Width, width))
            ),
            stack.Weights.Bias(
                WeightRole.EmbeddingProjection,
                projection,
                TensorSlice.Whole(Tensor(Names.EmbeddingProjection + Suffixes.Bias, Architecture.Width))
            ),
            embedded,
            Hidden
        );
    }

    /// <summary>Places the table of positions that is added to embeddings, if the stack has one.</summary>
    private WeightRef? PlacePositions(int width, int stride) =>
        Architecture.Embeddings.Positions switch
        {
            LearnedPositions learned => stack.Weights.Rows(
                WeightRole.PositionTable,
                stride,
                Tensor(Names.PositionEmbedding + Suffixes.Weight, learned.Rows, width)
            ),
            SinusoidalPositions sinusoidal => stack.Weights.SinusoidalTable(Architecture.ContextLength, width, stride, sinusoidal),
            _ => null,
        };

    /// <summary>
    /// Plans a convolution: a linear layer over the frames that it sees. The session keeps the result of the first one for all
    /// frames.
    /// </summary>
    private EmbeddingPlan PlanSpeech(SpeechArchitecture sound)
    {
        int width = Architecture.Width,
            stride = stack.Kernels.Norm.Stride;
        BufferRef convolved = stack.Buffers.PositionBuffer(
            stack.Buffer(BufferRole.Convolved),
            FormattableString.Invariant(
                $"frames after the first convolution, [{SpeechArchitecture.FramesPerPosition * Architecture.ContextLength} frames][{width}], rows {stride} floats apart"
            ),
            (long)SpeechArchitecture.FramesPerPosition * Architecture.ContextLength * stride,
            stride
        );
        StepPlan[] frames = PlanConvolution(sound, first: true, null, convolved);
        List<StepPlan> steps = [.. PlanConvolution(sound, first: false, convolved, Hidden)];
        if (Architecture.Embeddings.Positions is LearnedPositions { Offset: 0 })
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

        return new EmbeddingPlan(new EquatableArray<StepPlan>(frames), new EquatableArray<StepPlan>(steps), null);
    }

    private StepPlan[] PlanConvolution(SpeechArchitecture sound, bool first, BufferRef? input, BufferRef output)
    {
        int width = Architecture.Width,
            stride = stack.Kernels.Norm.Stride;
        int channels = first ? sound.MelBands : width,
            seen = SpeechArchitecture.Window * channels;
        var window = new WindowKernel(
            channels,
            SpeechArchitecture.Window,
            first ? 1 : SpeechArchitecture.FramesPerPosition,
            first ? 0 : stride,
            Layout.RowStride(seen)
        );
        LinearKernel kernel = stack.Linear(seen, width, window.Stride, stride, new(Bias: true, sound.Activation, false, false));
        BufferRef windows = stack.Buffers.RowBuffer(
            stack.Buffer(first ? BufferRole.FirstWindows : BufferRole.SecondWindows),
            "frames with their neighbours",
            stack.Chunk,
            seen,
            window.Stride
        );
        WeightRole role = first ? WeightRole.FirstConvolution : WeightRole.SecondConvolution;
        string tensor = first ? Names.FirstConvolution : Names.SecondConvolution;
        return
        [
            new WindowStep("Every frame with its neighbours" + (first ? "" : ", every second one"), window, input, windows),
            new LinearStep(
                (first ? "First" : "Second") + " convolution, activated",
                kernel,
                stack.Weights.Panels(
                    role,
                    kernel,
                    TensorSlice.Whole(Tensor(tensor + Suffixes.Weight, width, channels, SpeechArchitecture.Window))
                ),
                stack.Weights.Bias(role, kernel, TensorSlice.Whole(Tensor(tensor + Suffixes.Bias, width))),
                windows,
                output
            ),
        ];
    }

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
