using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Places the buffers of an encoder, each as large as the largest of its layer kinds requires.</summary>
/// <param name="stack">The encoder.</param>
internal sealed class EncoderBuffers(StackContext stack)
{
    private TransformerArchitecture Architecture => stack.Architecture;

    private StackKernels Kernels => stack.Kernels;

    /// <summary>Places the states of the whole sequence, and the keys and values of one layer.</summary>
    public void PlaceStates()
    {
        AttentionKernel kernel = Kernels.Layers[0].Attention;
        AttentionArchitecture attention = kernel.Attention;
        int length = Architecture.ContextLength,
            stride = Kernels.Norm.Stride;
        stack.Buffers.Block(stack.Buffer(BufferRole.Keys), kernel.DescribeKeys("a layer,"), kernel.KeysPerHead * attention.KeyValueHeads);
        stack.Buffers.Block(
            stack.Buffer(BufferRole.Values),
            kernel.DescribeValues("a layer,"),
            kernel.ValuesPerHead * attention.KeyValueHeads
        );
        stack.Buffers.PositionBuffer(
            stack.Buffer(BufferRole.Queries),
            $"scaled queries, [{attention.KeyValueHeads} key/value heads][{length} positions][{attention.GroupSize} heads of the group][{kernel.HeadStride}]",
            kernel.QueryFloats,
            attention.GroupSize * kernel.HeadStride
        );
        stack.Buffers.PositionBuffer(
            stack.Buffer(BufferRole.Hidden),
            FormattableString.Invariant($"hidden states, [{length} positions][{Architecture.Width}], rows {stride} floats apart"),
            (long)length * stride,
            stride
        );
    }

    /// <summary>Places the activations of one chunk, and those of global tokens.</summary>
    /// <param name="projections">Further linear layers whose results use the buffer of queries, keys and values.</param>
    public void PlaceActivations(params LinearKernel[] projections)
    {
        var norms = new BlockNorms(stack, Architecture.LayerKinds[0]);
        int chunk = stack.Chunk,
            width = Architecture.Width,
            stride = Kernels.Norm.Stride;
        if (norms.FeedForwardInput.Role == BufferRole.Normed)
        {
            stack.Buffers.RowBuffer(stack.Buffer(BufferRole.Normed), "normalised hidden states", chunk, width, stride);
        }

        LinearKernel[] projected =
        [
            .. Kernels.Layers.Select(static layer => layer.QueryKeyValue),
            .. Kernels.Global is { } global ? new[] { global.Query, global.KeyValue } : [],
            .. projections,
        ];
        LinearKernel widest = projected.OrderByDescending(static kernel => kernel.OutputStride).First();
        stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.Projected),
            "queries, keys and values as projected",
            chunk,
            widest.Outputs,
            widest.OutputStride
        );
        LinearKernel output = Kernels
            .Layers.Select(static layer => layer.Output)
            .OrderByDescending(static kernel => kernel.InputStride)
            .First();
        stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.Attended),
            "attention output of all heads",
            chunk,
            output.Inputs,
            output.InputStride
        );
        LinearKernel down = Kernels
            .Layers.Select(static layer => layer.Down)
            .OrderByDescending(static kernel => kernel.InputStride)
            .First();
        stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.Inner),
            "inner activations of the feed-forward block",
            chunk,
            down.Inputs,
            down.InputStride
        );
        if (norms.AddLater)
        {
            stack.Buffers.RowBuffer(
                stack.Buffer(BufferRole.Block),
                norms.OfOutputs ? "outputs of a block before their norm" : "outputs of a block before their scale",
                chunk,
                width,
                stride
            );
        }

        ActivationQuantizer.PlaceBuffer(stack, perWorker: false);
        if (Kernels.Global is not null)
        {
            PlaceGlobalTokens(Kernels.Global.Attention);
        }
    }

    /// <summary>Places the counts, queries, keys and values of global tokens; their size is linear in the context.</summary>
    private void PlaceGlobalTokens(AttentionKernel kernel)
    {
        AttentionArchitecture attention = kernel.Attention;
        int length = Architecture.ContextLength;
        // A vector of counts is compared with the vector at the next count, up to the end of the last vector of positions.
        stack.Buffers.Block(
            stack.Buffer(BufferRole.GlobalsBefore),
            $"counts of global tokens before each of {length} positions and after the last",
            Layout.Pad(length) + 1
        );
        stack.Buffers.Block(
            stack.Buffer(BufferRole.GlobalKeys),
            $"keys that global tokens see, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions, in panels][{attention.HeadDim}]",
            kernel.KeysPerHead * attention.KeyValueHeads
        );
        stack.Buffers.Block(
            stack.Buffer(BufferRole.GlobalValues),
            $"values that global tokens see, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions][{kernel.ValueStride}]",
            kernel.ValuesPerHead * attention.KeyValueHeads
        );
        stack.Buffers.Block(
            stack.Buffer(BufferRole.GlobalQueries),
            $"scaled queries of global tokens, [{attention.KeyValueHeads} key/value heads][{length} tokens][{attention.GroupSize} heads of the group][{kernel.HeadStride}]",
            kernel.QueryFloats
        );
        stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.GlobalStates),
            "hidden states of global tokens",
            stack.Chunk,
            Architecture.Width,
            Kernels.Norm.Stride
        );
        stack.Buffers.RowBuffer(
            stack.Buffer(BufferRole.GlobalAttended),
            "attention output of global tokens",
            stack.Chunk,
            attention.Heads * attention.HeadDim,
            kernel.OutputStride
        );
    }
}
