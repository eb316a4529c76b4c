using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.Weights.Gguf;

/// <summary>The tensors of a GGUF model under their Hugging Face names, with each change of the converter undone.</summary>
[Feature("gguf")]
public sealed class GgufCheckpointTests
{
    [Fact]
    public void Permuted_rotary_rows_of_llama_are_undone()
    {
        // Two query heads and one key head of 4 rows: the converter writes the rows 0 1 2 3 of a head as 0 2 1 3.
        float[] queries = [.. new[] { 0, 2, 1, 3, 4, 6, 5, 7 }.SelectMany(static row => new[] { row, row + 0.5f })];
        using GgufCheckpoint checkpoint = Open(
            Heads("llama", 2, 1)
                .AddTensor("blk.0.attn_q.weight", queries, 8, 2)
                .AddTensor("blk.0.attn_k.weight", [0, 2, 1, 3], 4, 1)
                .AddTensor("blk.0.attn_k.bias", [0, 2, 1, 3], 4)
                .AddTensor("blk.0.attn_v.weight", [0, 1, 2, 3], 4, 1)
        );
        Assert.Equal(
            Enumerable.Range(0, 8).SelectMany(static row => new[] { row, row + 0.5f }),
            Read(checkpoint, "model.layers.0.self_attn.q_proj.weight")
        );
        Assert.Equal([0, 1, 2, 3], Read(checkpoint, "model.layers.0.self_attn.k_proj.weight"));
        Assert.Equal([0, 1, 2, 3], Read(checkpoint, "model.layers.0.self_attn.k_proj.bias"));
        Assert.Equal([0, 1, 2, 3], Read(checkpoint, "model.layers.0.self_attn.v_proj.weight"));
    }

    [Theory]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Other_architectures_keep_the_order_of_rows(string architecture)
    {
        using GgufCheckpoint checkpoint = Open(Heads(architecture, 1, 1).AddTensor("blk.12.attn_q.weight", [0, 2, 1, 3], 4, 1));
        Assert.Equal([0, 2, 1, 3], Read(checkpoint, "model.layers.12.self_attn.q_proj.weight"));
    }

    [Theory]
    [InlineData("gemma", "blk.3.attn_norm", "model.layers.3.input_layernorm")]
    [InlineData("gemma", "blk.3.ffn_norm", "model.layers.3.post_attention_layernorm")]
    [InlineData("gemma", "output_norm", "model.norm")]
    [InlineData("gemma2", "blk.3.post_attention_norm", "model.layers.3.post_attention_layernorm")]
    [InlineData("gemma2", "blk.3.ffn_norm", "model.layers.3.pre_feedforward_layernorm")]
    [InlineData("gemma2", "blk.3.post_ffw_norm", "model.layers.3.post_feedforward_layernorm")]
    [InlineData("gemma3", "blk.3.attn_q_norm", "model.layers.3.self_attn.q_norm")]
    [InlineData("gemma3", "blk.3.attn_k_norm", "model.layers.3.self_attn.k_norm")]
    [InlineData("gemma3", "output_norm", "model.norm")]
    public void The_one_that_gemmas_converter_adds_to_norms_is_subtracted(string architecture, string stored, string name)
    {
        using GgufCheckpoint checkpoint = Open(Heads(architecture, 1, 1).AddTensor(stored + ".weight", [1, 1.5f, 0.75f, 3], 4));
        Assert.Equal([0, 0.5f, -0.25f, 2], Read(checkpoint, name + ".weight"));
    }

    [Fact]
    public void Norms_of_other_architectures_and_matrices_of_gemma_are_not_changed()
    {
        using GgufCheckpoint llama = Open(Heads("llama", 1, 1).AddTensor("blk.0.attn_norm.weight", [1, 2], 2));
        Assert.Equal([1, 2], Read(llama, "model.layers.0.input_layernorm.weight"));
        using GgufCheckpoint gemma = Open(Heads("gemma", 1, 1).AddTensor("blk.0.ffn_up.weight", [1, 2], 1, 2));
        Assert.Equal([1, 2], Read(gemma, "model.layers.0.mlp.up_proj.weight"));
    }

    [Fact]
    public void Transposed_matrices_of_gpt2_are_undone()
    {
        // [outputs 3, inputs 2] in the file; [inputs 2, outputs 3] for Conv1D.
        using GgufCheckpoint checkpoint = Open(
            Heads("gpt2", 1, 1)
                .AddTensor("blk.1.attn_qkv.weight", [1, 2, 3, 4, 5, 6], 3, 2)
                .AddTensor("blk.1.attn_qkv.bias", [7, 8, 9], 3)
                .AddTensor("token_embd.weight", [1, 2, 3, 4, 5, 6], 3, 2)
        );
        Assert.Equal([1, 3, 5, 2, 4, 6], Read(checkpoint, "transformer.h.1.attn.c_attn.weight", 2, 3));
        Assert.Equal([7, 8, 9], Read(checkpoint, "transformer.h.1.attn.c_attn.bias"));
        Assert.Equal([1, 2, 3, 4, 5, 6], Read(checkpoint, "transformer.wte.weight", 3, 2));
    }

