using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the quantization of activations, which integer weights require: a step before each linear layer.</summary>
internal static class ActivationQuantizer
{
    /// <summary>Places the buffer of quantized rows of a stack, for the widest input of its linear layers.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="perWorker">Whether every worker has a separate row if there is one row.</param>
    public static void PlaceBuffer(StackContext stack, bool perWorker)
    {
        if (!IntegerLayout.IsInteger(stack.Architecture.WeightStorage))
        {
            return;
        }

        int widest = WidestInput(stack.Architecture);
        stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.Quantized),
            "inputs of a linear layer as integers, with a scale per block of 32",
            stack.Chunk,
            widest,
            IntegerLayout.RowStride(widest),
            perWorker
        );
    }

    /// <summary>Adds the steps to a plan whose weights are integers.</summary>
    public static ExecutionPlan AddSteps(ExecutionPlan plan) =>
        !IntegerLayout.IsInteger(plan.Architecture.WeightStorage)
            ? plan
            : plan with
            {
                Before = AddSteps(plan.Before),
                Layer = AddSteps(plan.Layer),
                After = AddSteps(plan.After),
                Cross = AddSteps(plan.Cross),
                Encoder = plan.Encoder is { } encoder
                    ? encoder with
                    {
                        Frames = AddSteps(encoder.Frames),
                        Before = AddSteps(encoder.Before),
                        Project = AddSteps(encoder.Project),
                        Attend = AddSteps(encoder.Attend),
                        After = AddSteps(encoder.After),
                    }
                    : null,
                Head = plan.Head is { } head ? head with { Steps = AddSteps(head.Steps) } : null,
            };

    private static EquatableArray<StepPlan> AddSteps(IEnumerable<StepPlan> steps) => new(steps.SelectMany(WithQuantization));

    private static IEnumerable<StepPlan> WithQuantization(StepPlan step)
    {
        switch (step)
        {
            case StepsByKind kinds:
                return [kinds with { Kinds = new(kinds.Kinds.Select(static steps => AddSteps(steps))) }];
            case LinearStep linear:
                int stride = IntegerLayout.RowStride(linear.Kernel.Inputs);
                BufferRef quantized = new(BufferRole.Quantized, linear.Input.Stack);
                return
                [
                    new QuantizeStep(
                        "Inputs of the next linear layer as integers",
                        new QuantizeKernel(linear.Kernel.Inputs, linear.Kernel.InputStride, stride) { Weights = linear.Kernel.Storage },
                        linear.Input,
                        quantized
                    )
                    {
                        When = linear.When,
                    },
                    linear with
                    {
                        Kernel = linear.Kernel with { InputStride = stride },
                        Input = quantized,
                    },
                ];
            default:
                return [step];
        }
    }

    private static int WidestInput(TransformerArchitecture architecture)
    {
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        var widths = new List<int>
        {
            architecture.Width,
            embeddings.Width,
            embeddings.Patches?.Floats ?? 0,
            embeddings.Speech is { } speech ? SpeechArchitecture.Window * Math.Max(speech.MelBands, architecture.Width) : 0,
            architecture.CrossAttention is { } cross ? cross.Heads * cross.HeadDim : 0,
            architecture.Head?.Dense?.Width ?? 0,
            architecture.Head?.Probe?.Inner ?? 0,
        };
        widths.AddRange(architecture.LayerKinds.Select(static kind => kind.Attention.Heads * kind.Attention.HeadDim));
        widths.AddRange(architecture.LayerKinds.Select(static kind => kind.FeedForward.Width));
        widths.AddRange(architecture.Head?.Projections.Select(static projection => projection.Width) ?? []);
        return widths.Max();
    }
}
