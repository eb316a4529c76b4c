using System.Collections.Generic;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Rounds the input rows of a linear layer to integers.</summary>
internal sealed record QuantizeStep(string Title, QuantizeKernel Kernel, BufferRef Input, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                When == StepCondition.ChunkHasGlobalTokens ? CallScope.GlobalTokens : CallScope.Chunk,
                Barrier.Always,
                (KernelParameters.Input, new BufferArgument(Input)),
                (KernelParameters.Output, new BufferArgument(Output))
            ),
        ];
}
