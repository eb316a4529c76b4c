using System;
using System.Collections.Generic;

namespace Specializer.GenericEngine;

/// <summary>A LLaMA checkpoint with Hugging Face's tensor names, and its packing.</summary>
internal sealed unsafe class GenericDecoderTensors
{
    /// <summary>The embeddings, [vocabulary, width].</summary>
    public const string Embeddings = "model.embed_tokens.weight";

    /// <summary>The projection to the vocabulary, [vocabulary, width].</summary>
    public const string Logits = "lm_head.weight";

    /// <summary>The norm before the logits; like all names below, without <see cref="Weight"/> or <see cref="Bias"/>.</summary>
    public const string LastNorm = "model.norm";

    /// <summary>The norm before attention.</summary>
    public const string AttentionNorm = "model.layers.{layer}.input_layernorm";

    /// <summary>The norm before the feed-forward block.</summary>
    public const string FeedForwardNorm = "model.layers.{layer}.post_attention_layernorm";

    /// <summary>The projection to queries.</summary>
    public const string Query = "model.layers.{layer}.self_attn.q_proj";

    /// <summary>The projection to keys.</summary>
    public const string Key = "model.layers.{layer}.self_attn.k_proj";

    /// <summary>The projection to values.</summary>
    public const string Value = "model.layers.{layer}.self_attn.v_proj";

    /// <summary>The projection after attention.</summary>
    public const string AttentionOutput = "model.layers.{layer}.self_attn.o_proj";

    /// <summary>The gate of the feed-forward block.</summary>
    public const string Gate = "model.layers.{layer}.mlp.gate_proj";

    /// <summary>The first linear layer of the feed-forward block.</summary>
    public const string Up = "model.layers.{layer}.mlp.up_proj";

    /// <summary>The second linear layer of the feed-forward block.</summary>
    public const string Down = "model.layers.{layer}.mlp.down_proj";

    /// <summary>The suffix of weights.</summary>
    public const string Weight = ".weight";

    /// <summary>The suffix of biases.</summary>
    public const string Bias = ".bias";

    // The number of floats that are converted at a time: a few rows of the widest layer.
    private const int BlockFloats = 1 << 18;

    private readonly GenericDecoderPlan _plan;
    private readonly Dictionary<string, int> _indices = [];
    private readonly CheckedTensors _tensors;
    private float[] _block = [];

    /// <summary>Checks a checkpoint as a whole: names, shapes and types.</summary>
    /// <exception cref="WeightsException">The checkpoint does not match the plan.</exception>
    public GenericDecoderTensors(GenericDecoderPlan plan, WeightsSource source)
    {
        _plan = plan;
        List<TensorRequirement> required = plan.Requirements();
        _tensors = new TensorTable(required, ["model.layers.{layer}.self_attn.rotary_emb.inv_freq"]).Check(source);
        for (int i = 0; i < required.Count; i++)
        {
            _indices.Add(required[i].Name, i);
            long elements = Math.Max(1, required[i].Layers);
            foreach (long dimension in required[i].Shape)
            {
                elements *= dimension;
            }

            ParameterCount += elements;
        }
    }

    /// <summary>The number of trained parameters.</summary>
    public long ParameterCount { get; }

    /// <summary>Packs all weights, and computes the rotary positions.</summary>
    /// <param name="weights">The model's memory, <see cref="GenericDecoderPlan.WeightFloats"/> floats, zero-initialized.</param>
    public void Pack(float* weights)
    {
        GenericDecoderConfiguration configuration = _plan.Configuration;
        int heads = configuration.Heads * configuration.HeadDim,
            keyValueHeads = configuration.KeyValueHeads * configuration.HeadDim;
        if (!configuration.TiedEmbeddings)
        {
            TensorView embeddings = _tensors.Get(_indices[Embeddings]);
            for (int token = 0; token < configuration.VocabularySize; token++)
            {
                embeddings.CopyRowTo(token, new Span<float>(weights + ((nint)token * _plan.HiddenStride), configuration.Width));
            }
        }

        for (int layer = 0; layer < configuration.Layers; layer++)
        {
            float* start = weights + _plan.Layer(layer);
            PackNorm(start, AttentionNorm, layer);
            PackLinear(_plan.QueryKeyValue, start + _plan.QueryKeyValueOffset, Query, layer, 0);
            PackLinear(_plan.QueryKeyValue, start + _plan.QueryKeyValueOffset, Key, layer, heads);
            PackLinear(_plan.QueryKeyValue, start + _plan.QueryKeyValueOffset, Value, layer, heads + keyValueHeads);
            PackLinear(_plan.AttentionOutput, start + _plan.AttentionOutputOffset, AttentionOutput, layer, 0);
            PackNorm(start + _plan.FeedForwardNormOffset, FeedForwardNorm, layer);
            if (_plan.FeedForwardIn.IsGated)
            {
                PackLinear(_plan.FeedForwardIn, start + _plan.FeedForwardInOffset, Gate, layer, 0);
            }

            PackLinear(_plan.FeedForwardIn, start + _plan.FeedForwardInOffset, Up, layer, 0, up: _plan.FeedForwardIn.IsGated);
            PackLinear(_plan.FeedForwardOut, start + _plan.FeedForwardOutOffset, Down, layer, 0);
        }

        PackNorm(weights + _plan.LastNormOffset, LastNorm, 0);
        PackWeights(
            _plan.Logits,
            weights + _plan.LogitsOffset,
            _tensors.Get(_indices[configuration.TiedEmbeddings ? Embeddings : Logits]),
            0,
            up: false
        );
        _plan.Rotary.Fill(weights + _plan.RotaryOffset, configuration.RotaryBase);
    }

    private void PackNorm(float* destination, string name, int layer)
    {
        int width = _plan.Configuration.Width;
        _tensors.Get(_indices[name + Weight], layer).CopyTo(new Span<float>(destination, width));
        if (_plan.Configuration.Norm == NormKind.Layer)
        {
            _tensors.Get(_indices[name + Bias], layer).CopyTo(new Span<float>(destination + _plan.HiddenStride, width));
        }
    }

    private void PackLinear(in LinearLayout layout, float* destination, string name, int layer, int firstOutput, bool up = false)
    {
        PackWeights(layout, destination, _tensors.Get(_indices[name + Weight], layer), firstOutput, up);
        if (layout.HasBias)
        {
            TensorView bias = _tensors.Get(_indices[name + Bias], layer);
            Span<float> block = Block((int)bias.ElementCount);
            bias.CopyTo(block);
            layout.PackBias(destination, firstOutput, block, up);
        }
    }

    private void PackWeights(in LinearLayout layout, float* destination, TensorView weights, int firstOutput, bool up)
    {
        int outputs = (int)weights.Shape[0];

        // Whole cache lines of outputs, so that each line of a panel is written at once.
        int rows = Math.Min(outputs, LinearLayout.RoundUp(Math.Max(1, BlockFloats / layout.Inputs)));
        for (int row = 0; row < outputs; row += rows)
        {
            Span<float> block = Block(Math.Min(rows, outputs - row) * layout.Inputs);
            weights.CopyRangeTo((long)row * layout.Inputs, block);
            layout.PackWeights(destination, firstOutput + row, block, up);
        }
    }

    private Span<float> Block(int length)
    {
        if (_block.Length < length)
        {
            _block = new float[length];
        }

        return _block.AsSpan(0, length);
    }
}
