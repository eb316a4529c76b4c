using System.Collections.Generic;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the attention of a learned state to all states of an image.</summary>
/// <param name="stack">The encoder.</param>
/// <param name="probe">The learned state.</param>
internal sealed class ProbePlanner(StackContext stack, ProbeArchitecture probe)
{
    private CheckpointNames Names => stack.Names;

    private int Width => stack.Architecture.Width;

    private int Stride => Layout.RowStride(Width);

    private BufferRef KeyValues => stack.Buffer(BufferRole.ProbeKeyValues);

    /// <summary>Plans the keys and values of the states of a chunk.</summary>
    public StepPlan PlanKeyValues()
    {
        int length = stack.Architecture.ContextLength;
        LinearKernel kernel = Linear(Width, 2 * Width, new(Bias: true, null, false, false));
        stack.Buffers.PositionBuffer(
            KeyValues,
            $"keys and values of all states, [{length} positions][{2 * Width}], rows {kernel.OutputStride} floats apart",
            (long)length * kernel.OutputStride,
            kernel.OutputStride
        );
        return Step(
            "Keys and values of the states",
            kernel,
            WeightRole.ProbeKeyValue,
            Rows(Width, 2 * Width),
            stack.Buffer(BufferRole.Hidden),
            KeyValues
        );
    }

    /// <summary>Plans the learned state's attention and its feed-forward block, after the keys and values of all states.</summary>
    /// <param name="output">The buffer of the result.</param>
    public IEnumerable<StepPlan> Plan(BufferRef output)
    {
        BufferRef state = Buffer(BufferRole.ProbeState, "learned state", Width),
            query = Buffer(BufferRole.ProbeQuery, "query of the learned state", Width),
            attended = Buffer(BufferRole.ProbeAttended, "attention output of the learned state", Width),
            normed = Buffer(BufferRole.ProbeNormed, "normalised learned state", Width),
            inner = Buffer(BufferRole.ProbeInner, "inner activations of the learned state", probe.Inner);
        LinearEpilogue plain = new(Bias: true, null, false, false);
        yield return new ProbeStateStep(
            "The learned state",
            new PositionKernel(Width, Stride, FirstState: true) { HasTable = false },
            stack.Weights.Rows(WeightRole.ProbeState, Stride, Tensor(Names.Probe, 1, 1, Width)),
            state
        );
        yield return Step("Its query", Linear(Width, Width, plain), WeightRole.ProbeQuery, Rows(0, Width), state, query);
        yield return new ProbeStep(
            "Its attention to all states",
            new ProbeKernel(probe.Heads, Width / probe.Heads, Layout.RowStride(2 * Width)),
            query,
            KeyValues,
            attended
        );
        yield return Step(
            "Output projection of the learned state",
            Linear(Width, Width, plain),
            WeightRole.ProbeOutput,
            Whole(Names.ProbeAttention + "out_proj", Width, Width),
            attended,
            output
        );
        WeightRef norm = stack.Weights.Norm(
            WeightRole.ProbeNorm,
            Width,
            stack.Architecture.Norm,
            stack.Suffixes,
            Names.ProbeNorm,
            perLayer: false
        );
        yield return new NormStep("Norm of the learned state", stack.Kernels.Norm, norm, output, normed);
        yield return Step(
            "Up projection of the learned state, activated",
            Linear(Width, probe.Inner, plain with { Activation = probe.Activation }),
            WeightRole.ProbeUp,
            Whole(Names.ProbeUp, probe.Inner, Width),
            normed,
            inner
        );
        yield return Step(
            "Down projection of the learned state, added",
            Linear(probe.Inner, Width, plain with { AddToOutput = true }),
            WeightRole.ProbeDown,
            Whole(Names.ProbeDown, Width, probe.Inner),
            inner,
            output
        );
    }

    private LinearStep Step(
        string title,
        LinearKernel kernel,
        WeightRole role,
        (TensorSlice Weight, TensorSlice Bias) tensors,
        BufferRef input,
        BufferRef output
    ) =>
        new(
            title,
            kernel,
            stack.Weights.Panels(role, kernel, tensors.Weight),
            stack.Weights.Bias(role, kernel, tensors.Bias),
            input,
            output
        );

    private LinearKernel Linear(int inputs, int outputs, LinearEpilogue epilogue) =>
        stack.Linear(inputs, outputs, Layout.RowStride(inputs), Layout.RowStride(outputs), epilogue);

    private BufferRef Buffer(BufferRole role, string description, int width) =>
        stack.Buffers.RowBuffer(stack.Buffer(role), description, 1, width, Layout.RowStride(width));

    /// <summary>Some rows of the three projections, which torch.nn.MultiheadAttention keeps in one tensor.</summary>
    private (TensorSlice Weight, TensorSlice Bias) Rows(int first, int count) =>
        (
            new TensorSlice(Tensor(Names.ProbeAttention + "in_proj_weight", 3 * Width, Width), count, first, count, count, false),
            new TensorSlice(Tensor(Names.ProbeAttention + "in_proj_bias", 3 * Width), count, first, count, count, false)
        );

    private (TensorSlice Weight, TensorSlice Bias) Whole(string name, int outputs, int inputs) =>
        (
            TensorSlice.Whole(Tensor(name + stack.Suffixes.Weight, outputs, inputs)),
            TensorSlice.Whole(Tensor(name + stack.Suffixes.Bias, outputs))
        );

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
