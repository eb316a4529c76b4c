using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Specializer.Oracle;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Oracle;

/// <summary>The formulas against the node tests that ONNX publishes, whose results are of 32-bit arithmetic.</summary>
[Feature("oracle")]
public sealed class OnnxNodeTests
{
    private static readonly Tolerance SinglePrecision = new(2e-6, 1e-5);

    [SharedDataTheory]
    [InlineData("rms_normalization_2d_axis0")]
    [InlineData("rms_normalization_2d_axis_negative_1")]
    [InlineData("rms_normalization_2d_axis_negative_2")]
    [InlineData("rms_normalization_3d_axis0_epsilon")]
    [InlineData("rms_normalization_3d_axis1_epsilon")]
    [InlineData("rms_normalization_3d_axis_negative_2_epsilon")]
    [InlineData("rms_normalization_3d_axis_negative_3_epsilon")]
    [InlineData("rms_normalization_4d_axis0")]
    [InlineData("rms_normalization_4d_axis3")]
    [InlineData("rms_normalization_4d_axis_negative_1")]
    [InlineData("rms_normalization_4d_axis_negative_3")]
    [InlineData("layer_normalization_2d_axis_negative_1")]
    [InlineData("layer_normalization_2d_axis_negative_2")]
    [InlineData("layer_normalization_3d_axis0_epsilon")]
    [InlineData("layer_normalization_3d_axis1_epsilon")]
    [InlineData("layer_normalization_3d_axis2_epsilon")]
    [InlineData("layer_normalization_3d_axis_negative_1_epsilon")]
    [InlineData("layer_normalization_3d_axis_negative_2_epsilon")]
    [InlineData("layer_normalization_3d_axis_negative_3_epsilon")]
    [InlineData("layer_normalization_4d_axis1")]
    [InlineData("layer_normalization_4d_axis2")]
    [InlineData("layer_normalization_4d_axis3")]
    [InlineData("layer_normalization_4d_axis_negative_2")]
    [InlineData("layer_normalization_4d_axis_negative_4")]
    public void Norms_agree(string name)
    {
        using GoldenFile node = Open(name);
        double[] weight = node.Doubles("input.W");
        double epsilon = Number(node, "epsilon", 1e-5);

        // ONNX normalises all axes from the given one on: as many features as there are weights.
        IEnumerable<double[]> vectors = node.Doubles("input.X").Chunk(weight.Length);
        double[] actual =
            node.Metadata["operator"] == "RMSNormalization"
                ? [.. vectors.SelectMany(x => Norms.RootMeanSquare(x, weight, epsilon))]
                : [.. vectors.SelectMany(x => Norms.Layer(x, weight, node.Doubles("input.B"), epsilon))];

        SinglePrecision.AssertClose<double>(node.Rows("output.Y"), actual, name);
    }

    [SharedDataTheory]
    [InlineData("gelu_default_2", OracleActivation.Gelu)]
    [InlineData("gelu_tanh_1", OracleActivation.GeluTanh)]
    [InlineData("gelu_tanh_2", OracleActivation.GeluTanh)]
    [InlineData("swish", OracleActivation.Silu)]
    public void Activations_agree(string name, OracleActivation activation)
    {
        using GoldenFile node = Open(name);

        double[] actual = [.. node.Doubles("input.x").Select(x => Activations.Apply(activation, x))];

        SinglePrecision.AssertClose<double>(node.Rows("output.y"), actual, name);
    }

    [SharedDataTheory]
    [InlineData("softmax_axis_0")]
    [InlineData("softmax_axis_1")]
    [InlineData("softmax_axis_2")]
    [InlineData("softmax_large_number")]
    [InlineData("softmax_negative_axis")]
    public void Softmax_agrees(string name)
    {
        using GoldenFile node = Open(name);
        int[] shape = node.Shape("input.x");
        int axis = (int)Number(node, "axis", -1);
        axis = axis < 0 ? axis + shape.Length : axis;
        int stride = shape[(axis + 1)..].Aggregate(1, (product, extent) => product * extent);

        double[] actual = node.Doubles("input.x");
        foreach (int start in Enumerable.Range(0, actual.Length).Where(i => i / stride % shape[axis] == 0))
        {
            int[] indices = [.. Enumerable.Range(0, shape[axis]).Select(i => start + i * stride)];
            double[] probabilities = Attention.Softmax([.. indices.Select(i => actual[i])]);
            foreach ((int index, double probability) in indices.Zip(probabilities))
            {
                actual[index] = probability;
            }
        }

        SinglePrecision.AssertClose<double>(node.Rows("output.y"), actual, name);
    }

