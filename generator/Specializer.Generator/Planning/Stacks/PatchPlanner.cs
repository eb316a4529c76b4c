using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the computation of hidden states from an image.</summary>
/// <param name="stack">The stack.</param>
/// <param name="patches">The patches of the image.</param>
internal sealed class PatchPlanner(StackContext stack, PatchArchitecture patches)
{
    private TransformerArchitecture Architecture => stack.Architecture;

    private CheckpointNames Names => stack.Names;

    private BufferRef Hidden => stack.Buffer(BufferRole.Hidden);

    private int Width => Architecture.Width;

    private int Stride => stack.Kernels.Norm.Stride;

    /// <summary>
    /// Plans the projection of patches, learned states before them, and positions. A convolution whose stride is its size is one
    /// linear layer over the pixels of a patch.
    /// </summary>
    public EmbeddingPlan Plan()
    {
        LinearKernel kernel = stack.Linear(
            patches.Floats,
            Width,
            Layout.RowStride(patches.Floats),
            Stride,
            new(patches.Bias, null, false, false)
        );
        BufferRef gathered = stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.Patches),
            "patches of the image",
            stack.Chunk,
            patches.Floats,
            kernel.InputStride
        );
        TensorPlan projection = Tensor(
            Names.PatchProjection + stack.Suffixes.Weight,
            Width,
            patches.Channels,
            patches.PatchSize,
            patches.PatchSize
        );
        WeightRef weight = stack.Weights.Panels(WeightRole.PatchProjection, kernel, TensorSlice.Whole(projection));
        WeightRef? bias = patches.Bias
            ? stack.Weights.Bias(
                WeightRole.PatchProjection,
                kernel,
                TensorSlice.Whole(Tensor(Names.PatchProjection + stack.Suffixes.Bias, Width))
            )
            : null;
        var steps = new List<StepPlan>
        {
            new PatchStep("Patches of the image", new PatchKernel(patches, kernel.InputStride), gathered),
            new LinearStep("Projection of the patches", kernel, weight, bias, gathered, Hidden),
        };
        AddPositions(steps);
        if (Architecture.Embeddings.Norm)
        {
            WeightRef norm = stack.Weights.Norm(
                WeightRole.EmbeddingNorm,
                Width,
                Architecture.Norm,
                stack.Suffixes,
                Names.EmbeddingNorm,
                perLayer: false
            );
            steps.Add(new NormStep("Norm of the embeddings", stack.Kernels.Norm, norm, Hidden, Hidden));
        }

        return new EmbeddingPlan(EquatableArray<StepPlan>.Empty, new EquatableArray<StepPlan>(steps), null);
    }

    private void AddPositions(List<StepPlan> steps)
    {
        bool flat = Architecture.Checkpoint.FlatImageTensors,
            hasTable = Architecture.Embeddings.Positions is LearnedPositions;
        WeightRef? first = patches.FirstState
            ? stack.Weights.Rows(
                WeightRole.FirstState,
                Stride,
                flat ? Tensor(Names.FirstState, Width) : Tensor(Names.FirstState, 1, 1, Width)
            )
            : null;
        WeightRef? later =
            patches.LaterStates > 0
                ? stack.Weights.Rows(WeightRole.LaterStates, Stride, Tensor(Names.LaterStates, 1, patches.LaterStates, Width))
                : null;
        WeightRef? positions = hasTable
            ? stack.Weights.Rows(
                WeightRole.PositionTable,
                Stride,
                flat
                    ? Tensor(Names.PositionEmbedding + stack.Suffixes.Weight, patches.PositionRows, Width)
                    : Tensor(Names.PositionEmbedding, 1, patches.PositionRows, Width)
            )
            : null;
        if (first is null && later is null && positions is null)
        {
            return;
        }

        steps.Add(
            new PositionStep(
                (patches.Leading, hasTable) switch
                {
                    (0, _) => "Positions",
                    (1, true) => "First state and positions",
                    (1, false) => "First state",
                    (_, true) => "First states and positions",
                    _ => "First states",
                },
                new PositionKernel(Width, Stride, patches.FirstState)
                {
                    HasTable = hasTable,
                    LaterStates = patches.LaterStates,
                    LaterHavePositions = patches.LaterHavePositions,
                },
                positions,
                first,
                Hidden
            )
            {
                LaterStates = later,
            }
        );
    }

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
