using System.Collections.Generic;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Copies the rows of global tokens to the first rows of a buffer, or back.</summary>
internal sealed record GlobalRowsStep(string Title, GlobalRowsKernel Kernel, BufferRef Input, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (KernelParameters.Input, new BufferArgument(Input)),
                (KernelParameters.Output, new BufferArgument(Output)),
                (GlobalsBefore, new SessionArgument(SessionValue.GlobalsBeforeChunk))
            ),
        ];
}

/// <summary>Stores the queries of the global tokens of a chunk for their attention.</summary>
internal sealed record GlobalQueriesStep(string Title, AttentionKernel Kernel, BufferRef Input, BufferRef Queries) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel, KernelPart.PrepareQueries),
                CallScope.GlobalTokens,
                Barrier.Always,
                (Projected, new BufferArgument(Input)),
                (KernelParameters.Queries, new GlobalRowsArgument(Queries, Kernel.Attention.GroupSize * Kernel.HeadStride))
            ),
        ];
}

/// <summary>Attends from the global tokens of a chunk to the keys of the whole sequence.</summary>
internal sealed record GlobalAttendStep(
    string Title,
    AttentionKernel Kernel,
    BufferRef Queries,
    BufferRef Keys,
    BufferRef Values,
    BufferRef Output
) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                CallScope.GlobalTokens,
                Barrier.Always,
                (KernelParameters.Queries, new GlobalRowsArgument(Queries, Kernel.Attention.GroupSize * Kernel.HeadStride)),
                (KernelParameters.Keys, new BufferArgument(Keys)),
                (KernelParameters.Values, new BufferArgument(Values)),
                (KernelParameters.Output, new BufferArgument(Output)),
                (Position, new ConstantArgument(0)),
                (Length, new SessionArgument(SessionValue.Length))
            ),
        ];
}
