using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.Oracle;

namespace Specializer.Fuzzing;

using LayerArrangement = Specializer.Generator.Architecture.LayerArrangement;
using QueryKeyValueStorage = Specializer.Generator.Architecture.QueryKeyValueStorage;
using RuntimeStorage = Specializer.WeightStorage;
using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>
/// The tensors that a checkpoint of an architecture holds, with random values, the same for the same seed. Written from
/// the layout's description alone, so that a slip in the planner's table shows. Matrices of linear layers have only values
/// that their type of storage holds, so that rounding is no part of what is compared.
/// </summary>
internal sealed unsafe class CheckpointTensors : WeightsSource
{
    private const double VectorDeviation = 0.2;

    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = [];
    private readonly Random _random;
    private readonly RuntimeStorage _storage;

    public CheckpointTensors(TransformerArchitecture architecture, int seed)
    {
        _random = new Random(seed);
        _storage = (RuntimeStorage)architecture.WeightStorage;
        Description = FormattableString.Invariant($"random weights, seed {seed}");
        AddStack(architecture);
        if (architecture.Encoder is { } encoder)
        {
            AddStack(encoder);
        }
    }

    /// <summary>The tensors of a checkpoint, widened.</summary>
    public CheckpointTensors(WeightsSource source, Func<string, string>? rename = null)
    {
        _random = new Random(0);
        Description = source.Description;
        foreach (string name in source.Names)
        {
            source.TryGetTensor(name, out TensorView view);
            float[] values = GC.AllocateArray<float>((int)view.ElementCount, pinned: true);
            if (view.ElementType is TensorElementType.Float32 or TensorElementType.Float16 or TensorElementType.BFloat16)
            {
                view.CopyTo(values);
            }

            _tensors.Add(rename?.Invoke(name) ?? name, (view.Shape.ToArray(), values));
        }
    }

    private void AddStack(TransformerArchitecture architecture)
    {
        CheckpointNames names = architecture.Checkpoint.Names;
        EmbeddingArchitecture embeddings = architecture.Embeddings;
        int width = architecture.Width,
            embeddingWidth = embeddings.Width == 0 ? width : embeddings.Width,
            vocabulary = embeddings.VocabularySize;
        if (embeddings.Patches is { } patches)
        {
            Add(
                names.PatchProjection + ".weight",
                [width, patches.Channels, patches.PatchSize, patches.PatchSize],
                0,
                1 / Math.Sqrt(patches.Floats),
                _storage
            );
            AddStates(architecture, patches);
        }
        else if (embeddings.Speech is { } sound)
        {
            AddConvolution(names.FirstConvolution, width, sound.MelBands);
            AddConvolution(names.SecondConvolution, width, width);
        }
        else if (!_tensors.ContainsKey(names.TokenEmbedding + ".weight"))
        {
            bool tied = architecture.Logits.Tied || architecture.Head is { Output.Tied: true };
            Add(
                names.TokenEmbedding + ".weight",
                [vocabulary, embeddingWidth],
                0,
                architecture.Logits.Tied ? 1 / Math.Sqrt(embeddingWidth) : 0.5,
                tied ? _storage : RuntimeStorage.Float32
            );
        }

        if (embeddings is { Patches: null, Positions: LearnedPositions learned })
        {
            Add(names.PositionEmbedding + ".weight", [learned.Rows, embeddingWidth], 0, 0.5);
        }

        if (embeddings.TokenTypes > 0)
        {
            Add(names.TokenTypeEmbedding + ".weight", [embeddings.TokenTypes, embeddingWidth], 0, 0.5);
        }

        if (embeddings.Norm)
        {
            AddNorm(names.EmbeddingNorm, embeddingWidth, architecture.Norm);
        }

        if (embeddings.Width != 0)
        {
            AddMatrix(names.EmbeddingProjection, width, embeddingWidth, inputsFirst: false);
            AddBias(names.EmbeddingProjection, width);
        }

        foreach (
            RelativePositions relative in architecture
                .LayerKinds.Select(static kind => kind.Attention.Positions)
                .OfType<RelativePositions>()
                .Take(1)
        )
        {
            Add(names.RelativeBias, [relative.Buckets, architecture.Attention.Heads], 0, 0.5);
        }

        int inner = architecture.SetsPerGroup;
        for (int set = 0; set < architecture.Layers / architecture.LayersPerSet; set++)
        {
            AddLayer(
                architecture,
                architecture.KindOf(set),
                name =>
                    name.Replace("{layer}", FormattableString.Invariant($"{set / inner}"), StringComparison.Ordinal)
                        .Replace("{inner}", FormattableString.Invariant($"{set % inner}"), StringComparison.Ordinal)
            );
        }

        if (names.FinalNorm.Length > 0)
        {
            AddNorm(names.FinalNorm, width, architecture.Norm);
        }

        if (architecture.Stack == Stack.Encoder)
        {
            AddHead(architecture);
            return;
        }

        if (!architecture.Logits.Tied)
        {
            AddMatrix(names.Logits, vocabulary, width, inputsFirst: false);
        }

        if (architecture.Logits.Bias && names.LogitsBias.Length > 0)
        {
            Add(names.LogitsBias, [1, vocabulary], 0, VectorDeviation);
        }
        else if (architecture.Logits.Bias)
        {
            AddBias(names.Logits, vocabulary);
        }
    }

