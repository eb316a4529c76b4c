using System.Collections.Generic;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>The cross-attention of a decoder's layer. All rows of all sequences attend to the same source.</summary>
/// <param name="Title">The name of the step.</param>
/// <param name="Kernel">The kernels.</param>
/// <param name="Input">The buffer of the projected queries.</param>
/// <param name="Queries">The buffer of the prepared queries.</param>
/// <param name="Keys">The buffer of the source's keys for all layers.</param>
/// <param name="Values">The buffer of the source's values for all layers.</param>
/// <param name="Output">The buffer of the attention output.</param>
internal sealed record CrossAttentionStep(
    string Title,
    AttentionKernel Kernel,
    BufferRef Input,
    BufferRef Queries,
    BufferRef Keys,
    BufferRef Values,
    BufferRef Output
) : StepPlan(Title)
{
    public override LayerCache Cache => new(Kernel, Keys, Values);

    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel, KernelPart.PrepareQueries),
                CallScope.Chunk,
                Barrier.SeveralRows,
                (Projected, new BufferArgument(Input)),
                (KernelParameters.Queries, new BufferArgument(Queries))
            ),
            KernelCall.Of(
                new(Kernel),
                (KernelParameters.Queries, new BufferArgument(Queries)),
                (KernelParameters.Keys, new BufferArgument(Keys)),
                (KernelParameters.Values, new BufferArgument(Values)),
                (KernelParameters.Output, new BufferArgument(Output)),
                (Position, new ConstantArgument(0)),
                (Length, new SessionArgument(SessionValue.SourceLength))
            ),
        ];
}

/// <summary>Stores the keys and values of an encoder's output for one layer of the decoder.</summary>
/// <param name="Title">The name of the step.</param>
/// <param name="Kernel">The kernels.</param>
/// <param name="Input">The buffer of the projected keys and values.</param>
/// <param name="Keys">The buffer of the source's keys for all layers.</param>
/// <param name="Values">The buffer of the source's values for all layers.</param>
internal sealed record CrossCacheStep(string Title, AttentionKernel Kernel, BufferRef Input, BufferRef Keys, BufferRef Values)
    : StepPlan(Title)
{
    /// <summary>The keys and values of the layer.</summary>
    public LayerCache Kept => new(Kernel, Keys, Values);

    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel, KernelPart.Append),
                (Projected, new BufferArgument(Input)),
                (KernelParameters.Keys, new BufferArgument(Keys)),
                (KernelParameters.Values, new BufferArgument(Values))
            ),
        ];
}
