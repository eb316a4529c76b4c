using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the norms around the blocks of a layer, as its arrangement requires.</summary>
internal sealed class BlockNorms(StackContext stack, LayerKind kind)
{
    private LayerArrangement Arrangement => kind.Arrangement;

    /// <summary>Whether the attention has a norm before it.</summary>
    public bool PrecedeAttention => PrecedeFeedForward && Arrangement != LayerArrangement.FeedForwardNorm;

    /// <summary>Whether the feed-forward block has a norm before it.</summary>
    public bool PrecedeFeedForward => Arrangement is not (LayerArrangement.PostNorm or LayerArrangement.OutputNorm);

    /// <summary>Whether norms of the residual stream follow the blocks.</summary>
    public bool FollowSums => Arrangement == LayerArrangement.PostNorm;

    /// <summary>Whether both blocks read the same residual stream, in parallel.</summary>
    public bool Parallel => Arrangement is LayerArrangement.ParallelOneNorm or LayerArrangement.ParallelTwoNorms;

    /// <summary>Whether both blocks share one norm.</summary>
    public bool OneForBoth => Arrangement == LayerArrangement.ParallelOneNorm;

    /// <summary>Whether the output of a block is normalized before it is added to the residual stream.</summary>
    public bool OfOutputs => kind.NormsOutputs;

    /// <summary>The buffer that the attention reads: the residual stream itself if no norm precedes it.</summary>
    public BufferRef AttentionInput => Input(PrecedeAttention);

    /// <summary>The buffer that the feed-forward block reads.</summary>
    public BufferRef FeedForwardInput => Input(PrecedeFeedForward);

    /// <summary>Whether the output of a block is multiplied by a vector before it is added to the residual stream.</summary>
    public bool ScalesOutputs => kind.LayerScale;

    /// <summary>Whether a step of its own adds the output of a block to the residual stream.</summary>
    public bool AddLater => kind.AddsOutputsLater;

    /// <summary>The buffer that the last linear layer of a block writes.</summary>
    public BufferRef BlockOutput => stack.Buffer(AddLater ? BufferRole.Block : BufferRole.Hidden);

    /// <summary>The end of the title of the step that writes the output of a block.</summary>
    public string OutputTitle => AddLater ? "" : ", added to the residual stream";

    /// <summary>Plans a norm before a block.</summary>
    public NormStep Before(WeightRole role, string checkpointName, string title) =>
        Arrangement == LayerArrangement.NormedResidual
            ? InPlace(role, checkpointName, title + ", which becomes the residual stream")
            : new(
                title,
                stack.Kernels.Norm,
                Weight(role, checkpointName),
                stack.Buffer(BufferRole.Hidden),
                stack.Buffer(BufferRole.Normed)
            );

    /// <summary>Plans a norm of the residual stream itself.</summary>
    public NormStep InPlace(WeightRole role, string checkpointName, string title) =>
        new(title, stack.Kernels.Norm, Weight(role, checkpointName), stack.Buffer(BufferRole.Hidden), stack.Buffer(BufferRole.Hidden));

    /// <summary>Plans a norm of the output of a block. Its result is added to the residual stream.</summary>
    public NormStep Added(WeightRole role, string checkpointName, string title) =>
        new(
            title + ", added to the residual stream",
            stack.Kernels.NormAdd,
            Weight(role, checkpointName),
            stack.Buffer(BufferRole.Block),
            stack.Buffer(BufferRole.Hidden)
        );

    /// <summary>Plans the product of the output of a block and a vector. It is added to the residual stream.</summary>
    public ScaleStep Scaled(WeightRole role, string checkpointName, string title) =>
        new(
            title + ", added to the residual stream",
            new ScaleKernel(stack.Kernels.Norm.Width, stack.Kernels.Norm.Stride),
            stack.Weights.Vector(role, new TensorPlan(checkpointName, perLayer: true, stack.Architecture.Width)),
            stack.Buffer(BufferRole.Block),
            stack.Buffer(BufferRole.Hidden)
        );

    private BufferRef Input(bool follows) =>
        stack.Buffer(follows && Arrangement != LayerArrangement.NormedResidual ? BufferRole.Normed : BufferRole.Hidden);

    private WeightRef Weight(WeightRole role, string checkpointName) =>
        stack.Weights.Norm(role, stack.Architecture.Width, stack.Architecture.Norm, stack.Suffixes, checkpointName, perLayer: true);
}
