using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>The kernels of a stack, in the shapes that it requires.</summary>
internal sealed class StackKernels
{
    /// <param name="architecture">The stack.</param>
    /// <param name="chunk">The number of rows of a chunk.</param>
    /// <param name="tilePrefix">The prefix that distinguishes tiles of different head dimensions.</param>
    public StackKernels(TransformerArchitecture architecture, int chunk, string tilePrefix = "")
    {
        int width = architecture.Width;
        Embed = CreateEmbed(architecture);
        Norm = new NormKernel(
            architecture.Norm.Kind,
            width,
            Layout.RowStride(width),
            architecture.Norm.Epsilon,
            architecture.Norm.Bias,
            AddToOutput: false
        );
        Layers = [.. architecture.LayerKinds.Select(kind => LayerKernels.Of(architecture, kind, chunk, tilePrefix))];
        AttentionArchitecture attention = architecture.Attention;
        Cross = architecture.CrossAttention is { } cross
            ? new CrossAttentionKernels(
                "Cross",
                cross,
                architecture,
                architecture.Encoder!,
                chunk,
                cross.HeadDim == attention.HeadDim ? "" : "Cross"
            )
            : null;
        Global = architecture.GlobalTokens
            ? new CrossAttentionKernels("Global", attention.ForCross(), architecture, architecture, architecture.ContextLength, tilePrefix)
            : null;
        Logits = CreateLogits(architecture);
    }

    /// <summary>The kernel of the token embeddings.</summary>
    public EmbedKernel Embed { get; set; }

    /// <summary>The norm of the residual stream.</summary>
    public NormKernel Norm { get; }

    /// <summary>A norm whose result is added to the residual stream.</summary>
    public NormKernel NormAdd => Norm with { AddToOutput = true };

    /// <summary>The kernels of each kind of layer.</summary>
    public IReadOnlyList<LayerKernels> Layers { get; }

    /// <summary>The cross-attention, if there is an encoder.</summary>
    public CrossAttentionKernels? Cross { get; }

    /// <summary>The attention of global tokens to all others, if there are any.</summary>
    public CrossAttentionKernels? Global { get; }

    /// <summary>The projection to logits.</summary>
    public LinearKernel Logits { get; }

    private static EmbedKernel CreateEmbed(TransformerArchitecture architecture)
    {
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        int width = embeddings.Width == 0 ? architecture.Width : embeddings.Width;
        return new EmbedKernel(
            width,
            embeddings.VocabularySize,
            Layout.RowStride(width),
            architecture.Logits.Tied || architecture.Head?.Output is { Tied: true },
            embeddings.Scale,
            embeddings.Positions switch
            {
                null => null,
                LearnedPositions learned => learned.Offset,
                _ => 0,
            }
        )
        {
            TokenTypes = embeddings.TokenTypes > 0,
            PaddingToken = (embeddings.Positions as LearnedPositions)?.PaddingToken,
            Storage = architecture.WeightStorage,
        };
    }

    private LinearKernel CreateLogits(TransformerArchitecture architecture)
    {
        int vocabulary = architecture.Embeddings.VocabularySize;
        var logits = new LinearKernel(
            architecture.Width,
            vocabulary,
            Layout.RowStride(architecture.Width),
            Layout.Pad(vocabulary),
            new(architecture.Logits.Bias, null, false, false, architecture.Logits.SoftCap, architecture.Logits.Scale)
        )
        {
            Storage = architecture.WeightStorage,
        };
        IEnumerable<LinearKernel> others = Layers.SelectMany(static layer =>
            new[] { layer.QueryKeyValue, layer.Output, layer.Up, layer.Down }
        );
        if (Cross is not null)
        {
            others = others.Concat([Cross.Query, Cross.KeyValue, Cross.Output]);
        }

        // Rows of logits are closer together than those of activations, so a projection with as many outputs is another kernel.
        return others.Any(kernel => kernel != logits && kernel.HasShapeOf(logits)) ? logits with { RowsAreDense = true } : logits;
    }
}
