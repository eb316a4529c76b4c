using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The kernels that the shapes of a stack require.</summary>
internal sealed class StackKernels
{
    /// <param name="architecture">The stack.</param>
    /// <param name="chunk">The number of rows of a chunk.</param>
    /// <param name="tilePrefix">The prefix that distinguishes tiles of different head dimensions.</param>
    public StackKernels(TransformerArchitecture architecture, int chunk, string tilePrefix = "")
    {
        AttentionArchitecture attention = architecture.Attention;
        FeedForwardArchitecture feedForward = architecture.FeedForward;
        int width = architecture.Width;
        int vocabulary = architecture.Embeddings.VocabularySize;
        int queryWidth = attention.Heads * attention.HeadDimension;
        int projectedWidth = queryWidth + (2 * attention.KeyValueHeads * attention.HeadDimension);
        int stride = Layout.RowStride(width);
        bool sandwich = architecture.Arrangement == BlockArrangement.Sandwich;

        int embeddingWidth = architecture.Embeddings.Width == 0 ? width : architecture.Embeddings.Width;
        Embed = new EmbedKernel(
            embeddingWidth,
            vocabulary,
            Layout.RowStride(embeddingWidth),
            architecture.Logits.Tied || architecture.Head?.Output is { Tied: true },
            architecture.Embeddings.Scale,
            architecture.Embeddings.Positions switch
            {
                null => null,
                LearnedPositions learned => learned.Offset,
                _ => 0,
            }
        )
        {
            TokenTypes = architecture.Embeddings.TokenTypes > 0,
            PaddingToken = (architecture.Embeddings.Positions as LearnedPositions)?.PaddingToken,
            Storage = architecture.WeightStorage,
        };
        Norm = new NormKernel(
            architecture.Norm.Formula,
            width,
            stride,
            architecture.Norm.Epsilon,
            architecture.Norm.Bias,
            AddToOutput: false
        );
        QueryKeyValue = new LinearKernel(
            width,
            projectedWidth,
            stride,
            Layout.RowStride(projectedWidth),
            new(attention.QueryBias || attention.KeyBias || attention.ValueBias, null, false, false, Clip: attention.ProjectionClip)
        )
        {
            Storage = architecture.WeightStorage,
        };
        Attention = new EquatableArray<AttentionKernel>(
            architecture.LayerKinds.Select(kind => new AttentionKernel(
                attention,
                kind,
                architecture.Norm.Epsilon,
                QueryKeyValue.OutputStride,
                Layout.RowStride(queryWidth),
                CacheLength(architecture, kind, chunk),
                architecture.Stack == Stack.Encoder ? architecture.ContextLength : chunk
            )
            {
                TilePrefix = tilePrefix,
                IsRing = kind.Window > 0 && architecture.Stack != Stack.Encoder,
                BiasOrigin = kind.Positions is RelativePositions ? Layout.CacheLength(architecture.ContextLength) : 0,
                GlobalTokens = architecture.GlobalTokens && kind.Band > 0,
            })
        );
        Output = new LinearKernel(
            queryWidth,
            width,
            Layout.RowStride(queryWidth),
            stride,
            new(attention.OutputBias, null, false, AddToOutput: !sandwich)
        )
        {
            Storage = architecture.WeightStorage,
        };
        Up = new LinearKernel(
            width,
            feedForward.Width,
            stride,
            Layout.RowStride(feedForward.Width),
            new(feedForward.Bias, feedForward.Activation, feedForward.Gated, false)
        )
        {
            Storage = architecture.WeightStorage,
        };
        Down = new LinearKernel(
            feedForward.Width,
            width,
            Up.OutputStride,
            stride,
            new(feedForward.Bias, null, false, AddToOutput: !sandwich)
        )
        {
            Storage = architecture.WeightStorage,
        };
        Cross = architecture.CrossAttention is { } cross
            ? new CrossAttentionKernels(
                "Cross",
                cross,
                architecture,
                architecture.Encoder!,
                chunk,
                cross.HeadDimension == attention.HeadDimension ? "" : "Cross"
            )
            : null;
        Global = architecture.GlobalTokens
            ? new CrossAttentionKernels("Global", attention, architecture, architecture, architecture.ContextLength, tilePrefix)
            : null;
        var logits = new LinearKernel(
            width,
            vocabulary,
            stride,
            Layout.Pad(vocabulary),
            new(architecture.Logits.Bias, null, false, false, architecture.Logits.SoftCap, architecture.Logits.Scale)
        )
        {
            Storage = architecture.WeightStorage,
        };
        // Rows of logits have a smaller stride than activations, so a projection with as many outputs is a different kernel.
        Logits = new[] { QueryKeyValue, Output, Up, Down, Cross?.Query, Cross?.KeyValue, Cross?.Output }.Any(kernel =>
            kernel is not null && kernel.Name == logits.Name && kernel != logits
        )
            ? logits with
            {
                NameSuffix = "Logits",
            }
            : logits;
    }

    public EmbedKernel Embed { get; set; }

    public NormKernel Norm { get; }

    /// <summary>A norm whose result is added to the residual stream.</summary>
    public NormKernel NormAdd => Norm with { AddToOutput = true };

    public LinearKernel QueryKeyValue { get; }

    /// <summary>The attention kernels, one for each layer kind.</summary>
    public EquatableArray<AttentionKernel> Attention { get; }

    /// <summary>The cross-attention, if there is an encoder.</summary>
    public CrossAttentionKernels? Cross { get; }

    /// <summary>The attention of global tokens to all tokens, if there are global tokens.</summary>
    public CrossAttentionKernels? Global { get; }

    public LinearKernel Output { get; }

    public LinearKernel Up { get; }

    public LinearKernel Down { get; }

    public LinearKernel Logits { get; }

    /// <summary>
    /// Returns the number of cached positions in whole panels of keys. With a window, it is at most the window and a chunk in
    /// whole blocks. A block of positions is then a block of the ring. An encoder has the keys of the whole sequence before any
    /// query reads them.
    /// </summary>
    private static int CacheLength(TransformerArchitecture architecture, LayerKind kind, int chunk)
    {
        int whole = Layout.CacheLength(architecture.ContextLength);
        return kind.Window == 0 || architecture.Stack == Stack.Encoder
            ? whole
            : System.Math.Min(Layout.RoundUp(whole, Layout.KeyBlock), Layout.RoundUp(kind.Window + chunk, Layout.KeyBlock));
    }
}
