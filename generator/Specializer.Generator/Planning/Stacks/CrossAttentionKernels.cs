using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>
/// The kernels of attention whose queries and keys have different sources: cross-attention of a decoder, or attention of an
/// encoder's global tokens to all tokens.
/// </summary>
internal sealed class CrossAttentionKernels
{
    /// <param name="name">The name of the kernels.</param>
    /// <param name="cross">The attention.</param>
    /// <param name="asking">The stack whose states the queries are projected from.</param>
    /// <param name="seen">The stack whose states the keys and values are projected from.</param>
    /// <param name="queryRows">The number of rows in the buffer of queries.</param>
    /// <param name="tilePrefix">The prefix that distinguishes tiles of different head dimensions.</param>
    public CrossAttentionKernels(
        string name,
        AttentionArchitecture cross,
        TransformerArchitecture asking,
        TransformerArchitecture seen,
        int queryRows,
        string tilePrefix
    )
    {
        int queryWidth = cross.Heads * cross.HeadDim;
        int keyValueWidth = 2 * cross.KeyValueHeads * cross.HeadDim;
        int stride = Layout.RowStride(asking.Width);
        Query = new LinearKernel(asking.Width, queryWidth, stride, Layout.RowStride(queryWidth), new(cross.QueryBias, null, false, false))
        {
            Storage = asking.WeightStorage,
        };
        KeyValue = new LinearKernel(
            seen.Width,
            keyValueWidth,
            Layout.RowStride(seen.Width),
            Layout.RowStride(keyValueWidth),
            new(cross.KeyBias || cross.ValueBias, null, false, false)
        )
        {
            Storage = asking.WeightStorage,
        };
        Attention = new AttentionKernel(
            cross,
            asking.Norm.Epsilon,
            Query.OutputStride,
            Layout.RowStride(queryWidth),
            Layout.CacheLength(seen.ContextLength),
            queryRows
        )
        {
            KindName = name,
            SourceStride = KeyValue.OutputStride,
            TilePrefix = tilePrefix,
        };
        Output = new LinearKernel(
            queryWidth,
            asking.Width,
            Attention.OutputStride,
            stride,
            new(cross.OutputBias, null, false, AddToOutput: !asking.LayerKinds[0].NormsOutputs, Scale: asking.LayerKinds[0].ResidualScale)
        )
        {
            Storage = asking.WeightStorage,
        };
    }

    public LinearKernel Query { get; }

    public LinearKernel KeyValue { get; }

    public AttentionKernel Attention { get; }

    public LinearKernel Output { get; }
}