    [SharedDataTheory]
    [InlineData("rotary_embedding")]
    [InlineData("rotary_embedding_3d_input")]
    [InlineData("rotary_embedding_interleaved")]
    [InlineData("rotary_embedding_no_position_ids")]
    [InlineData("rotary_embedding_no_position_ids_interleaved")]
    [InlineData("rotary_embedding_no_position_ids_rotary_dim")]
    [InlineData("rotary_embedding_with_interleaved_rotary_dim")]
    public void Rotary_positions_agree(string name)
    {
        using GoldenFile node = Open(name);
        OraclePairing pairing = Number(node, "interleaved", 0) == 1 ? OraclePairing.Interleaved : OraclePairing.HalfSplit;
        double[][] cosines = node.Rows("input.cos_cache");
        double[][] sines = node.Rows("input.sin_cache");

        // [batch, heads, sequence, headDimension], or [batch, sequence, heads * headDimension].
        int[] shape = node.Shape("input.input");
        int sequence = shape[^2];
        int heads = shape.Length == 4 ? shape[1] : (int)Number(node, "num_heads", 0);
        int headDimension = shape.Length == 4 ? shape[3] : shape[2] / heads;
        double[][] vectors = [.. node.Doubles("input.input").Chunk(headDimension)];
        double[] actual =
        [
            .. vectors.SelectMany(
                (head, i) =>
                {
                    int batch = i / (heads * sequence);
                    int position = shape.Length == 4 ? i % sequence : i / heads % sequence;
                    int row = batch * sequence + position;

                    // The cache has a row for every position in the batch, or one for every number a position can have.
                    int cached = node.Names.Contains("input.position_ids") ? node.Integers("input.position_ids")[row] : row;
                    return Positions.RotateHead(head, cosines[cached], sines[cached], pairing);
                }
            ),
        ];

        SinglePrecision.AssertClose<double>(node.Rows("output.output"), actual, name);
    }

    [SharedDataTheory]
    [InlineData("attention_3d_causal")]
    [InlineData("attention_3d_diff_heads_sizes_causal")]
    [InlineData("attention_3d_diff_heads_sizes_scaled")]
    [InlineData("attention_3d_gqa_scaled")]
    [InlineData("attention_3d_scaled")]
    [InlineData("attention_4d")]
    [InlineData("attention_4d_diff_heads_sizes_causal")]
    [InlineData("attention_4d_diff_heads_sizes_scaled")]
    [InlineData("attention_4d_gqa")]
    [InlineData("attention_4d_scaled")]
    public void Attention_agrees(string name)
    {
        using GoldenFile node = Open(name);
        int heads = Heads(node, "input.Q", "q_num_heads");
        int keyValueHeads = Heads(node, "input.K", "kv_num_heads");
        double[][][] queries = BatchedRows(node, "input.Q");
        double[][][] keys = BatchedRows(node, "input.K");
        double[][][] values = BatchedRows(node, "input.V");
        double[][][] expected = BatchedRows(node, "output.Y");
        double scale = Number(node, "scale", Attention.Scale(queries[0][0].Length / heads));
        Visibility mask = Number(node, "is_causal", 0) == 1 ? Masks.Causal(firstPosition: 0) : Masks.None;

        for (int batch = 0; batch < queries.Length; batch++)
        {
            double[][] actual = Attention.Attend(queries[batch], keys[batch], values[batch], heads, keyValueHeads, scale, mask);
            SinglePrecision.AssertClose<double>(expected[batch], [.. actual.SelectMany(row => row)], name);
        }
    }

    private static GoldenFile Open(string name) => GoldenFile.Open(SharedData.Path("goldens", "onnx", name + ".safetensors"));

    private static double Number(GoldenFile node, string attribute, double otherwise) =>
        node.Metadata.TryGetValue("attribute." + attribute, out string? text)
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    private static int Heads(GoldenFile node, string tensor, string attribute) =>
        node.Shape(tensor) is [_, int heads, _, _] ? heads : (int)Number(node, attribute, 0);

    /// <summary>[batch][sequence][heads * headDimension] of a tensor that holds it so, or as [batch, heads, sequence, headDimension].</summary>
    private static double[][][] BatchedRows(GoldenFile node, string tensor)
    {
        double[][] rows = node.Rows(tensor);
        return node.Shape(tensor) is [_, int heads, int sequence, _]
            ?
            [
                .. rows.Chunk(heads * sequence)
                    .Select(batch =>
                        Enumerable
                            .Range(0, sequence)
                            .Select(position => Enumerable.Range(0, heads).SelectMany(head => batch[head * sequence + position]).ToArray())
                            .ToArray()
                    ),
            ]
            : [.. rows.Chunk(node.Shape(tensor)[1])];
    }
}
