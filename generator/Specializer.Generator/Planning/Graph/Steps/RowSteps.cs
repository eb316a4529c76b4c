using System.Collections.Generic;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Normalizes the rows of a buffer.</summary>
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

/// <summary>Adds the rows of a buffer, multiplied by a vector, to those of another.</summary>
internal sealed record ScaleStep(string Title, ScaleKernel Kernel, WeightRef Weight, BufferRef Input, BufferRef Output) : StepPlan(Title)
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

/// <summary>Normalizes parts of the rows of a buffer in place.</summary>
internal sealed record PartNormStep(string Title, PartNormKernel Kernel, WeightRef Weight, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [KernelCall.Of(new(Kernel), (NormWeight, new WeightArgument(Weight)), (KernelParameters.Output, new BufferArgument(Output)))];
}

/// <summary>Applies a linear layer to the rows of a buffer.</summary>
internal sealed record LinearStep(string Title, LinearKernel Kernel, WeightRef Weight, WeightRef? Bias, BufferRef Input, BufferRef Output)
    : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                When == StepCondition.ChunkHasGlobalTokens ? CallScope.GlobalTokens : CallScope.Chunk,
                // Until the session returns, each worker reads only the logits that it has computed itself.
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

/// <summary>Finds the most probable token after the last row, if the caller requests it.</summary>
internal sealed record ArgMaxStep(string Title, ArgMaxKernel Kernel) : StepPlan(Title)
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

/// <summary>Reduces all rows of a sequence to one.</summary>
internal sealed record PoolStep(string Title, PoolKernel Kernel, BufferRef Input, BufferRef Output) : StepPlan(Title)
{
    /// <summary>Whether several inputs are encoded together.</summary>
    public bool EachInput { get; init; }

    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                EachInput ? CallScope.EachInput : CallScope.Chunk,
                Barrier.Always,
                [
                    (KernelParameters.Input, new BufferArgument(Input)),
                    (KernelParameters.Output, new BufferArgument(Output)),
                    (Length, new SessionArgument(SessionValue.Length)),
                    .. Kernel.EndToken is null
                        ? []
                        : new (KernelParameter, Argument)[] { (Tokens, new SessionArgument(SessionValue.InputTokens)) },
                ]
            ),
        ];
}

/// <summary>Writes the learned state that attends to all states to a row.</summary>
internal sealed record ProbeStateStep(string Title, PositionKernel Kernel, WeightRef Weight, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall
                .Of(new(Kernel), (KernelParameters.Output, new BufferArgument(Output)), (First, new WeightArgument(Weight)))
                .With((Position, new ConstantArgument(0))),
        ];
}

/// <summary>Attends to the keys and values of all states with the queries of one row.</summary>
internal sealed record ProbeStep(string Title, ProbeKernel Kernel, BufferRef Query, BufferRef KeyValues, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (Queries, new BufferArgument(Query)),
                (Keys, new AllPositionsArgument(KeyValues)),
                (KernelParameters.Output, new BufferArgument(Output)),
                (Length, new SessionArgument(SessionValue.Length))
            ),
        ];
}

/// <summary>Divides rows by their Euclidean lengths.</summary>
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
