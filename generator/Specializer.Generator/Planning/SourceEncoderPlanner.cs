using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Generator.Planning;

/// <summary>Plans the encoder of an encoder-decoder, with the kernels of its decoder where shapes are equal.</summary>
internal sealed class SourceEncoderPlanner
{
    private const string WeightPrefix = "Encoder";
    private const string BufferPrefix = "Source";

    private readonly TransformerArchitecture _decoder;
    private readonly TransformerArchitecture _encoder;
    private readonly DecoderKernels _decoderKernels;
    private readonly DecoderKernels _kernels;
    private readonly LayerPlanner _layer;
    private readonly int _chunk;
    private readonly StepPlan[] _before;
    private readonly StepPlan[] _after;

    /// <summary>Places the weights of the whole encoder.</summary>
    /// <param name="decoder">The encoder-decoder.</param>
    /// <param name="decoderKernels">The kernels of its decoder.</param>
    /// <param name="chunk">Rows that pass through a step at once.</param>
    /// <param name="weights">Where the weights go.</param>
    /// <param name="embedding">The embeddings of the decoder.</param>
    public SourceEncoderPlanner(TransformerArchitecture decoder, DecoderKernels decoderKernels, int chunk, WeightLayoutBuilder weights, string embedding)
    {
        TransformerArchitecture encoder = decoder.Encoder!;
        _decoder = decoder;
        _decoderKernels = decoderKernels;
        _chunk = chunk;

        // The encoder's attention has kernels of its own, told apart by the names of its kinds of layers.
        _encoder = encoder with { LayerKinds = new EquatableArray<LayerKind>(encoder.LayerKinds.Select(static kind => kind with { Name = BufferPrefix + kind.Name })) };
        _kernels = new DecoderKernels(
            _encoder, chunk, encoder.Attention.HeadDimension == decoder.Attention.HeadDimension ? "" : BufferPrefix);
        if (_kernels.Embed != decoderKernels.Embed)
        {
            _kernels.Embed = _kernels.Embed with { Prefix = BufferPrefix };
        }

        _layer = new LayerPlanner(_encoder, _kernels, BufferPrefix);
        weights.Prefix = WeightPrefix;
        bool shares = encoder.Checkpoint.Names.TokenEmbedding == decoder.Checkpoint.Names.TokenEmbedding;
        (_before, _) = Planner.PlanEmbeddings(_encoder, _kernels, weights, shares ? embedding : null, BufferPrefix);
        string finalNorm = encoder.Checkpoint.Names.FinalNorm;
        _after = finalNorm.Length == 0
            ? []
            : [new NormStep("Final norm of the encoder", _kernels.Norm, weights.Norm("FinalNorm", encoder.Width, encoder.Norm, finalNorm, perLayer: false), Source("Hidden"), Source("Hidden"))];
        _layer.PlanTables(weights);
        weights.Prefix = "";
    }

    /// <summary>Places the weights of a layer of the encoder, behind those of a layer of the decoder, and what the decoder keeps of the source.</summary>
    public SourceEncoderPlan Plan(WeightLayoutBuilder weights, LayerPlanner decoderLayer)
    {
        StepPlan[] cross = decoderLayer.PlanCrossKeysAndValues(weights, Source("Hidden"), Source("Projected"));
        weights.BeginEncoderLayer(_decoder.Layers);
        weights.Prefix = WeightPrefix;
        List<StepPlan> steps = [.. _layer.Plan(weights)];
        weights.Prefix = "";
        int attention = steps.FindIndex(static step => step is AttentionStep);
        return new SourceEncoderPlan(
            _encoder.Layers,
            _encoder.ContextLength,
            _chunk,
            weights.EncoderLayersOffset,
            weights.EncoderLayerStride,
            new EquatableArray<StepPlan>(_before),
            new EquatableArray<StepPlan>(steps.Take(attention)),
            (AttentionStep)steps[attention],
            new EquatableArray<StepPlan>(steps.Skip(attention + 1)),
            new EquatableArray<StepPlan>(_after),
            new EquatableArray<StepPlan>(cross));
    }

    /// <summary>
    /// Hidden states and queries of the whole source, keys and values of one layer, activations of one chunk; and the keys
    /// and values that every layer of the decoder keeps.
    /// </summary>
    public void PlanBuffers(BufferLayoutBuilder session)
    {
        AttentionArchitecture attention = _encoder.Attention;
        AttentionKernel kernel = _kernels.Attention[0];
        AttentionKernel cross = _decoderKernels.Cross!.Attention;
        int length = _encoder.ContextLength;
        int stride = _kernels.Norm.Stride;
        string heads = $"{cross.Attention.KeyValueHeads} key/value heads";
        session.Block("CrossKeys", $"keys of the source for all layers of the decoder, per layer [{heads}][{cross.CacheLength} positions, in panels][{cross.Attention.HeadDimension}]", cross.KeysPerHead * cross.Attention.KeyValueHeads * _decoder.Layers);
        session.Block("CrossValues", $"values of the source for all layers of the decoder, per layer [{heads}][{cross.CacheLength} positions][{cross.HeadStride}]", cross.ValuesPerHead * cross.Attention.KeyValueHeads * _decoder.Layers);

        session.Prefix = BufferPrefix;
        session.Block("Keys", $"keys of one layer of the encoder, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions, in panels][{attention.HeadDimension}]", kernel.KeysPerHead * attention.KeyValueHeads);
        session.Block("Values", $"values of one layer of the encoder, [{attention.KeyValueHeads} key/value heads][{kernel.CacheLength} positions][{kernel.HeadStride}]", kernel.ValuesPerHead * attention.KeyValueHeads);
        session.PositionBuffer("Queries", $"turned and scaled queries of the source, [{attention.KeyValueHeads} key/value heads][{length} positions][{attention.GroupSize} heads of the group][{kernel.HeadStride}]", kernel.QueryFloats, attention.GroupSize * kernel.HeadStride);
        session.PositionBuffer("Hidden", $"hidden states of the source, [{length} positions][{_encoder.Width}], rows {stride} floats apart", (long)length * stride, stride);
        session.RowBuffer("Normed", "normalised hidden states of the source", _chunk, _encoder.Width, stride);
        int projected = Math.Max(_kernels.QueryKeyValue.OutputStride, _decoderKernels.Cross.KeyValue.OutputStride);
        session.RowBuffer("Projected", "queries, keys and values of the source as projected", _chunk, Math.Max(_kernels.QueryKeyValue.Outputs, _decoderKernels.Cross.KeyValue.Outputs), projected);
        session.RowBuffer("Attended", "attention output of all heads of the encoder", _chunk, _kernels.Output.Inputs, _kernels.Output.InputStride);
        session.RowBuffer("Inner", "inner activations of the encoder's feed-forward block", _chunk, _encoder.FeedForward.Width, _kernels.Down.InputStride);
        session.Prefix = "";
    }

    private static string Source(string name) => BufferPrefix + name;
}