    /// <summary>The bias, the states and the positions of an image.</summary>
    private void AddStates(TransformerArchitecture architecture, PatchArchitecture patches)
    {
        CheckpointNames names = architecture.Checkpoint.Names;
        int width = architecture.Width;
        bool flat = architecture.Checkpoint.FlatImageTensors;
        if (patches.Bias)
        {
            AddBias(names.PatchProjection, width);
        }

        if (patches.FirstState)
        {
            Add(names.FirstState, flat ? [width] : [1, 1, width], 0, 0.5);
        }

        if (patches.LaterStates > 0)
        {
            Add(names.LaterStates, [1, patches.LaterStates, width], 0, 0.5);
        }

        if (architecture.Embeddings.Positions is not null)
        {
            Add(
                names.PositionEmbedding + (flat ? ".weight" : ""),
                flat ? [patches.PositionRows, width] : [1, patches.PositionRows, width],
                0,
                0.5
            );
        }
    }

    private void AddHead(TransformerArchitecture architecture)
    {
        CheckpointNames names = architecture.Checkpoint.Names;
        int width = architecture.Width;
        if (architecture.Head?.Probe is { } probe)
        {
            Add(names.Probe, [1, 1, width], 0, 0.5);
            Add(names.ProbeAttention + "in_proj_weight", [3 * width, width], 0, 1 / Math.Sqrt(width), _storage);
            Add(names.ProbeAttention + "in_proj_bias", [3 * width], 0, VectorDeviation);
            AddMatrix(names.ProbeAttention + "out_proj", width, width, inputsFirst: false);
            AddBias(names.ProbeAttention + "out_proj", width);
            AddNorm(names.ProbeNorm, width, architecture.Norm);
            AddMatrix(names.ProbeUp, probe.Inner, width, inputsFirst: false);
            AddBias(names.ProbeUp, probe.Inner);
            AddMatrix(names.ProbeDown, width, probe.Inner, inputsFirst: false);
            AddBias(names.ProbeDown, width);
        }

        foreach (ProjectionArchitecture projection in architecture.Head?.Projections ?? EquatableArray<ProjectionArchitecture>.Empty)
        {
            AddMatrix(projection.Name, projection.Width, width, inputsFirst: false);
            if (projection.Bias)
            {
                AddBias(projection.Name, projection.Width);
            }

            width = projection.Width;
        }

        if (architecture.Head?.Dense is { } dense)
        {
            AddMatrix(names.HeadDense, dense.Width, width, inputsFirst: false);
            if (dense.Bias)
            {
                AddBias(names.HeadDense, dense.Width);
            }

            width = dense.Width;
        }

        if (architecture.Head is { Norm: true })
        {
            AddNorm(names.HeadNorm, width, architecture.Norm);
        }

        if (architecture.Head?.Output is { } output)
        {
            if (!output.Tied)
            {
                AddMatrix(names.Logits, output.Width, width, inputsFirst: false);
            }

            if (output.Bias)
            {
                Add(names.LogitsBias.Length > 0 ? names.LogitsBias : names.Logits + ".bias", [output.Width], 0, VectorDeviation);
            }
        }
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <inheritdoc/>
    public override bool TryGetTensor(string name, out TensorView view)
    {
        if (!_tensors.TryGetValue(name, out (long[] Shape, float[] Values) tensor))
        {
            view = default;
            return false;
        }

        // The array is pinned, and lives as long as this source.
        fixed (float* values = tensor.Values)
        {
            view = new TensorView(name, TensorElementType.Float32, tensor.Shape, (byte*)values, null);
        }

        return true;
    }

    /// <summary>The elements of a tensor.</summary>
    public double[] Doubles(string name) => Array.ConvertAll(_tensors[name].Values, static value => (double)value);

    /// <summary>Gives every element of a tensor a value by its place.</summary>
    public void Set(string name, Func<int, float> element)
    {
        float[] values = _tensors[name].Values;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = element(i);
        }
    }

