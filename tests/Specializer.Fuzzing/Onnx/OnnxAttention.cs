using System;
using System.Linq;
using Specializer.Generator.Architecture;

namespace Specializer.Fuzzing;

using Stack = Specializer.Generator.Architecture.Stack;

/// <summary>
/// Attention and Softmax. Without a mask it is cross-attention, whose keys and values are the tokens of the source. Causal
/// attention is self-attention of a decoder, in which no query attends to keys after the last one. Heads of unequal widths are
/// padded with zeros.
/// </summary>
internal sealed class OnnxAttention : OnnxNode
{
    private readonly int _heads;
    private readonly int _keyValueHeads;
    private readonly int _headDimension;
    private readonly int _valueDimension;
    private readonly int _batches;
    private readonly int _queryLength;
    private readonly int _keyLength;
    private readonly bool _isCausal;
    private readonly float _scale;
    private readonly float _softCap;

    /// <summary>[batch · position][head · width], with padded heads.</summary>
    private readonly double[][] _queries,
        _keys,
        _values;

    public OnnxAttention(string name)
        : base(name)
    {
        _heads = Heads("input.Q", "q_num_heads");
        _keyValueHeads = Heads("input.K", "kv_num_heads");
        int keyDimension = Dimension("input.K", _keyValueHeads);
        _valueDimension = Dimension("input.V", _keyValueHeads);
        _headDimension = Math.Max(keyDimension, _valueDimension);
        (_batches, _queryLength, _keyLength) = (Shapes["input.Q"][0], Shapes["input.Q"][^2], Shapes["input.K"][^2]);
        _isCausal = Number("is_causal", 0) == 1;
        _scale = (float)Number("scale", 1 / Math.Sqrt(keyDimension));
        _softCap = (float)Number("softcap", 0);
        _queries = Rows("input.Q", _heads, _headDimension);
        _keys = Rows("input.K", _keyValueHeads, _headDimension);
        _values = Rows("input.V", _keyValueHeads, _headDimension);
        Expected = Rows("output.Y", _heads, _valueDimension);
    }

    /// <summary>Softmax of rows: each is a query, and keys and values are the unit vectors.</summary>
    private OnnxAttention(string name, bool softmax)
        : base(name)
    {
        int[] shape = Shapes["input.x"];
        int axis = (int)Number("axis", -1);
        axis = axis < 0 ? axis + shape.Length : axis;
        int stride = shape[(axis + 1)..].Aggregate(1, static (product, extent) => product * extent),
            length = shape[axis];
        double[][] Along(string tensor) =>
            [
                .. Enumerable
                    .Range(0, Tensors[tensor].Length)
                    .Where(at => at / stride % length == 0)
                    .Select(at => Enumerable.Range(0, length).Select(i => Tensors[tensor][at + (i * stride)]).ToArray()),
            ];
        (_heads, _keyValueHeads, _batches, _scale, _isCausal) = (1, 1, 1, 1, !softmax);
        (_headDimension, _valueDimension, _keyLength) = (length, length, length);
        _queries = Along("input.x");
        _queryLength = _queries.Length;
        _keys = _values = [
            .. Enumerable.Range(0, length).Select(key => Enumerable.Range(0, length).Select(i => i == key ? 1.0 : 0).ToArray()),
        ];
        Expected = Along("output.y");
    }

    public override double[][] Expected { get; }

    private int QueryWidth => _heads * _headDimension;

    private int KeyWidth => _keyValueHeads * _headDimension;

    /// <summary>The input of the attention, followed by memory for its output.</summary>
    private int Width => _isCausal ? (2 * QueryWidth) + (2 * KeyWidth) : Math.Max(2 * QueryWidth, 2 * KeyWidth);

    private int ResultAt => _isCausal ? QueryWidth + (2 * KeyWidth) : QueryWidth;

    public override TransformerArchitecture Architecture =>
        new FuzzCase
        {
            Stack = _isCausal ? Stack.Decoder : Stack.EncoderDecoder,
            Width = Width,
            VocabularySize = _queries.Length,
            SourceVocabularySize = _keys.Length,
            ContextLength = _queryLength,
            SourceLength = _keyLength,
            Heads = _heads,
            KeyValueHeads = _keyValueHeads,
            HeadDim = _headDimension,
            Scale = _scale,
            SoftCap = _softCap,
            Epsilon = IdentityEpsilon,
            NoFinalNorm = true,
        }.ToArchitecture();

