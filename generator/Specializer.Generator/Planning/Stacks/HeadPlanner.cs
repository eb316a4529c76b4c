using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the computation of an encoder-only model from its last hidden states.</summary>
/// <param name="stack">The encoder.</param>
internal sealed class HeadPlanner(StackContext stack)
{
    /// <summary>The approximate number of floats in the output rows that are computed together.</summary>
    private const int OutputFloats = 2 * 1024 * 1024;

    /// <summary>The minimum number of rows that are computed together: enough for a register tile.</summary>
    private const int LeastRows = 8;

    private readonly List<StepPlan> _steps = [];

    private CheckpointNames Names => stack.Names;

    private TensorSuffixes Suffixes => stack.Suffixes;

    /// <param name="embedding">The weight of the token embeddings, which the output may share; null if there are none.</param>
    public HeadPlan Plan(WeightRef? embedding)
    {
        BufferRef encoder = stack.Buffer(BufferRole.Hidden);
        TransformerArchitecture architecture = stack.Architecture;
        if (architecture.Head is not { } head)
        {
            return new HeadPlan(EquatableArray<StepPlan>.Empty, encoder, architecture.Width, stack.Chunk, OutputPerToken: true);
        }

        BufferRef at = encoder;
        int width = architecture.Width;
        int rows = Rows(head);
        EquatableArray<StepPlan> chunks = EquatableArray<StepPlan>.Empty;
        if (head.Probe is { } probe)
        {
            var planner = new ProbePlanner(stack, probe);
            chunks = new EquatableArray<StepPlan>([planner.PlanKeyValues()]);
            at = stack.Buffers.RowBuffer(
                stack.Buffer(BufferRole.Pooled),
                "state of the image",
                1,
                architecture.Width,
                Layout.RowStride(architecture.Width)
            );
            _steps.AddRange(planner.Plan(at));
        }
        else if (head.Pooling != PoolingKind.None)
        {
            at = PlanPooling(head, encoder);
        }

        for (int index = 0; index < head.Projections.Count; index++)
        {
            ProjectionArchitecture projection = head.Projections[index];
            (at, width) = (PlanProjection(projection, index + 1, at, width, rows), projection.Width);
        }

        if (head.Normalize && (head.Pooling == PoolingKind.None || head.Probe is not null || head.Projections.Count > 0))
        {
            at = PlanNormalization(at, encoder, width, rows);
        }

        if (head.Dense is { } dense)
        {
            (at, width) = (PlanDense(dense, at, width, rows), dense.Width);
        }

        if (head.Norm)
        {
            WeightRef norm = stack.Weights.Norm(WeightRole.HeadNorm, width, architecture.Norm, Suffixes, Names.HeadNorm, perLayer: false);
            NormKernel kernel = stack.Kernels.Norm with { Width = width, Stride = Layout.RowStride(width) };
            _steps.Add(new NormStep("Norm of the head", kernel, norm, at, at));
        }

        if (head.Output is { } output)
        {
            (at, width) = (PlanOutput(output, embedding, at, width, rows), output.Width);
        }

        return new HeadPlan(new EquatableArray<StepPlan>(_steps), at, width, rows, OutputPerToken: !head.OfSequence) { Chunks = chunks };
    }

    private int Rows(HeadArchitecture head)
    {
        int projected = head.Projections.Select(static projection => projection.Width).DefaultIfEmpty(0).Max();
        int widest = new[] { stack.Architecture.Width, projected, head.Dense?.Width ?? 0, head.Output?.Width ?? 0 }.Max();
        return head.OfSequence ? 1 : Math.Min(stack.Chunk, Math.Max(LeastRows, OutputFloats / Layout.RowStride(widest)));
    }

    private BufferRef PlanPooling(HeadArchitecture head, BufferRef encoder)
    {
        // A state without projection is pooled and normalized at once.
        bool normalize = head.Normalize && head.Projections.Count == 0;
        int width = stack.Architecture.Width,
            stride = stack.Kernels.Norm.Stride;
        BufferRef pooled = stack.Buffers.RowBuffer(stack.Buffer(BufferRole.Pooled), "sequence's pooled state", 1, width, stride);
        _steps.Add(
            new PoolStep(
                (head.EndToken is null ? Title(head.Pooling) : "The state of the end token") + (normalize ? ", divided by its length" : ""),
                new PoolKernel(head.Pooling, width, stride, normalize) { EndToken = head.EndToken, Skipped = head.Skipped },
                encoder,
                pooled
            )
            {
                EachInput = stack.EncodesTogether,
            }
        );
        return pooled;
    }