    [Fact]
    public void Fused_projections_of_phi3_have_the_names_of_its_family()
    {
        using GgufCheckpoint checkpoint = Open(
            Heads("phi3", 1, 1)
                .AddTensor("blk.0.attn_qkv.weight", [1, 2, 3], 3, 1)
                .AddTensor("blk.0.ffn_up.weight", [1, 2], 2, 1)
                .AddTensor("rope_factors_long.weight", [1], 1)
                .AddTensor("rope_factors_short.weight", [1], 1)
        );
        Assert.Equal(["model.layers.0.self_attn.qkv_proj.weight", "model.layers.0.mlp.gate_up_proj.weight"], checkpoint.Names);
    }

    [Theory]
    [InlineData("falcon", "its converter reorders the rows of fused queries, keys and values")]
    [InlineData("bloom", "its converter reorders the rows")]
    [InlineData("gptneox", "its converter reorders the rows")]
    [InlineData("nomic-bert", "there is no family of its model_type")]
    [InlineData("mamba", "expected one of bert, gemma, gemma2, gemma3, gpt2, llama, phi3, qwen2, qwen3")]
    public void Other_architectures_are_refused_by_name(string architecture, string message) =>
        Refuse(new GgufBytes().Add("general.architecture", architecture), message, $"general.architecture is \"{architecture}\"");

    [Theory]
    [InlineData("adapter")]
    [InlineData("mmproj")]
    [InlineData("imatrix")]
    public void Files_that_are_no_models_are_refused(string type) =>
        Refuse(Heads("llama", 1, 1).Add("general.type", type), $"general.type is \"{type}\"; expected \"model\"");

    [Fact]
    public void A_missing_architecture_is_reported() => Refuse(new GgufBytes(), "general.architecture is missing");

    [Theory]
    [InlineData(0u, "the metadata has 0 heads")]
    [InlineData(3u, "it has 4 rows, but the metadata has 3 heads")]
    [InlineData(4u, "Expected an even number of rows for each head")]
    [InlineData(0x8000_0000u, "llama.attention.head_count is 2147483648; expected a number from 0 to 2147483647")]
    public void Heads_that_do_not_fit_the_rows(uint heads, string message) =>
        Refuse(Heads("llama", heads, 1).AddTensor("blk.0.attn_q.weight", [0, 1, 2, 3], 4, 1), message);

    [Fact]
    public void A_type_that_cannot_be_converted_is_refused_with_its_name() =>
        Refuse(
            Heads("qwen2", 1, 1).AddTensor("blk.0.ffn_up.weight", 16, new byte[66], 1, 256),
            "tensor \"blk.0.ffn_up.weight\" has elements of type IQ2_XXS; expected one of F32, F16"
        );

    [Fact]
    public void Two_tensors_with_one_name_are_refused() =>
        Refuse(
            Heads("qwen2", 1, 1).AddTensor("output_norm.weight", [1], 1).AddTensor("model.norm.weight", [1], 1),
            "another tensor has the same Hugging Face name, \"model.norm.weight\""
        );

    [Theory]
    [InlineData("blk.00.attn_q.weight")]
    [InlineData("blk.-1.attn_q.weight")]
    [InlineData("blk.99999999.attn_q.weight")]
    [InlineData("blk..attn_q.weight")]
    [InlineData("blk.0.attn_q")]
    [InlineData("unknown.weight")]
    public void Unknown_names_are_kept_and_reported_as_unexpected(string stored)
    {
        using GgufCheckpoint checkpoint = Open(Heads("llama", 1, 1).AddTensor(stored, [1], 1));
        Assert.Equal([stored], checkpoint.Names);
        WeightsException exception = Assert.Throws<WeightsException>(() => new TensorTable([], Array.Empty<string>()).Check(checkpoint));
        Assert.Equal(WeightsProblemKind.UnexpectedTensor, exception.Problems[0].Kind);
    }

