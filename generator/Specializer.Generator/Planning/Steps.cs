using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A part of a session's memory that holds activations of one chunk.</summary>
/// <param name="Name">What it holds, as an identifier: "Hidden".</param>
/// <param name="Description">What it holds, in words with its shape.</param>
/// <param name="Offset">Floats from the start of the session's memory.</param>
/// <param name="Floats">Its size.</param>
/// <param name="RowStride">Floats from one row to the next, 0 where rows mean nothing.</param>
internal sealed record BufferPlan(string Name, string Description, long Offset, long Floats, int RowStride)
{
    /// <summary>Whether every sequence of a session has one of its own.</summary>
    public bool PerSequence { get; init; }

    /// <summary>Whether it holds a row for every position of the sequence instead of those of a chunk.</summary>
    public bool EveryPosition { get; init; }
}

/// <summary>
/// One operation of the plan. A step says what it reads and writes by the names of buffers and weights.
/// </summary>
/// <param name="Title">What the step is called in the paper; a comment in the emitted code.</param>
internal abstract record StepPlan(string Title)
{
    /// <summary>Whether the step runs for every chunk, or for the sake of global tokens only.</summary>
    public StepCondition When { get; init; }

    /// <summary>The kernels that it calls.</summary>
    public abstract IEnumerable<Kernel> Kernels { get; }

    /// <summary>The buffers that it reads or writes.</summary>
    public abstract IEnumerable<string> Buffers { get; }
}

/// <summary>When a step runs.</summary>
internal enum StepCondition
{
    /// <summary>For every chunk, on all its rows.</summary>
    Always,

    /// <summary>For every chunk of a sequence that has a global token.</summary>
    SequenceHasGlobalTokens,

    /// <summary>For a chunk that has global tokens, on as many rows as they are.</summary>
    ChunkHasGlobalTokens,
}

/// <summary>Token embeddings into the hidden states.</summary>
internal sealed record EmbedStep(string Title, EmbedKernel Kernel, string Weight, string? Positions, string Output) : StepPlan(Title)
{
    /// <summary>The table of token types that is added, if any.</summary>
    public string? Types { get; init; }

    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>A norm over the rows of a buffer.</summary>
internal sealed record NormStep(string Title, NormKernel Kernel, string Weight, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>A linear layer over the rows of a buffer.</summary>
internal sealed record LinearStep(string Title, LinearKernel Kernel, string Weight, string? Bias, string Input, string Output)
    : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>The most probable token after the last row, where it is asked for.</summary>
internal sealed record HighestStep(string Title, HighestKernel Kernel) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [];
}

/// <summary>Attention of one kind of layer: turning, appending to the cache, attending over it.</summary>
/// <param name="Kernel">The kernels.</param>
/// <param name="Table">Rotary angles or slopes, if the kind has any.</param>
/// <param name="Keys">The buffer of the keys of all layers of the kind.</param>
/// <param name="Values">The buffer of the values of all layers of the kind.</param>
internal sealed record AttentionVariant(AttentionKernel Kernel, string? Table, string Keys, string Values)
{
    /// <summary>The rotary angles of sequences of up to <see cref="LongScaling.OriginalContextLength"/> positions, if they are others than those of <see cref="Table"/>.</summary>
    public string? ShortTable { get; init; }
}

/// <summary>Attention, by the kind of layer.</summary>
internal sealed record AttentionStep(
    string Title,
    EquatableArray<AttentionVariant> Variants,
    string? QueryNorm,
    string? KeyNorm,
    string Input,
    string Queries,
    string Output
) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => Variants.Select(static variant => variant.Kernel);

    public override IEnumerable<string> Buffers =>
        Variants.SelectMany(static variant => new[] { variant.Keys, variant.Values }).Concat([Input, Queries, Output]);
}

/// <summary>Attention of a decoder's layer to the output of an encoder.</summary>
/// <param name="Kernel">The kernels.</param>
/// <param name="Keys">The buffer of the source's keys for all layers.</param>
/// <param name="Values">The buffer of the source's values for all layers.</param>
internal sealed record CrossAttentionStep(
    string Title,
    AttentionKernel Kernel,
    string Input,
    string Queries,
    string Keys,
    string Values,
    string Output
) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Queries, Keys, Values, Output];
}

/// <summary>Keys and values of an encoder's output, kept for one layer of the decoder.</summary>
/// <param name="Kernel">The kernels.</param>
/// <param name="Keys">The buffer of the source's keys for all layers.</param>
/// <param name="Values">The buffer of the source's values for all layers.</param>
internal sealed record CrossCacheStep(string Title, AttentionKernel Kernel, string Input, string Keys, string Values) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Keys, Values];
}

/// <summary>The first half of an encoder's attention: turning queries and keys, keeping the keys and values of a chunk.</summary>
internal sealed record AppendStep(
    string Title,
    EquatableArray<AttentionVariant> Variants,
    string? QueryNorm,
    string? KeyNorm,
    string Input,
    string Queries
) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => Variants.Select(static variant => variant.Kernel);

    public override IEnumerable<string> Buffers =>
        Variants.SelectMany(static variant => new[] { variant.Keys, variant.Values }).Concat([Input, Queries]);
}

/// <summary>The second half of an encoder's attention: the queries of a chunk over the keys of the whole sequence.</summary>
internal sealed record AttendStep(string Title, EquatableArray<AttentionVariant> Variants, string Queries, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => Variants.Select(static variant => variant.Kernel);

    public override IEnumerable<string> Buffers =>
        Variants.SelectMany(static variant => new[] { variant.Keys, variant.Values }).Concat([Queries, Output]);
}

/// <summary>One row from all rows of a sequence.</summary>
internal sealed record PoolStep(string Title, PoolKernel Kernel, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Rows divided by their Euclidean lengths.</summary>
internal sealed record NormalizeStep(string Title, NormalizeKernel Kernel, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Patches of the image into rows.</summary>
internal sealed record PatchStep(string Title, PatchKernel Kernel, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Positions, and the first state if there is one, into the hidden states.</summary>
internal sealed record PositionStep(string Title, PositionKernel Kernel, string Positions, string? FirstState, string Output)
    : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Frames and their neighbours into rows.</summary>
/// <param name="Input">The buffer of the frames, which is read as a whole; null for the spectrogram that the session was given.</param>
internal sealed record WindowStep(string Title, WindowKernel Kernel, string? Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Rows of global tokens into the rows from the first on, or back from there.</summary>
internal sealed record GlobalRowsStep(string Title, GlobalRowsKernel Kernel, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Queries of the global tokens of a chunk, kept for their attention.</summary>
internal sealed record GlobalQueriesStep(string Title, AttentionKernel Kernel, string Input, string Queries) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Queries];
}

/// <summary>The global tokens of a chunk over the keys of the whole sequence.</summary>
internal sealed record GlobalAttendStep(string Title, AttentionKernel Kernel, string Queries, string Keys, string Values, string Output)
    : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Queries, Keys, Values, Output];
}
