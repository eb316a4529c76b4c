using System;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The kernels of one kind of layer.</summary>
/// <param name="QueryKeyValue">The projections of queries, keys and values.</param>
/// <param name="Attention">The attention.</param>
/// <param name="Output">The output projection of the attention.</param>
/// <param name="Up">The up projection, or the gate and up projections.</param>
/// <param name="Down">The down projection.</param>
internal sealed record LayerKernels(
    LinearKernel QueryKeyValue,
    AttentionKernel Attention,
    LinearKernel Output,
    LinearKernel Up,
    LinearKernel Down
)
{
    /// <summary>Creates the kernels of a kind of layer.</summary>
    /// <param name="architecture">The stack.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="chunk">The number of rows of a chunk.</param>
    /// <param name="tilePrefix">The prefix that distinguishes tiles of different head dimensions.</param>
    public static LayerKernels Of(TransformerArchitecture architecture, LayerKind kind, int chunk, string tilePrefix)
    {
        AttentionArchitecture attention = kind.Attention;
        FeedForwardArchitecture feedForward = kind.FeedForward;
        int width = architecture.Width,
            queryWidth = attention.Heads * attention.HeadDim,
            projectedWidth = queryWidth + (2 * attention.KeyValueHeads * attention.HeadDim);
        int stride = Layout.RowStride(width),
            queryStride = Layout.RowStride(queryWidth),
            projectedStride = Layout.RowStride(projectedWidth),
            innerStride = Layout.RowStride(feedForward.Width);
        LinearEpilogue Output(bool bias) => new(bias, null, false, AddToOutput: !kind.AddsOutputsLater, Scale: kind.ResidualScale);
        LinearKernel Linear(int inputs, int outputs, int inputStride, int outputStride, LinearEpilogue epilogue) =>
            new(inputs, outputs, inputStride, outputStride, epilogue) { Storage = architecture.WeightStorage };

        return new LayerKernels(
            Linear(
                width,
                projectedWidth,
                stride,
                projectedStride,
                new(attention.QueryBias || attention.KeyBias || attention.ValueBias, null, false, false, Clip: attention.ProjectionClip)
            ),
            new AttentionKernel(
                attention,
                architecture.Norm.Epsilon,
                projectedStride,
                queryStride,
                CacheLength(architecture, attention.Window, chunk),
                architecture.Stack == Stack.Encoder ? architecture.ContextLength : chunk
            )
            {
                KindName = kind.Name,
                // Tiles over heads of the first kind's width need no distinction.
                TilePrefix = attention.HeadDim == architecture.Attention.HeadDim ? tilePrefix : tilePrefix + kind.Name,
                IsRing = attention.Window > 0 && architecture.Stack != Stack.Encoder,
                BiasOrigin = attention.Positions is RelativePositions ? Layout.CacheLength(architecture.ContextLength) : 0,
                GlobalTokens = architecture.GlobalTokens && attention.Band > 0,
            },
            Linear(queryWidth, width, queryStride, stride, Output(attention.OutputBias)),
            Linear(width, feedForward.Width, stride, innerStride, new(feedForward.Bias, feedForward.Activation, feedForward.Gated, false)),
            Linear(feedForward.Width, width, innerStride, stride, Output(feedForward.DownBias))
        );
    }

    /// <summary>
    /// Returns the number of positions of the cache, in whole panels of keys. With a window, it is the window and a chunk in
    /// whole blocks, at most the context. A block of positions is then a block of the ring. An encoder keeps the keys of the
    /// whole sequence.
    /// </summary>
    private static int CacheLength(TransformerArchitecture architecture, int window, int chunk)
    {
        int whole = Layout.CacheLength(architecture.ContextLength);
        return window == 0 || architecture.Stack == Stack.Encoder
            ? whole
            : Math.Min(Layout.RoundUp(whole, Layout.KeyBlock), Layout.RoundUp(window + chunk, Layout.KeyBlock));
    }
}