    private BufferRef PlanProjection(ProjectionArchitecture projection, int number, BufferRef input, int width, int rows)
    {
        LinearKernel kernel = Linear(width, projection.Width, new(projection.Bias, projection.Activation, false, false));
        WeightRef weight = stack.Weights.Panels(
            WeightRole.HeadProjection,
            number,
            kernel,
            TensorSlice.Whole(Tensor(projection.Name + ".weight", projection.Width, width))
        );
        WeightRef? bias = projection.Bias
            ? stack.Weights.Bias(
                WeightRole.HeadProjection,
                number,
                kernel,
                TensorSlice.Whole(Tensor(projection.Name + ".bias", projection.Width))
            )
            : null;
        BufferRef output = RowBuffer(
            stack.Buffer(BufferRole.HeadProjection) with
            {
                Number = number,
            },
            "states as projected by the head",
            rows,
            kernel
        );
        string title = "Projection of the head" + (projection.Activation is null ? "" : ", activated");
        _steps.Add(new LinearStep(title, kernel, weight, bias, input, output));
        return output;
    }

    private BufferRef PlanNormalization(BufferRef input, BufferRef encoder, int width, int rows)
    {
        // The hidden states of tokens are not changed, because the caller may still read them.
        int stride = Layout.RowStride(width);
        BufferRef output =
            input == encoder
                ? stack.Buffers.RowBuffer(stack.Buffer(BufferRole.Normalized), "states of length 1", rows, width, stride)
                : input;
        _steps.Add(new NormalizeStep("Each divided by its length", new NormalizeKernel(width, stride), input, output));
        return output;
    }

    private BufferRef PlanDense(DenseArchitecture dense, BufferRef input, int width, int rows)
    {
        LinearKernel kernel = Linear(width, dense.Width, new(dense.Bias, dense.Activation, false, false));
        WeightRef weight = stack.Weights.Panels(
            WeightRole.HeadDense,
            kernel,
            TensorSlice.Whole(Tensor(Names.HeadDense + Suffixes.Weight, dense.Width, width))
        );
        WeightRef? bias = dense.Bias
            ? stack.Weights.Bias(WeightRole.HeadDense, kernel, TensorSlice.Whole(Tensor(Names.HeadDense + Suffixes.Bias, dense.Width)))
            : null;
        BufferRef output = RowBuffer(stack.Buffer(BufferRole.Transformed), "states as transformed by the head", rows, kernel);
        _steps.Add(new LinearStep("Linear layer of the head, activated", kernel, weight, bias, input, output));
        return output;
    }

    private BufferRef PlanOutput(OutputArchitecture output, WeightRef? embedding, BufferRef input, int width, int rows)
    {
        LinearKernel kernel = Linear(width, output.Width, new(output.Bias, null, false, false));
        WeightRef weight = output.Tied
            ? embedding!
            : stack.Weights.Panels(
                WeightRole.Output,
                kernel,
                TensorSlice.Whole(Tensor(Names.Logits + Suffixes.Weight, output.Width, width))
            );
        string biasName = Names.LogitsBias.Length > 0 ? Names.LogitsBias : Names.Logits + Suffixes.Bias;
        WeightRef? bias = output.Bias
            ? stack.Weights.Bias(WeightRole.Output, kernel, TensorSlice.Whole(Tensor(biasName, output.Width)))
            : null;
        BufferRef outputs = RowBuffer(stack.Buffer(BufferRole.Output), "outputs", rows, kernel);
        _steps.Add(new LinearStep("Output", kernel, weight, bias, input, outputs));
        return outputs;
    }

    private LinearKernel Linear(int inputs, int outputs, LinearEpilogue epilogue) =>
        stack.Linear(inputs, outputs, Layout.RowStride(inputs), Layout.RowStride(outputs), epilogue);

    private BufferRef RowBuffer(BufferRef buffer, string description, int rows, LinearKernel kernel) =>
        stack.Buffers.RowBuffer(buffer, description, rows, kernel.Outputs, kernel.OutputStride);

    private static string Title(PoolingKind pooling) =>
        pooling switch
        {
            PoolingKind.First => "The first token's state",
            PoolingKind.Last => "The last token's state",
            PoolingKind.WeightedMean => "Mean of all states, weighted by their numbers",
            PoolingKind.Max => "Maximum of all states",
            _ => "Mean of all states",
        };

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
