using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.Generator.Architecture;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Fuzzing;

/// <summary>
/// The node tests that ONNX publishes, run through generated code on every instruction set of this process. The expected results
/// are of 32-bit arithmetic. A declaration can express 57 of the 85 nodes; the others are listed below, with the reason.
/// </summary>
public sealed class OnnxKernelTests
{
    internal const string AssemblyName = "onnx";

    /// <summary>
    /// Nodes with a tensor of biases or booleans for each pair of query and key. A declaration defines visibility as a rule of
    /// positions; no kernel reads a separate table for every call. (In such nodes with a past, the past is the cache, which the
    /// nodes without one and every test of decoding cover.)
    /// </summary>
    private static readonly string[] s_withMask =
    [
        "attention_3d_attn_mask",
        "attention_3d_diff_heads_sizes_attn_mask",
        "attention_3d_diff_heads_with_past_and_present",
        "attention_3d_gqa_attn_mask",
        "attention_3d_with_past_and_present",
        "attention_3d_with_past_and_present_qk_matmul_bias",
        "attention_3d_with_past_and_present_qk_matmul_softcap",
        "attention_3d_with_past_and_present_qk_matmul_softmax",
        "attention_4d_attn_mask",
        "attention_4d_attn_mask_3d",
        "attention_4d_attn_mask_3d_causal",
        "attention_4d_attn_mask_4d_causal",
        "attention_4d_diff_heads_mask4d_padded_kv",
        "attention_4d_diff_heads_sizes_attn_mask",
        "attention_4d_diff_heads_with_past_and_present",
        "attention_4d_diff_heads_with_past_and_present_mask3d",
        "attention_4d_diff_heads_with_past_and_present_mask4d",
        "attention_4d_gqa_with_past_and_present",
        "attention_4d_gqa_with_past_and_present_fp16",
        "attention_4d_softcap_neginf_mask",
        "attention_4d_with_past_and_present",
        "attention_4d_with_past_and_present_qk_matmul_bias",
        "attention_4d_with_past_and_present_qk_matmul_bias_3d_mask",
        "attention_4d_with_past_and_present_qk_matmul_bias_3d_mask_causal",
        "attention_4d_with_past_and_present_qk_matmul_bias_4d_mask_causal",
        "attention_4d_with_qk_matmul_bias",
        "attention_4d_with_qk_matmul_softcap",
        "attention_4d_with_qk_matmul_softmax",
    ];

    private static readonly string[] s_nodes =
    [
        "attention_3d_causal",
        "attention_3d_diff_heads_sizes_causal",
        "attention_3d_diff_heads_sizes_scaled",
        "attention_3d_diff_heads_sizes_softcap",
        "attention_3d_gqa_scaled",
        "attention_3d_gqa_softcap",
        "attention_3d_scaled",
        "attention_3d_softcap",
        "attention_4d",
        "attention_4d_diff_heads_sizes_causal",
        "attention_4d_diff_heads_sizes_scaled",
        "attention_4d_diff_heads_sizes_softcap",
        "attention_4d_fp16",
        "attention_4d_gqa",
        "attention_4d_gqa_softcap",
        "attention_4d_scaled",
        "attention_4d_softcap",
        "gelu_default_2",
        "gelu_tanh_1",
        "gelu_tanh_2",
        "layer_normalization_2d_axis_negative_1",
        "layer_normalization_2d_axis_negative_2",
        "layer_normalization_3d_axis0_epsilon",
        "layer_normalization_3d_axis1_epsilon",
        "layer_normalization_3d_axis2_epsilon",
        "layer_normalization_3d_axis_negative_1_epsilon",
        "layer_normalization_3d_axis_negative_2_epsilon",
        "layer_normalization_3d_axis_negative_3_epsilon",
        "layer_normalization_4d_axis1",
        "layer_normalization_4d_axis2",
        "layer_normalization_4d_axis3",
        "layer_normalization_4d_axis_negative_2",
        "layer_normalization_4d_axis_negative_4",
        "rms_normalization_2d_axis0",
        "rms_normalization_2d_axis_negative_1",
        "rms_normalization_2d_axis_negative_2",
        "rms_normalization_3d_axis0_epsilon",
        "rms_normalization_3d_axis1_epsilon",
        "rms_normalization_3d_axis_negative_2_epsilon",
        "rms_normalization_3d_axis_negative_3_epsilon",
        "rms_normalization_4d_axis0",
        "rms_normalization_4d_axis3",
        "rms_normalization_4d_axis_negative_1",
        "rms_normalization_4d_axis_negative_3",
        "rotary_embedding",
        "rotary_embedding_3d_input",
        "rotary_embedding_interleaved",
        "rotary_embedding_no_position_ids",
        "rotary_embedding_no_position_ids_interleaved",
        "rotary_embedding_no_position_ids_rotary_dim",
        "rotary_embedding_with_interleaved_rotary_dim",
        "softmax_axis_0",
        "softmax_axis_1",
        "softmax_axis_2",
        "softmax_large_number",
        "softmax_negative_axis",
        "swish",
    ];

    private static readonly Lazy<FuzzAssembly> s_assembly = new(static () => new FuzzAssembly(AssemblyName, Architectures));

    public static TheoryData<string> Nodes => [.. s_nodes];

    /// <summary>The models of all nodes that are run; none where their data is absent.</summary>
    internal static IReadOnlyList<TransformerArchitecture> Architectures =>
        SharedData.Root is null ? [] : [.. s_nodes.Select(static name => OnnxNode.Open(name).Architecture)];

    [Feature("onnx")]
    [SharedDataTheory]
    [MemberData(nameof(Nodes))]
    public void Generated_code_agrees_with_the_node(string name)
    {
        OnnxNode node = OnnxNode.Open(name);
        Tolerance tolerance = name.Contains("fp16", StringComparison.Ordinal) ? new Tolerance(5e-4, 1e-3) : new Tolerance(2e-6, 1e-5);
        foreach (InstructionSet instructionSet in Comparison.InstructionSetsHere)
        {
            float[] actual = node.Run(
                (tensors, options) => s_assembly.Value.Load(Array.IndexOf(s_nodes, name), tensors, options),
                instructionSet
            );
            tolerance.AssertClose<float>(node.Expected, actual, name + " on " + instructionSet);
        }
    }

    [SharedDataTheory]
    [InlineData(57, 28)]
    public void Every_node_is_run_or_told_why_not(int run, int told)
    {
        string[] files =
        [
            .. Directory
                .EnumerateFiles(SharedData.Path("goldens", "onnx"), "*.safetensors")
                .Select(static file => Path.GetFileNameWithoutExtension(file))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(files, s_nodes.Concat(s_withMask).Order(StringComparer.Ordinal));
        Assert.Equal((run, told), (s_nodes.Length, s_withMask.Length));
        Assert.All(
            s_withMask,
            static name =>
            {
                using GoldenFile node = GoldenFile.Open(SharedData.Path("goldens", "onnx", name + ".safetensors"));
                Assert.Contains("input.attn_mask", node.Names);
            }
        );
    }
}
