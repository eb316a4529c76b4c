using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using static Specializer.Generator.Planning.KernelParameters;

namespace Specializer.Generator.Planning;

/// <summary>Self-attention of one kind of layer: its kernels, and the weights and buffers that they read and write.</summary>
/// <param name="Kernel">The kernels.</param>
/// <param name="Input">The buffer of projected queries, keys and values.</param>
/// <param name="Queries">The buffer of the prepared queries.</param>
/// <param name="Keys">The buffer of the keys of all layers of the kind, or of an encoder's current layer.</param>
/// <param name="Values">The buffer of the values of all layers of the kind, or of an encoder's current layer.</param>
/// <param name="Output">The buffer of the attention output.</param>
internal sealed record SelfAttention(
    AttentionKernel Kernel,
    BufferRef Input,
    BufferRef Queries,
    BufferRef Keys,
    BufferRef Values,
    BufferRef Output
)
{
    /// <summary>The norm of every query head, if there is one.</summary>
    public WeightRef? QueryNorm { get; init; }

    /// <summary>The norm of every key head, if there is one.</summary>
    public WeightRef? KeyNorm { get; init; }

    /// <summary>Rotary angles, slopes or biases, if the kind has any.</summary>
    public WeightRef? Table { get; init; }

    /// <summary>
    /// The rotary angles of sequences up to <see cref="LongScaling.OriginalContextLength"/>, if those of <see cref="Table"/>
    /// differ.
    /// </summary>
    public WeightRef? ShortTable { get; init; }

    /// <summary>The number of floats from one row of prepared queries to the next.</summary>
    public int QueryStride => Kernel.Attention.GroupSize * Kernel.HeadStride;

    /// <summary>The parameters that hold the cache, or the state of linear attention.</summary>
    public (KernelParameter Keys, KernelParameter Values) CacheParameters =>
        Kernel.Attention.IsLinear ? (States, Sums) : (KernelParameters.Keys, KernelParameters.Values);

    /// <summary>The values that change queries and keys before they are used.</summary>
    public IEnumerable<(KernelParameter, Argument)> Preparation
    {
        get
        {
            if (Kernel.Attention.Positions is RotaryPositions rotary)
            {
                yield return (
                    RotaryTable,
                    ShortTable is null
                        ? new WeightArgument(Table!)
                        : new WeightByLengthArgument(Table!, ShortTable, ((LongScaling)rotary.Scaling).OriginalContextLength)
                );
            }

            if (QueryNorm is not null)
            {
                yield return (KernelParameters.QueryNorm, new WeightArgument(QueryNorm));
                yield return (KernelParameters.KeyNorm, new WeightArgument(KeyNorm!));
            }

            if (Kernel.Attention.ScaleByInverseLayer)
            {
                yield return (Scale, new LayerScaleArgument(Kernel.Attention.Scale));
            }
        }
    }

    /// <summary>Returns the rows of a chunk of an encoder, or those of one of its inputs.</summary>
    public Argument EncodedRows(BufferRef buffer, int stride, bool eachInput) =>
        eachInput ? new SequenceRowsArgument(buffer, stride) : new BufferArgument(buffer);

    /// <summary>Returns the queries, keys and values of an encoder, of the whole sequence or of one of several inputs.</summary>
    public IEnumerable<(KernelParameter, Argument)> EncodedQueriesAndCache(bool eachInput) =>
        [
            (KernelParameters.Queries, EncodedRows(Queries, QueryStride, eachInput)),
            (CacheParameters.Keys, eachInput ? new InputCacheArgument(Keys, Kernel.Attention.HeadDim) : new BufferArgument(Keys)),
            (CacheParameters.Values, eachInput ? new InputCacheArgument(Values, Kernel.ValueStride) : new BufferArgument(Values)),
        ];

    /// <summary>The values that change scores.</summary>
    public IEnumerable<(KernelParameter, Argument)> Scores =>
        Kernel.Attention.Positions switch
        {
            AlibiPositions => [(Slopes, new WeightArgument(Table!))],
            RelativePositions => [(RelativeBias, new WeightArgument(Table!))],
            _ => [],
        };

    /// <summary>The values that define which later positions a query can see.</summary>
    public IEnumerable<(KernelParameter, Argument)> Visibility
    {
        get
        {
            if (Kernel.SeesAll)
            {
                yield return (Length, new SessionArgument(SessionValue.Length));
            }

            if (Kernel.GlobalTokens)
            {
                yield return (GlobalsBefore, new SessionArgument(SessionValue.GlobalsBefore));
            }

            if (Kernel.SeesPrefix)
            {
                yield return (Prefix, new SessionArgument(SessionValue.PrefixLength));
            }
        }
    }
}