    [Fact]
    public void Any_range_of_quantized_elements_has_the_values_of_the_whole()
    {
        var random = new Random(5);
        byte[] blocks = new byte[3 * 4 * 18];
        random.NextBytes(blocks);
        for (int block = 0; block < 12; block++)
        {
            BitConverter.TryWriteBytes(blocks.AsSpan(block * 18), (Half)(block - 5.5f));
        }

        using GgufCheckpoint checkpoint = Open(Heads("qwen2", 1, 1).AddTensor("blk.0.ffn_up.weight", 2, blocks, 3, 128));
        Assert.True(checkpoint.TryGetTensor("model.layers.0.mlp.up_proj.weight", out TensorView view));
        Assert.Equal((TensorElementType.Float32, 128L), (view.ElementType, view.RowLength));
        float[] whole = new float[384];
        view.CopyTo(whole);
        for (int i = 0; i < 500; i++)
        {
            int start = random.Next(384);
            float[] part = new float[random.Next(384 - start + 1)];
            view.CopyRangeTo(start, part);
            Assert.Equal(whole.AsSpan(start, part.Length).ToArray(), part);
        }

        float[] row = new float[128];
        view.Rows("rows", 1, 2).CopyRowTo(1, row);
        Assert.Equal(whole[256..], row);
        view.LetGo(0, 384);
        Assert.Throws<NotSupportedException>(() => Address(view));
        checkpoint.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.CopyTo(whole));
    }

    [Fact]
    public void Parts_are_opened_together_from_any_of_them()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 0, 2, 2, "a");
        Write(folder, 1, 2, 2, "b");
        foreach (int part in new[] { 1, 2 })
        {
            using WeightsSource source = Checkpoint.Open(folder[$"m-0000{part}-of-00002.gguf"]);
            Assert.Equal(["a.weight", "b.weight"], source.Names);
            Assert.True(source.TryGetTensor("b.weight", out TensorView view));
            float[] value = new float[1];
            view.CopyTo(value);
            Assert.Equal(2, value[0]);
        }
    }

    [Fact]
    public void Missing_repeated_and_foreign_parts_are_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 0, 2, 2, "a");
        string first = folder["m-00001-of-00002.gguf"],
            second = folder["m-00002-of-00002.gguf"];
        RefuseParts(first, "the file does not exist. The model has 2 parts, and this is part 2");
        File.Copy(first, second);
        RefuseParts(first, "split.no is 0 and split.count is 2; its name has 1 and 2");
        Write(folder, 1, 2, 2, "a");
        RefuseParts(first, "another part contains a tensor of this name");
        Write(folder, 1, 2, 2, "b", "c");
        RefuseParts(first, "split.tensors.count is 2, but the parts have 3 tensors");
        Write(folder, 1, 3, 2, "b");
        RefuseParts(first, "split.no is 1 and split.count is 3");
        File.Copy(first, folder["renamed.gguf"]);
        RefuseParts(folder["renamed.gguf"], "its name does not end in -00001-of-00002.gguf");
    }

    private static void Write(TemporaryFolder folder, int part, int parts, int tensors, params string[] names)
    {
        GgufBytes file = new();
        if (part == 0)
        {
            file.Add("general.architecture", "qwen2").Add("qwen2.attention.head_count", 1u);
        }

        file.Add("split.no", 2, writer => writer.Write((ushort)part)).Add("split.count", 2, writer => writer.Write((ushort)parts));
        file.Add("split.tensors.count", 5, writer => writer.Write(tensors));
        foreach (string name in names)
        {
            file.AddTensor(name + ".weight", [part + 1], 1);
        }

        File.WriteAllBytes(folder[string.Create(CultureInfo.InvariantCulture, $"m-{part + 1:D5}-of-00002.gguf")], file.ToArray());
    }

    private static void RefuseParts(string path, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Checkpoint.Open(path).Dispose()).Message, StringComparison.Ordinal);

    private static unsafe nint Address(TensorView view) => (nint)view.Data;

    private static GgufBytes Heads(string architecture, uint heads, uint keyValueHeads) =>
        new GgufBytes()
            .Add("general.architecture", architecture)
            .Add(architecture + ".attention.head_count", heads)
            .Add(architecture + ".attention.head_count_kv", keyValueHeads);

    private static GgufCheckpoint Open(GgufBytes file) => GgufCheckpoint.Parse(file.ToArray(), "model.gguf");

    private static float[] Read(GgufCheckpoint checkpoint, string name, params long[] shape)
    {
        Assert.True(checkpoint.TryGetTensor(name, out TensorView view), $"{name} is not in {string.Join(", ", checkpoint.Names)}");
        if (shape.Length > 0)
        {
            Assert.Equal(shape, view.Shape.ToArray());
        }

        float[] values = new float[view.ElementCount];
        view.CopyTo(values);
        return values;
    }

    private static void Refuse(GgufBytes file, params string[] messages)
    {
        WeightsException exception = Assert.Throws<WeightsException>(() => Open(file).Dispose());
        foreach (string message in messages)
        {
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        }
    }
}
