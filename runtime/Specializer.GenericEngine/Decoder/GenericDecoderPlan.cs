using System.Collections.Generic;

namespace Specializer.GenericEngine;

/// <summary>
/// The memory layout of a model's packed weights and of a session, for one configuration and one vector width. Offsets are in
/// floats.
/// </summary>
internal sealed class GenericDecoderPlan
{
    private readonly nint _firstLayer;
    private readonly nint _layerStride;

    /// <summary>Plans a model.</summary>
    /// <param name="configuration">The configuration with resolved defaults.</param>
    /// <param name="lanes">The number of floats of a vector.</param>
    /// <param name="threads">The maximum number of workers of a session.</param>
    /// <param name="workerFloats">The working memory of each worker in floats.</param>
    public GenericDecoderPlan(GenericDecoderConfiguration configuration, int lanes, int threads, nint workerFloats)
    {
        Configuration = configuration;
        int heads = configuration.Heads * configuration.HeadDim;
        int keyValueHeads = configuration.KeyValueHeads * configuration.HeadDim;
        QueryKeyValue = new LinearLayout(lanes, configuration.Width, heads + (2 * keyValueHeads), bias: configuration.QueryKeyValueBias);
        AttentionOutput = new LinearLayout(lanes, heads, configuration.Width, bias: configuration.AttentionOutputBias);
        FeedForwardIn = new LinearLayout(
            lanes,
            configuration.Width,
            configuration.FeedForwardWidth,
            ElementFunctions.IsGated(configuration.Activation),
            configuration.FeedForwardBias
        );
        FeedForwardOut = new LinearLayout(lanes, configuration.FeedForwardWidth, configuration.Width, bias: configuration.FeedForwardBias);
        Logits = new LinearLayout(lanes, configuration.Width, configuration.VocabularySize);

        // Weights: the embeddings, unless they are those of the logits; the layers; the last norm and the logits; the rotary
        // positions.
        HiddenStride = LinearLayout.RoundUp(configuration.Width);
        nint normFloats = (configuration.Norm == NormKind.Layer ? 2 : 1) * HiddenStride;
        _firstLayer = configuration.TiedEmbeddings ? 0 : (nint)configuration.VocabularySize * HiddenStride;
        QueryKeyValueOffset = normFloats;
        AttentionOutputOffset = QueryKeyValueOffset + QueryKeyValue.Floats;
        FeedForwardNormOffset = AttentionOutputOffset + AttentionOutput.Floats;
        FeedForwardInOffset = FeedForwardNormOffset + normFloats;
        FeedForwardOutOffset = FeedForwardInOffset + FeedForwardIn.Floats;
        _layerStride = FeedForwardOutOffset + FeedForwardOut.Floats;
        LastNormOffset = _firstLayer + (configuration.Layers * _layerStride);
        LogitsOffset = LastNormOffset + normFloats;
        Rotary = new RotaryLayout(configuration.ContextLength, configuration.RotaryDim, configuration.RotaryPairing);
        RotaryOffset = LogitsOffset + Logits.Floats;
        WeightFloats = RotaryOffset + Rotary.Floats;

        // Session: the cache of all layers, the activations of a chunk, and every worker's scratch.
        int chunk = configuration.ChunkLength;
        KeyValues = new KeyValueLayout(lanes, configuration.KeyValueHeads, configuration.HeadDim, configuration.ContextLength);
        HiddenOffset = configuration.Layers * KeyValues.Floats;
        NormedOffset = HiddenOffset + ((nint)chunk * HiddenStride);
        QueryKeyValueStateOffset = NormedOffset + ((nint)chunk * HiddenStride);
        AttendedOffset = QueryKeyValueStateOffset + ((nint)chunk * QueryKeyValue.PaddedOutputs);
        AttendedStride = LinearLayout.RoundUp(heads);
        InnerOffset = AttendedOffset + ((nint)chunk * AttendedStride);
        ScratchOffset = InnerOffset + ((nint)chunk * FeedForwardIn.PaddedOutputs);
        ScratchFloats = (workerFloats + 15) / 16 * 16;
        SessionFloats = ScratchOffset + (threads * ScratchFloats);
        LogitsRows = int.Min(chunk, 12);
    }

    /// <summary>The configuration with resolved defaults.</summary>
    public GenericDecoderConfiguration Configuration { get; }

    /// <summary>The projections to queries, keys and values: one linear layer, its outputs in this order.</summary>
    public LinearLayout QueryKeyValue { get; }

    /// <summary>The projection after attention.</summary>
    public LinearLayout AttentionOutput { get; }

    /// <summary>The first linear layer of a feed-forward block, with its gate if it has one.</summary>
    public LinearLayout FeedForwardIn { get; }

    /// <summary>The second linear layer of a feed-forward block.</summary>
    public LinearLayout FeedForwardOut { get; }

    /// <summary>The projection to the vocabulary.</summary>
    public LinearLayout Logits { get; }

    /// <summary>In a layer: the projections to queries, keys and values, after the norm before attention.</summary>
    public nint QueryKeyValueOffset { get; }

