using System.Collections.Generic;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>A norm over the rows of a buffer.</summary>
internal sealed record NormStep(string Title, NormKernel Kernel, WeightRef Weight, BufferRef Input, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (KernelParameters.Input, new BufferArgument(Input)),
                (NormWeight, new WeightArgument(Weight)),
                (KernelParameters.Output, new BufferArgument(Output))
            ),
        ];
}

/// <summary>A linear layer over the rows of a buffer.</summary>
internal sealed record LinearStep(string Title, LinearKernel Kernel, WeightRef Weight, WeightRef? Bias, BufferRef Input, BufferRef Output)
    : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                When == StepCondition.ChunkHasGlobalTokens ? CallScope.GlobalTokens : CallScope.Chunk,
                // Nothing reads logits but the worker that computed them, before the session returns.
                Output.Role == BufferRole.Logits
                    ? Barrier.None
                    : Barrier.Always,
                [
                    (KernelParameters.Input, new BufferArgument(Input)),
                    (Weights, new WeightArgument(Weight)),
                    .. Bias is null ? [] : new (KernelParameter, Argument)[] { (LinearBias, new WeightArgument(Bias)) },
                    (KernelParameters.Output, new BufferArgument(Output)),
                ]
            ),
        ];
}

/// <summary>The most probable token after the last row, if the caller requests it.</summary>
internal sealed record HighestStep(string Title, HighestKernel Kernel) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                CallScope.Chunk,
                Barrier.None,
                (KernelParameters.Logits, new BufferArgument(new BufferRef(BufferRole.Logits)))
            ),
        ];
}

/// <summary>One row from all rows of a sequence.</summary>
internal sealed record PoolStep(string Title, PoolKernel Kernel, BufferRef Input, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (KernelParameters.Input, new BufferArgument(Input)),
                (KernelParameters.Output, new BufferArgument(Output)),
                (Length, new SessionArgument(SessionValue.Length))
            ),
        ];
}

/// <summary>Rows divided by their Euclidean lengths.</summary>
internal sealed record NormalizeStep(string Title, NormalizeKernel Kernel, BufferRef Input, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (KernelParameters.Input, new BufferArgument(Input)),
                (KernelParameters.Output, new BufferArgument(Output))
            ),
        ];
}
