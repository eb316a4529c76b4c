using System.Collections.Generic;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Writes token embeddings to the hidden states.</summary>
/// <param name="Title">The name of the step.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Tokens">
/// The tokens of an encoder, from the first one of the chunk on; null for a decoder, whose rows can belong to several sequences.
/// </param>
/// <param name="Weight">The embeddings.</param>
/// <param name="Positions">The table of positions that is added, if any.</param>
/// <param name="Types">The table of token types that is added, if any.</param>
/// <param name="Output">The buffer of the embeddings.</param>
internal sealed record EmbedStep(
    string Title,
    EmbedKernel Kernel,
    SessionValue? Tokens,
    WeightRef Weight,
    WeightRef? Positions,
    WeightRef? Types,
    BufferRef Output
) : StepPlan(Title)
{
    /// <summary>Whether the rows of a chunk of an encoder can belong to several inputs.</summary>
    public bool EachInput { get; init; }

    /// <summary>The buffer of the rows of embeddings that a prefix begins with; null if prefixes consist of tokens.</summary>
    public BufferRef? Given { get; init; }

    /// <summary>Whether the kernel runs for one sequence at a time, which rows with positions require.</summary>
    private bool BySequence => EachInput || (Tokens is null && Positions is not null);

    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                EachInput ? CallScope.EachInput
                    : BySequence ? CallScope.EachSequence
                    : CallScope.Chunk,
                Barrier.Always,
                [
                    (KernelParameters.Tokens, new SessionArgument(Tokens ?? SessionValue.Tokens)),
                    (Table, new WeightArgument(Weight)),
                    .. Positions is null
                        ? []
                        : new (KernelParameter, Argument)[] { (KernelParameters.Positions, new WeightArgument(Positions)) },
                    .. Types is null
                        ? []
                        : new (KernelParameter, Argument)[]
                        {
                            (TokenTypes, new SessionArgument(SessionValue.TokenTypes)),
                            (KernelParameters.Types, new WeightArgument(Types)),
                        },
                    (KernelParameters.Output, BySequence ? new SequenceRowsArgument(Output, Kernel.Stride) : new BufferArgument(Output)),
                ]
            ),
            .. Given is null ? [] : new[] { GivenRowsCall(Given) },
        ];

    /// <summary>Given rows are a table of their own, in which the index of a row is its token.</summary>
    private KernelCall GivenRowsCall(BufferRef given) =>
        KernelCall.Of(
            new(Kernel with { Tied = false }),
            CallScope.GivenRows,
            Barrier.Always,
            [
                (KernelParameters.Tokens, new SessionArgument(SessionValue.GivenIndices)),
                (Table, new AllPositionsArgument(given)),
                .. Positions is null
                    ? []
                    : new (KernelParameter, Argument)[] { (KernelParameters.Positions, new WeightArgument(Positions)) },
                (KernelParameters.Output, new BufferArgument(Output)),
            ]
        );
}

/// <summary>Writes patches of the image to rows.</summary>
internal sealed record PatchStep(string Title, PatchKernel Kernel, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (Pixels, new SessionArgument(SessionValue.Pixels)),
                (KernelParameters.Output, new BufferArgument(Output))
            ),
        ];
}

/// <summary>Adds positions, and the first state if there is one, to the hidden states.</summary>
internal sealed record PositionStep(string Title, PositionKernel Kernel, WeightRef? Positions, WeightRef? FirstState, BufferRef Output)
    : StepPlan(Title)
{
    /// <summary>The learned states after the first one.</summary>
    public WeightRef? LaterStates { get; init; }

    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                [
                    (KernelParameters.Output, new BufferArgument(Output)),
                    .. Positions is null
                        ? []
                        : new (KernelParameter, Argument)[] { (KernelParameters.Positions, new WeightArgument(Positions)) },
                    .. FirstState is null ? [] : new (KernelParameter, Argument)[] { (First, new WeightArgument(FirstState)) },
                    .. LaterStates is null ? [] : new (KernelParameter, Argument)[] { (Later, new WeightArgument(LaterStates)) },
                ]
            ),
        ];
}

/// <summary>Writes frames and their neighbors to rows.</summary>
/// <param name="Title">The name of the step.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Input">The buffer of the frames, which is read as a whole; null for the session's spectrogram.</param>
/// <param name="Output">The buffer of the rows.</param>
internal sealed record WindowStep(string Title, WindowKernel Kernel, BufferRef? Input, BufferRef Output) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Kernel),
                (Frames, Input is null ? new SessionArgument(SessionValue.Features) : new AllPositionsArgument(Input)),
                (KernelParameters.Output, new BufferArgument(Output)),
                (Count, new SessionArgument(SessionValue.FrameCount))
            ),
        ];
}
