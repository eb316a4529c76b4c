using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the feed-forward block of a layer.</summary>
internal sealed class FeedForwardPlanner(StackContext stack, FeedForwardArchitecture feedForward, LayerKernels kernels, BlockNorms norms)
{
    private readonly LayerTensors _tensors = new(stack.Architecture.Checkpoint);

    /// <summary>Plans the up projection, or the gate and up projections.</summary>
    public LinearStep PlanUp()
    {
        LinearKernel up = kernels.Up;
        int inner = feedForward.Width;
        BufferRef output = stack.Buffer(BufferRole.Inner);
        if (!feedForward.Gated)
        {
            return new LinearStep(
                "Up projection, activated",
                up,
                stack.Weights.Panels(WeightRole.Up, up, _tensors.Matrix(stack.Names.Up, inner, stack.Architecture.Width)),
                feedForward.Bias ? stack.Weights.Bias(WeightRole.Up, up, _tensors.Vector(stack.Names.Up, inner)) : null,
                norms.FeedForwardInput,
                output
            );
        }

        (TensorSlice gateWeight, TensorSlice upWeight) = _tensors.GateUpWeights(inner, stack.Architecture.Width);
        return new LinearStep(
            "Gate and up projections, activated and multiplied",
            up,
            stack.Weights.Panels(WeightRole.GateUp, up, gateWeight, upWeight),
            feedForward.Bias ? stack.Weights.Bias(WeightRole.GateUp, up, _tensors.GateUpBiases(inner)) : null,
            norms.FeedForwardInput,
            output
        );
    }

    /// <summary>Plans the down projection.</summary>
    public LinearStep PlanDown()
    {
        LinearKernel down = kernels.Down;
        int width = stack.Architecture.Width;
        return new LinearStep(
            "Down projection" + norms.OutputTitle,
            down,
            stack.Weights.Panels(WeightRole.Down, down, _tensors.Matrix(stack.Names.Down, width, feedForward.Width)),
            feedForward.DownBias ? stack.Weights.Bias(WeightRole.Down, down, _tensors.Vector(stack.Names.Down, width)) : null,
            stack.Buffer(BufferRole.Inner),
            norms.BlockOutput
        );
    }
}
