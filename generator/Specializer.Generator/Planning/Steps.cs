using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>A part of a session's memory that holds activations of one chunk.</summary>
/// <param name="Name">The name, an identifier such as "Hidden".</param>
/// <param name="Description">The description with its shape.</param>
/// <param name="Offset">The offset from the start of the session's memory, in floats.</param>
/// <param name="Floats">The size in floats.</param>
/// <param name="RowStride">The number of floats from one row to the next; 0 without rows.</param>
internal sealed record BufferPlan(string Name, string Description, long Offset, long Floats, int RowStride)
{
    /// <summary>Whether every sequence of a session has its own.</summary>
    public bool PerSequence { get; init; }

    /// <summary>Whether it contains a row for every position of the sequence instead of those of a chunk.</summary>
    public bool EveryPosition { get; init; }
}

/// <summary>One operation of the plan. A step names the buffers and weights that it reads and writes.</summary>
/// <param name="Title">The name of the step in the paper, which becomes a comment in the emitted code.</param>
internal abstract record StepPlan(string Title)
{
    /// <summary>The condition under which the step runs.</summary>
    public StepCondition When { get; init; }

    /// <summary>The kernels that it calls.</summary>
    public abstract IEnumerable<Kernel> Kernels { get; }

    /// <summary>The buffers that it reads or writes.</summary>
    public abstract IEnumerable<string> Buffers { get; }
}

/// <summary>Specifies when a step runs.</summary>
internal enum StepCondition
{
    /// <summary>The step runs for every chunk, on all its rows.</summary>
    Always,

    /// <summary>The step runs for every chunk of a sequence that has a global token.</summary>
    SequenceHasGlobalTokens,

    /// <summary>The step runs for a chunk with global tokens, with one row per token.</summary>
    ChunkHasGlobalTokens,
}

/// <summary>Copies token embeddings to the hidden states.</summary>
internal sealed record EmbedStep(string Title, EmbedKernel Kernel, string Weight, string? Positions, string Output) : StepPlan(Title)
{
    /// <summary>The table of token types that is added, if there is one.</summary>
    public string? Types { get; init; }

    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Applies a norm to the rows of a buffer.</summary>
internal sealed record NormStep(string Title, NormKernel Kernel, string Weight, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Applies a linear layer to the rows of a buffer.</summary>
internal sealed record LinearStep(string Title, LinearKernel Kernel, string Weight, string? Bias, string Input, string Output)
    : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Computes the arg-max of the last row's logits if it is requested.</summary>
internal sealed record HighestStep(string Title, HighestKernel Kernel) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [];
}

/// <summary>Attention of one layer kind: rotation, appending to the cache, attending to it.</summary>
/// <param name="Kernel">The kernels.</param>
/// <param name="Table">The rotary angles or slopes, if the kind has any.</param>
/// <param name="Keys">The buffer of the keys of all layers of the kind.</param>
/// <param name="Values">The buffer of the values of all layers of the kind.</param>
internal sealed record AttentionVariant(AttentionKernel Kernel, string? Table, string Keys, string Values)
{
    /// <summary>
    /// The rotary angles of sequences of up to <see cref="LongScaling.OriginalContextLength"/> positions, if they differ from
    /// those of <see cref="Table"/>.
    /// </summary>
    public string? ShortTable { get; init; }
}

/// <summary>Attention of the layer's kind.</summary>
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

/// <summary>Cross-attention of a decoder layer.</summary>
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

/// <summary>Stores the keys and values of an encoder's output for one layer of the decoder.</summary>
/// <param name="Kernel">The kernels.</param>
/// <param name="Keys">The buffer of the source's keys for all layers.</param>
/// <param name="Values">The buffer of the source's values for all layers.</param>
internal sealed record CrossCacheStep(string Title, AttentionKernel Kernel, string Input, string Keys, string Values) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Keys, Values];
}

/// <summary>The first half of an encoder's attention: rotates queries and keys, and stores the keys and values of a chunk.</summary>
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

/// <summary>The second half of an encoder's attention: the queries of a chunk attend to the keys of the whole sequence.</summary>
internal sealed record AttendStep(string Title, EquatableArray<AttentionVariant> Variants, string Queries, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => Variants.Select(static variant => variant.Kernel);

    public override IEnumerable<string> Buffers =>
        Variants.SelectMany(static variant => new[] { variant.Keys, variant.Values }).Concat([Queries, Output]);
}

/// <summary>Reduces all rows of a sequence to one.</summary>
internal sealed record PoolStep(string Title, PoolKernel Kernel, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Divides rows by their Euclidean lengths.</summary>
internal sealed record NormalizeStep(string Title, NormalizeKernel Kernel, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Copies patches of the image to rows.</summary>
internal sealed record PatchStep(string Title, PatchKernel Kernel, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Adds positions, and the class state if there is one, to the hidden states.</summary>
internal sealed record PositionStep(string Title, PositionKernel Kernel, string Positions, string? FirstState, string Output)
    : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Copies frames and their neighbors to rows.</summary>
/// <param name="Input">The buffer of the frames, which is read as a whole; null for the spectrogram of the caller.</param>
internal sealed record WindowStep(string Title, WindowKernel Kernel, string? Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Output];
}

/// <summary>Copies rows of global tokens to the first rows of a buffer, or back.</summary>
internal sealed record GlobalRowsStep(string Title, GlobalRowsKernel Kernel, string Input, string Output) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Output];
}

/// <summary>Stores the queries of the global tokens of a chunk.</summary>
internal sealed record GlobalQueriesStep(string Title, AttentionKernel Kernel, string Input, string Queries) : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Input, Queries];
}

/// <summary>The global tokens of a chunk attend to the keys of the whole sequence.</summary>
internal sealed record GlobalAttendStep(string Title, AttentionKernel Kernel, string Queries, string Keys, string Values, string Output)
    : StepPlan(Title)
{
    public override IEnumerable<Kernel> Kernels => [Kernel];

    public override IEnumerable<string> Buffers => [Queries, Keys, Values, Output];
}
