using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Places the buffers of a decoder, each as large as the largest of its layer kinds requires.</summary>
/// <param name="stack">The decoder.</param>
internal sealed class DecoderBuffers(StackContext stack)
{
    private TransformerArchitecture Architecture => stack.Architecture;

    private StackKernels Kernels => stack.Kernels;

    /// <summary>Places all buffers. The buffers of each sequence of an encoder-decoder follow the ones that sequences share.</summary>
    public void Place()
    {
        if (Architecture.Encoder is null)
        {
            PlaceCache();
            PlaceActivations();
        }
        else
        {
            PlaceActivations();
            stack.Buffers.BeginSequence();
            PlaceCache();
        }
    }

    /// <summary>Places the keys and values of a source, which every layer of the decoder keeps.</summary>
    public void PlaceSource(AttentionKernel cross)
    {
        string heads = $"{cross.Attention.KeyValueHeads} key/value heads";
        stack.Buffers.Block(
            stack.Buffer(BufferRole.CrossKeys),
            $"keys of the source for all layers of the decoder, per layer [{heads}][{cross.CacheLength} positions, in panels][{cross.Attention.HeadDim}]",
            cross.KeysPerHead * cross.Attention.KeyValueHeads * Architecture.Layers
        );
        stack.Buffers.Block(
            stack.Buffer(BufferRole.CrossValues),
            $"values of the source for all layers of the decoder, per layer [{heads}][{cross.CacheLength} positions][{cross.ValueStride}]",
            cross.ValuesPerHead * cross.Attention.KeyValueHeads * Architecture.Layers
        );
    }

    private void PlaceCache()
    {
        long state = 0;
        for (int kind = 0; kind < Architecture.LayerKinds.Count; kind++)
        {
            AttentionKernel kernel = Kernels.Layers[kind].Attention;
            string name = kernel.KindName;
            int heads = kernel.Attention.KeyValueHeads * Architecture.LayersOf(kind);
            string which = name.Length == 0 ? "all layers" : "the " + name.ToLowerInvariant() + " layers";
            BufferPlan keys = stack.Buffers.Block(
                stack.Buffer(BufferRole.Keys) with
                {
                    Kind = name,
                },
                kernel.DescribeKeys(which + ", per layer"),
                kernel.KeysPerHead * heads
            );
            BufferPlan values = stack.Buffers.Block(
                stack.Buffer(BufferRole.Values) with
                {
                    Kind = name,
                },
                kernel.DescribeValues(which + ", per layer"),
                kernel.ValuesPerHead * heads
            );
            state += kernel.Attention.IsLinear ? keys.Floats + values.Floats : 0;
        }

        if (Architecture.OriginalContextLength > 0)
        {
            stack.Buffers.Block(
                stack.Buffer(BufferRole.KeptTokens),
                "tokens of the sequence, from which its cache is recomputed,",
                Architecture.ContextLength
            );
        }

        if (state > 0)
        {
            stack.Buffers.Block(stack.Buffer(BufferRole.KeptState), "states of all layers as they were before the call", state);
        }
    }

    private void PlaceActivations()
    {
        int width = Architecture.Width,
            stride = Kernels.Norm.Stride;
        AttentionKernel largest = Largest(static layer => layer.Attention, static kernel => kernel.QueryFloats);
        AttentionArchitecture attention = largest.Attention;
        stack.Buffers.Block(
            stack.Buffer(BufferRole.Queries),
            $"rotated and scaled queries, [{attention.KeyValueHeads} key/value heads][row][{attention.GroupSize} heads of the group][{largest.HeadStride}]",
            Math.Max(largest.QueryFloats, Kernels.Cross?.Attention.QueryFloats ?? 0)
        );
        RowBuffer(BufferRole.Hidden, "hidden states", width, stride);
        RowBuffer(BufferRole.Normed, "normalised hidden states", width, stride, perWorker: true);
        LinearKernel projections = Largest(static layer => layer.QueryKeyValue, static kernel => kernel.OutputStride);
        RowBuffer(
            BufferRole.Projected,
            "queries, keys and values as projected",
            projections.Outputs,
            Math.Max(projections.OutputStride, Kernels.Cross?.Query.OutputStride ?? 0)
        );
        LinearKernel output = Largest(static layer => layer.Output, static kernel => kernel.InputStride);
        RowBuffer(
            BufferRole.Attended,
            "attention output of all heads",
            output.Inputs,
            Math.Max(output.InputStride, Kernels.Cross?.Output.InputStride ?? 0)
        );
        LinearKernel down = Largest(static layer => layer.Down, static kernel => kernel.InputStride);
        RowBuffer(BufferRole.Inner, "inner activations of the feed-forward block", down.Inputs, down.InputStride);
        if (Architecture.LayerKinds.Any(kind => new BlockNorms(stack, kind).AddLater))
        {
            bool norms = Architecture.LayerKinds.Any(static kind => kind.NormsOutputs);
            RowBuffer(BufferRole.Block, "outputs of a block before their " + (norms ? "norm" : "scale"), width, stride);
        }

        ActivationQuantizer.PlaceBuffer(stack, perWorker: true);
    }

    private void RowBuffer(BufferRole role, string description, int width, int stride, bool perWorker = false) =>
        stack.Buffers.RowBuffer(stack.Buffer(role), description, stack.Chunk, width, stride, perWorker);

    private TKernel Largest<TKernel>(Func<LayerKernels, TKernel> kernel, Func<TKernel, long> size) =>
        Kernels.Layers.Select(kernel).OrderByDescending(size).First();
}