/// <summary>A decoder's attention: it appends to the cache, or to the state, of every sequence, and attends to it.</summary>
internal sealed record AttentionStep(string Title, SelfAttention Attention) : StepPlan(Title)
{
    private AttentionKernel Kernel => Attention.Kernel;

    public override LayerCache Cache => new(Kernel, Attention.Keys, Attention.Values);

    /// <summary>Linear attention stores no queries, but the session has their buffer.</summary>
    public override IEnumerable<BufferRef> Buffers => base.Buffers.Concat([Attention.Queries]);

    public override IEnumerable<KernelCall> Calls
    {
        get
        {
            (KernelParameter keysParameter, KernelParameter valuesParameter) = Attention.CacheParameters;
            (KernelParameter, Argument) input = (Projected, new SequenceRowsArgument(Attention.Input, Kernel.InputStride)),
                queries = (Queries, new SequenceRowsArgument(Attention.Queries, Attention.QueryStride)),
                keys = (keysParameter, new SequenceCacheArgument(Attention.Keys)),
                values = (valuesParameter, new SequenceCacheArgument(Attention.Values)),
                output = (Output, new SequenceRowsArgument(Attention.Output, Kernel.OutputStride));
            KernelRef attend = new(Kernel);
            if (Kernel.Attention.IsLinear)
            {
                return
                [
                    KernelCall.Of(attend, CallScope.EachSequence, Barrier.Always, [input, .. Attention.Preparation, keys, values, output]),
                ];
            }

            return
            [
                KernelCall.Of(
                    new(Kernel, KernelPart.Append),
                    CallScope.EachSequence,
                    Barrier.SeveralRows,
                    [input, .. Attention.Preparation, queries, keys, values]
                ),
                KernelCall.Of(
                    attend,
                    CallScope.EachSequence,
                    Barrier.Always,
                    [queries, keys, values, .. Attention.Scores, output, .. Attention.Visibility]
                ),
            ];
        }
    }
}

/// <summary>
/// The first phase of an encoder's attention: it rotates queries and keys, and stores the keys and values of a chunk.
/// </summary>
/// <param name="Title">The name of the step.</param>
/// <param name="Attention">The attention.</param>
/// <param name="EachInput">Whether the rows of the chunk can belong to several inputs.</param>
internal sealed record AppendStep(string Title, SelfAttention Attention, bool EachInput) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Attention.Kernel, KernelPart.Append),
                EachInput ? CallScope.EachInput : CallScope.Chunk,
                Barrier.Always,
                [
                    (Projected, Attention.EncodedRows(Attention.Input, Attention.Kernel.InputStride, EachInput)),
                    .. Attention.Preparation,
                    .. Attention.EncodedQueriesAndCache(EachInput),
                ]
            ),
        ];
}

/// <summary>The second phase of an encoder's attention: the queries of a chunk attend to the keys of the whole sequence.</summary>
/// <param name="Title">The name of the step.</param>
/// <param name="Attention">The attention.</param>
/// <param name="EachInput">Whether the rows of the chunk can belong to several inputs.</param>
internal sealed record AttendStep(string Title, SelfAttention Attention, bool EachInput) : StepPlan(Title)
{
    public override IEnumerable<KernelCall> Calls =>
        [
            KernelCall.Of(
                new(Attention.Kernel),
                EachInput ? CallScope.EachInput : CallScope.Chunk,
                Barrier.Always,
                [
                    .. Attention.EncodedQueriesAndCache(EachInput),
                    .. Attention.Scores,
                    (Output, Attention.EncodedRows(Attention.Output, Attention.Kernel.OutputStride, EachInput)),
                    .. Attention.Visibility,
                ]
            ),
        ];
}