    /// <summary>In a layer: the projection after attention.</summary>
    public nint AttentionOutputOffset { get; }

    /// <summary>In a layer: the norm before the feed-forward block.</summary>
    public nint FeedForwardNormOffset { get; }

    /// <summary>In a layer: the first linear layer of the feed-forward block.</summary>
    public nint FeedForwardInOffset { get; }

    /// <summary>In a layer: the second linear layer of the feed-forward block.</summary>
    public nint FeedForwardOutOffset { get; }

    /// <summary>The norm before the logits.</summary>
    public nint LastNormOffset { get; }

    /// <summary>The projection to the vocabulary.</summary>
    public nint LogitsOffset { get; }

    /// <summary>The cosines and sines of the rotary positions, which are stored with the weights.</summary>
    public RotaryLayout Rotary { get; }

    /// <summary>The offset of the rotary table.</summary>
    public nint RotaryOffset { get; }

    /// <summary>The number of floats of all weights.</summary>
    public nint WeightFloats { get; }

    /// <summary>The keys and values of a layer. The memory of a session starts with those of all layers.</summary>
    public KeyValueLayout KeyValues { get; }

    /// <summary>In a session: the hidden states, [chunk, <see cref="HiddenStride"/>].</summary>
    public nint HiddenOffset { get; }

    /// <summary>The floats from one position's hidden state to the next.</summary>
    public int HiddenStride { get; }

    /// <summary>In a session: the normalized hidden states.</summary>
    public nint NormedOffset { get; }

    /// <summary>In a session: queries, keys and values.</summary>
    public nint QueryKeyValueStateOffset { get; }

    /// <summary>In a session: the results of attention, [chunk, <see cref="AttendedStride"/>].</summary>
    public nint AttendedOffset { get; }

    /// <summary>The floats from one position's attention result to the next.</summary>
    public int AttendedStride { get; }

    /// <summary>In a session: the inner activations of the feed-forward block.</summary>
    public nint InnerOffset { get; }

    /// <summary>In a session: the working memory of the first worker.</summary>
    public nint ScratchOffset { get; }

    /// <summary>The number of floats of working memory per worker.</summary>
    public nint ScratchFloats { get; }

    /// <summary>The floats of a session.</summary>
    public nint SessionFloats { get; }

    /// <summary>The number of positions whose logits are computed together.</summary>
    public int LogitsRows { get; }

    /// <summary>Returns the offset of a layer's weights.</summary>
    public nint Layer(int layer) => _firstLayer + (layer * _layerStride);

    /// <summary>Returns the tensors of the checkpoint, with Hugging Face's names for LLaMA.</summary>
    public List<TensorRequirement> Requirements()
    {
        GenericDecoderConfiguration c = Configuration;
        long heads = (long)c.Heads * c.HeadDim,
            keyValueHeads = (long)c.KeyValueHeads * c.HeadDim;
        List<TensorRequirement> required = [new(GenericDecoderTensors.Embeddings, 0, c.VocabularySize, c.Width)];
        AddNorm(GenericDecoderTensors.LastNorm, 0);
        AddNorm(GenericDecoderTensors.AttentionNorm, c.Layers);
        AddNorm(GenericDecoderTensors.FeedForwardNorm, c.Layers);
        AddLinear(GenericDecoderTensors.Query, heads, c.Width, c.QueryKeyValueBias);
        AddLinear(GenericDecoderTensors.Key, keyValueHeads, c.Width, c.QueryKeyValueBias);
        AddLinear(GenericDecoderTensors.Value, keyValueHeads, c.Width, c.QueryKeyValueBias);
        AddLinear(GenericDecoderTensors.AttentionOutput, c.Width, heads, c.AttentionOutputBias);
        AddLinear(GenericDecoderTensors.Up, c.FeedForwardWidth, c.Width, c.FeedForwardBias);
        AddLinear(GenericDecoderTensors.Down, c.Width, c.FeedForwardWidth, c.FeedForwardBias);
        if (FeedForwardIn.IsGated)
        {
            AddLinear(GenericDecoderTensors.Gate, c.FeedForwardWidth, c.Width, c.FeedForwardBias);
        }

        if (!c.TiedEmbeddings)
        {
            required.Add(new TensorRequirement(GenericDecoderTensors.Logits, 0, c.VocabularySize, c.Width));
        }

        return required;

        void AddNorm(string name, int layers)
        {
            required.Add(new TensorRequirement(name + GenericDecoderTensors.Weight, layers, c.Width));
            if (c.Norm == NormKind.Layer)
            {
                required.Add(new TensorRequirement(name + GenericDecoderTensors.Bias, layers, c.Width));
            }
        }

        void AddLinear(string name, long outputs, long inputs, bool bias)
        {
            required.Add(new TensorRequirement(name + GenericDecoderTensors.Weight, c.Layers, outputs, inputs));
            if (bias)
            {
                required.Add(new TensorRequirement(name + GenericDecoderTensors.Bias, c.Layers, outputs));
            }
        }
    }
}
