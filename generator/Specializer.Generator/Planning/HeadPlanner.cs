using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the computation of an encoder after its last hidden states.</summary>
/// <param name="architecture">The encoder.</param>
/// <param name="kernels">The kernels of the encoder.</param>
/// <param name="weights">Receives its weights.</param>
/// <param name="buffers">Receives its buffers.</param>
internal sealed class HeadPlanner(
    TransformerArchitecture architecture,
    StackKernels kernels,
    WeightLayoutBuilder weights,
    BufferLayoutBuilder buffers
)
{
    /// <summary>The approximate number of output floats that are computed together.</summary>
    private const int OutputFloats = 2 * 1024 * 1024;

    private CheckpointNames Names => architecture.Checkpoint.Names;

    private TensorSuffixes Suffixes => architecture.Checkpoint.Suffixes;

    /// <param name="encoder">The buffer of the last hidden states.</param>
    /// <param name="chunk">The number of rows of a chunk.</param>
    /// <param name="embedding">The weight of the token embeddings, which the output can share.</param>
    public HeadPlan Plan(string encoder, int chunk, string embedding)
    {
        if (architecture.Head is not { } head)
        {
            return new HeadPlan(EquatableArray<StepPlan>.Empty, encoder, architecture.Width, chunk, OutputPerToken: true);
        }

        var steps = new List<StepPlan>();
        string at = encoder;
        int width = architecture.Width;
        int projected = head.Projections.Select(static projection => projection.Width).DefaultIfEmpty(0).Max();
        int widest = Layout.RowStride(Math.Max(Math.Max(Math.Max(width, projected), head.Dense?.Width ?? 0), head.Output?.Width ?? 0));
        int rows = head.Pooling != Pooling.None ? 1 : Math.Min(chunk, Math.Max(8, OutputFloats / widest));
        if (head.Pooling != Pooling.None)
        {
            // Without projections, pooling and normalization are one step.
            bool normalize = head.Normalize && head.Projections.Count == 0;
            at = buffers.RowBuffer("Pooled", "the sequence's pooled state", 1, width, kernels.Norm.Stride);
            steps.Add(
                new PoolStep(
                    Title(head.Pooling) + (normalize ? ", divided by its length" : ""),
                    new PoolKernel(head.Pooling, width, kernels.Norm.Stride, normalize),
                    encoder,
                    at
                )
            );
        }

        foreach (ProjectionArchitecture projection in head.Projections)
        {
            (at, width) = (PlanProjection(projection, steps, at, width, rows), projection.Width);
        }

        if (head.Normalize && (head.Pooling == Pooling.None || head.Projections.Count > 0))
        {
            // The hidden states of tokens are preserved, because the caller may still read them.
            string normalized =
                at == encoder ? buffers.RowBuffer("Normalized", "states of length 1", rows, width, Layout.RowStride(width)) : at;
            steps.Add(new NormalizeStep("Each divided by its length", new NormalizeKernel(width, Layout.RowStride(width)), at, normalized));
            at = normalized;
        }

        if (head.Dense is { } dense)
        {
            var kernel = new LinearKernel(
                width,
                dense.Width,
                Layout.RowStride(width),
                Layout.RowStride(dense.Width),
                new(Bias: true, dense.Activation, false, false)
            )
            {
                Storage = architecture.WeightStorage,
            };
            string weight = weights.Panels(
                "HeadDenseWeight",
                kernel,
                TensorSlice.Whole(Tensor(Names.HeadDense + Suffixes.Weight, dense.Width, width))
            );
            string bias = weights.Bias("HeadDenseBias", kernel, TensorSlice.Whole(Tensor(Names.HeadDense + Suffixes.Bias, dense.Width)));
            string transformed = buffers.RowBuffer(
                "Transformed",
                "states as transformed by the head",
                rows,
                dense.Width,
                kernel.OutputStride
            );
            steps.Add(new LinearStep("Linear layer of the head, activated", kernel, weight, bias, at, transformed));
            (at, width) = (transformed, dense.Width);
        }

        if (head.Norm)
        {
            string norm = weights.Norm("HeadNorm", width, architecture.Norm, Suffixes, Names.HeadNorm, perLayer: false);
            steps.Add(
                new NormStep("Norm of the head", kernels.Norm with { Width = width, Stride = Layout.RowStride(width) }, norm, at, at)
            );
        }

        if (head.Output is { } output)
        {
            var kernel = new LinearKernel(
                width,
                output.Width,
                Layout.RowStride(width),
                Layout.RowStride(output.Width),
                new(output.Bias, null, false, false)
            )
            {
                Storage = architecture.WeightStorage,
            };
            string weight = output.Tied
                ? embedding
                : weights.Panels("OutputWeight", kernel, TensorSlice.Whole(Tensor(Names.Logits + Suffixes.Weight, output.Width, width)));
            string? bias = output.Bias
                ? weights.Bias(
                    "OutputBias",
                    kernel,
                    TensorSlice.Whole(Tensor(Names.LogitsBias.Length > 0 ? Names.LogitsBias : Names.Logits + Suffixes.Bias, output.Width))
                )
                : null;
            string logits = buffers.RowBuffer("Output", "outputs", rows, output.Width, kernel.OutputStride);
            steps.Add(new LinearStep("Output", kernel, weight, bias, at, logits));
            (at, width) = (logits, output.Width);
        }

        return new HeadPlan(new EquatableArray<StepPlan>(steps), at, width, rows, head.Pooling == Pooling.None);
    }

    private string PlanProjection(ProjectionArchitecture projection, List<StepPlan> steps, string input, int width, int rows)
    {
        string number = (steps.Count(static step => step is LinearStep) + 1).ToString(CultureInfo.InvariantCulture);
        var kernel = new LinearKernel(
            width,
            projection.Width,
            Layout.RowStride(width),
            Layout.RowStride(projection.Width),
            new(projection.Bias, projection.Activation, false, false)
        )
        {
            Storage = architecture.WeightStorage,
        };
        string weight = weights.Panels(
            $"HeadProjection{number}Weight",
            kernel,
            TensorSlice.Whole(Tensor(projection.Name + ".weight", projection.Width, width))
        );
        string? bias = !projection.Bias
            ? null
            : weights.Bias($"HeadProjection{number}Bias", kernel, TensorSlice.Whole(Tensor(projection.Name + ".bias", projection.Width)));
        string output = buffers.RowBuffer(
            "HeadProjection" + number,
            "states as projected by the head",
            rows,
            projection.Width,
            kernel.OutputStride
        );
        steps.Add(
            new LinearStep(
                "Projection of the head" + (projection.Activation is null ? "" : ", activated"),
                kernel,
                weight,
                bias,
                input,
                output
            )
        );
        return output;
    }

    private static string Title(Pooling pooling) =>
        pooling switch
        {
            Pooling.First => "The first token's state",
            Pooling.Last => "The last token's state",
            Pooling.WeightedMean => "Mean of all states, weighted by their numbers",
            Pooling.Max => "Maximum of all states",
            _ => "Mean of all states",
        };

    private static TensorPlan Tensor(string name, params int[] shape) => new(name, perLayer: false, shape);
}