    /// <summary>Changes every element by about half a unit in the last place: what the rounding of one operation does.</summary>
    public void Perturb(int seed)
    {
        Random random = new(seed);
        foreach ((_, float[] values) in _tensors.Values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] * (1 + ((random.NextDouble() - 0.5) * 2.4e-7)));
            }
        }
    }

    private void AddLayer(TransformerArchitecture architecture, LayerKind kind, Func<string, string> inLayer)
    {
        CheckpointNames names = architecture.Checkpoint.Names;
        AttentionArchitecture attention = kind.Attention;
        FeedForwardArchitecture feedForward = kind.FeedForward;
        bool inputsFirst = architecture.Checkpoint.InputsFirst;
        int width = architecture.Width;
        int queries = attention.Heads * attention.HeadDim;
        int keys = attention.KeyValueHeads * attention.HeadDim;
        bool after = kind.Arrangement is LayerArrangement.PostNorm or LayerArrangement.Sandwich or LayerArrangement.OutputNorm,
            before = kind.Arrangement is not (LayerArrangement.PostNorm or LayerArrangement.OutputNorm);
        if (before && kind.Arrangement != LayerArrangement.FeedForwardNorm)
        {
            AddNorm(inLayer(names.AttentionNorm), width, architecture.Norm);
        }

        if (architecture.Checkpoint.QueryKeyValue == QueryKeyValueStorage.Separate)
        {
            AddLinear(inLayer(names.Query), queries, width, attention.QueryBias);
            AddLinear(inLayer(names.Key), keys, width, attention.KeyBias);
            AddLinear(inLayer(names.Value), keys, width, attention.ValueBias);
        }
        else
        {
            AddLinear(inLayer(names.QueryKeyValue), queries + (2 * keys), width, attention.QueryBias);
        }

        if (attention.QueryKeyNorm)
        {
            AddNorm(inLayer(names.QueryNorm), attention.HeadDim, architecture.Norm);
            AddNorm(inLayer(names.KeyNorm), attention.HeadDim, architecture.Norm);
        }

        if (attention.ProjectionNorm != ProjectionNorm.None)
        {
            bool together = attention.ProjectionNorm == ProjectionNorm.AllHeads;
            Add(inLayer(names.QueryNorm) + ".weight", together ? [queries] : [attention.Heads, attention.HeadDim], 1, VectorDeviation);
            Add(inLayer(names.KeyNorm) + ".weight", together ? [keys] : [attention.KeyValueHeads, attention.HeadDim], 1, VectorDeviation);
        }

        AddLinear(inLayer(names.AttentionOutput), width, queries, attention.OutputBias);
        if (architecture.CrossAttention is { } cross)
        {
            int crossKeys = cross.KeyValueHeads * cross.HeadDim,
                source = architecture.Encoder!.Width;
            AddNorm(inLayer(names.CrossAttentionNorm), width, architecture.Norm);
            if (kind.Arrangement == LayerArrangement.Sandwich)
            {
                AddNorm(inLayer(names.CrossAttentionOutputNorm), width, architecture.Norm);
            }

            AddLinear(inLayer(names.CrossQuery), cross.Heads * cross.HeadDim, width, cross.QueryBias);
            if (names.CrossKeyValue.Length > 0)
            {
                AddLinear(inLayer(names.CrossKeyValue), 2 * crossKeys, source, cross.KeyBias);
            }
            else
            {
                AddLinear(inLayer(names.CrossKey), crossKeys, source, cross.KeyBias);
                AddLinear(inLayer(names.CrossValue), crossKeys, source, cross.ValueBias);
            }

            AddLinear(inLayer(names.CrossOutput), width, cross.Heads * cross.HeadDim, cross.OutputBias);
        }

        if (architecture.GlobalTokens)
        {
            AddLinear(inLayer(names.GlobalQuery), queries, width, attention.QueryBias);
            AddLinear(inLayer(names.GlobalKey), keys, width, attention.KeyBias);
            AddLinear(inLayer(names.GlobalValue), keys, width, attention.ValueBias);
        }

        if (kind.LayerScale)
        {
            Add(inLayer(names.AttentionScale), [width], 0.5, VectorDeviation);
            Add(inLayer(names.FeedForwardScale), [width], 0.5, VectorDeviation);
        }

        if (after)
        {
            AddNorm(inLayer(names.AttentionOutputNorm), width, architecture.Norm);
            AddNorm(inLayer(names.FeedForwardOutputNorm), width, architecture.Norm);
        }

        if (before && kind.Arrangement != LayerArrangement.ParallelOneNorm)
        {
            AddNorm(inLayer(names.FeedForwardNorm), width, architecture.Norm);
        }

        if (architecture.Checkpoint.GateUpConcatenated)
        {
            AddLinear(inLayer(names.GateUp), 2 * feedForward.Width, width, feedForward.Bias);
        }
        else
        {
            if (feedForward.Gated)
            {
                AddLinear(inLayer(names.Gate), feedForward.Width, width, feedForward.Bias);
            }

            AddLinear(inLayer(names.Up), feedForward.Width, width, feedForward.Bias);
        }

        AddLinear(inLayer(names.Down), width, feedForward.Width, feedForward.DownBias);

        void AddLinear(string name, int outputs, int inputs, bool bias)
        {
            AddMatrix(name, outputs, inputs, inputsFirst);
            if (bias)
            {
                AddBias(name, outputs);
            }
        }
    }

    private void AddMatrix(string name, int outputs, int inputs, bool inputsFirst) =>
        Add(name + ".weight", inputsFirst ? [inputs, outputs] : [outputs, inputs], 0, 1 / Math.Sqrt(inputs), _storage);

    private void AddConvolution(string name, int outputs, int channels)
    {
        Add(
            name + ".weight",
            [outputs, channels, SpeechArchitecture.Window],
            0,
            1 / Math.Sqrt(SpeechArchitecture.Window * channels),
            _storage
        );
        AddBias(name, outputs);
    }

    private void AddBias(string name, int length) => Add(name + ".bias", [length], 0, VectorDeviation);

    private void AddNorm(string name, int width, NormArchitecture norm)
    {
        if (norm.HasWeight)
        {
            Add(name + ".weight", [width], norm.UnitOffset ? 0 : 1, VectorDeviation);
        }

        if (norm.Bias)
        {
            AddBias(name, width);
        }
    }

    private void Add(string name, long[] shape, double mean, double deviation, RuntimeStorage storage = RuntimeStorage.Float32)
    {
        float[] values = GC.AllocateArray<float>((int)shape.Aggregate(1L, static (product, size) => product * size), pinned: true);
        for (int i = 0; i < values.Length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            values[i] = StoredValues.Near((float)(mean + (deviation * normal)), storage);
        }

        _tensors.Add(name, (shape, values));
    }
}
