using System;
using System.Linq;
using Specializer.TestKit;

namespace Specializer.Fuzzing.Gguf;

/// <summary>Small valid GGUF files with every kind of value, many element types and all changes of tensors.</summary>
internal static class GgufOriginals
{
    /// <summary>The number of bytes at the beginning that contain most of the headers.</summary>
    public const int HeaderBytes = 1200;

    public static byte[] Llama() =>
        Keys("llama")
            .AddTensor("token_embd.weight", 8, Random(10 * 34, 1), 10, 32)
            .AddTensor("output_norm.weight", Floats(32), 32)
            .AddTensor("rope_freqs.weight", Floats(8), 8)
            .AddTensor("blk.0.attn_q.weight", 2, Random(32 * 18, 2), 32, 32)
            .AddTensor("blk.0.attn_k.weight", 3, Random(16 * 20, 3), 16, 32)
            .AddTensor("blk.0.attn_v.weight", 1, Random(16 * 64, 4), 16, 32)
            .ToArray();

    public static byte[] Gpt2() =>
        Keys("gpt2")
            .AddTensor("position_embd.weight", 30, Random(4 * 64, 5), 4, 32)
            .AddTensor("blk.0.attn_qkv.weight", 6, Random(12 * 22, 6), 12, 32)
            .AddTensor("blk.0.attn_qkv.bias", Floats(12), 12)
            .AddTensor("blk.0.ffn_up.weight", 20, Random(9 * 18, 7), 9, 32)
            .ToArray();

    public static byte[] Types()
    {
        GgufBytes file = Keys("gemma3").AddTensor("blk.0.attn_norm.weight", Floats(4), 4);
        foreach ((int type, int bytes) in new[] { (10, 84), (11, 110), (12, 144), (13, 176), (14, 210), (23, 136) })
        {
            file.AddTensor($"blk.{type}.ffn_up.weight", type, Random(2 * bytes, type), 2, 256);
        }

        return file.AddTensor("blk.7.ffn_up.weight", 7, Random(24, 8), 1, 32)
            .AddTensor("blk.39.ffn_up.weight", 39, Random(17, 9), 1, 32)
            .ToArray();
    }

    private static GgufBytes Keys(string architecture) =>
        new GgufBytes()
            .Add("general.architecture", architecture)
            .Add("general.alignment", 32u)
            .Add(architecture + ".attention.head_count", 2u)
            .Add(architecture + ".attention.head_count_kv", [1, 1, 1])
            .Add(architecture + ".rope.freq_base", 10_000f)
            .Add("flag", value: true)
            .Add("wide", 10, static writer => writer.Write(1UL << 40))
            .Add("precise", 12, static writer => writer.Write(0.25))
            .Add("tokenizer.ggml.tokens", ["<unk>", "<s>", "a", "\u2581b"])
            .Add("tokenizer.ggml.scores", [0f, 0f, -1f, -2f]);

    private static float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(static i => 0.5f + (i * 0.125f))];

    private static byte[] Random(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
