using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The kernels by which the layers of a decoder attend to the output of an encoder.</summary>
internal sealed class CrossAttentionKernels
{
    public CrossAttentionKernels(TransformerArchitecture decoder, AttentionArchitecture cross, int chunk)
    {
        TransformerArchitecture encoder = decoder.Encoder!;
        int queryWidth = cross.Heads * cross.HeadDimension;
        int keyValueWidth = 2 * cross.KeyValueHeads * cross.HeadDimension;
        int stride = Layout.RowStride(decoder.Width);
        Query = new LinearKernel(decoder.Width, queryWidth, stride, Layout.RowStride(queryWidth), new(cross.QueryBias, null, false, false));
        KeyValue = new LinearKernel(
            encoder.Width, keyValueWidth, Layout.RowStride(encoder.Width), Layout.RowStride(keyValueWidth), new(cross.KeyBias || cross.ValueBias, null, false, false));
        Attention = new AttentionKernel(
            cross,
            new LayerKind("Cross", Window: 0, new NoPositions()) { Mask = AttentionMask.Full },
            decoder.Norm.Epsilon,
            Query.OutputStride,
            Layout.RowStride(queryWidth),
            Layout.CacheLength(encoder.ContextLength),
            chunk)
        {
            SourceStride = KeyValue.OutputStride,
            TilePrefix = cross.HeadDimension == decoder.Attention.HeadDimension ? "" : "Cross",
        };
        Output = new LinearKernel(
            queryWidth, decoder.Width, Attention.OutputStride, stride, new(cross.OutputBias, null, false, AddToOutput: true));
    }

    public LinearKernel Query { get; }

    public LinearKernel KeyValue { get; }

    public AttentionKernel Attention { get; }

    public LinearKernel Output { get; }
}