    public static OnnxAttention OfSoftmax(string name) => new(name, softmax: true);

    public override float[] Run(Func<WeightsSource, ModelOptions, TransformerModel> load, InstructionSet instructionSet)
    {
        using CheckpointTensors tensors = Nothing();
        if (_isCausal)
        {
            Embed(
                tensors,
                "embed.weight",
                [.. _queries.Select((query, row) => (double[])[.. query, .. _keys[KeyRow(row)], .. _values[KeyRow(row)]])],
                Width
            );
            Pick(tensors, "layers.0.q.weight", Width, from: 0, QueryWidth);
            Pick(tensors, "layers.0.k.weight", Width, from: QueryWidth, KeyWidth);
            Pick(tensors, "layers.0.v.weight", Width, from: QueryWidth + KeyWidth, KeyWidth);
            Place(tensors, "layers.0.o.weight", QueryWidth, to: ResultAt);
        }
        else
        {
            Embed(tensors, "decoder.embed.weight", _queries, Width);
            Embed(tensors, "encoder.embed.weight", [.. _keys.Select((key, row) => (double[])[.. key, .. _values[row]])], Width);
            Pick(tensors, "decoder.layers.0.cross_q.weight", Width, from: 0, QueryWidth);
            Pick(tensors, "decoder.layers.0.cross_k.weight", Width, from: 0, KeyWidth);
            Pick(tensors, "decoder.layers.0.cross_v.weight", Width, from: KeyWidth, KeyWidth);
            Place(tensors, "decoder.layers.0.cross_o.weight", QueryWidth, to: ResultAt);
        }

        float[] results = new float[Expected.Length * Expected[0].Length];
        using TransformerModel model = load(tensors, new ModelOptions { InstructionSet = instructionSet, Threads = 1 });
        using IDecoderSession session = model is ISequenceToSequenceModel<TokenInput> crossed
            ? crossed.CreateSession()
            : ((IDecoderModel)model).CreateSession();
        for (int batch = 0; batch < _batches; batch++)
        {
            int first = batch * _queryLength;
            session.HiddenStates = (layer, position, state) =>
            {
                for (int at = 0; layer == 1 && at < _heads * _valueDimension; at++)
                {
                    results[((first + position) * _heads * _valueDimension) + at] = state[
                        ResultAt + (at / _valueDimension * _headDimension) + (at % _valueDimension)
                    ];
                }
            };
            session.Reset();
            (session as ISequenceToSequenceSession<TokenInput>)?.Encode([.. Enumerable.Range(batch * _keyLength, _keyLength)]);
            session.Prefill([.. Enumerable.Range(first, _queryLength)]);
        }

        return results;
    }

    /// <summary>The key at the position of a query.</summary>
    private int KeyRow(int query) => (query / _queryLength * _keyLength) + (query % _queryLength);

    private int Heads(string tensor, string attribute) => Shapes[tensor] is [_, int heads, _, _] ? heads : (int)Number(attribute, 0);

    private int Dimension(string tensor, int heads) => Shapes[tensor] is [_, _, _, int dimension] ? dimension : Shapes[tensor][^1] / heads;

    /// <summary>[batch · position][head · width] of [batch, heads, position, width] or [batch, position, heads · width].</summary>
    private double[][] Rows(string tensor, int heads, int width)
    {
        int length = Shapes[tensor][^2],
            dimension = Dimension(tensor, heads);
        bool headsFirst = Shapes[tensor].Length == 4;
        double[] values = Tensors[tensor];
        return
        [
            .. Enumerable
                .Range(0, Shapes[tensor][0] * length)
                .Select(row =>
                    Enumerable
                        .Range(0, heads * width)
                        .Select(column =>
                        {
                            (int head, int i) = (column / width, column % width);
                            int at = headsFirst
                                ? (((((row / length) * heads) + head) * length) + (row % length)) * dimension
                                : (((row * heads) + head) * dimension);
                            return i < dimension ? values[at + i] : 0;
                        })
                        .ToArray()
                ),
        ];
    }
}
