using System;
using System.IO;
using System.Runtime.InteropServices;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>The weights of a LLaMA-like model in the format of llama.cpp.</summary>
internal static class LlamaCheckpoint
{
    /// <summary>Writes a GGUF file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="model">The shapes.</param>
    /// <param name="weights">The weights in float32, with the names of a Hugging Face checkpoint.</param>
    /// <param name="type">The type in which matrices are stored; norms stay float32.</param>
    public static void Write(string path, GenericDecoderConfiguration model, WeightsSource weights, GgufType type)
    {
        int keyValueHeads = model.KeyValueHeads == 0 ? model.Heads : model.KeyValueHeads,
            headDimension = model.Width / model.Heads;
        var file = new GgufFile();
        file.Add("general.architecture", "llama");
        file.Add("llama.context_length", (uint)model.ContextLength);
        file.Add("llama.embedding_length", (uint)model.Width);
        file.Add("llama.block_count", (uint)model.Layers);
        file.Add("llama.feed_forward_length", (uint)model.FeedForwardWidth);
        file.Add("llama.attention.head_count", (uint)model.Heads);
        file.Add("llama.attention.head_count_kv", (uint)keyValueHeads);
        file.Add("llama.attention.layer_norm_rms_epsilon", model.Epsilon);
        file.Add("llama.rope.dimension_count", (uint)headDimension);
        file.Add("llama.rope.freq_base", (float)model.RotaryBase);
        file.Add("llama.vocab_size", (uint)model.VocabularySize);
        file.Add("tokenizer.ggml.model", "none");

        Matrix("token_embd.weight", "model.embed_tokens.weight");
        Vector("output_norm.weight", "model.norm.weight");
        for (int layer = 0; layer < model.Layers; layer++)
        {
            string from = $"model.layers.{layer}.",
                to = $"blk.{layer}.";
            Vector(to + "attn_norm.weight", from + "input_layernorm.weight");
            Matrix(to + "attn_q.weight", from + "self_attn.q_proj.weight", headDimension);
            Matrix(to + "attn_k.weight", from + "self_attn.k_proj.weight", headDimension);
            Matrix(to + "attn_v.weight", from + "self_attn.v_proj.weight");
            Matrix(to + "attn_output.weight", from + "self_attn.o_proj.weight");
            Vector(to + "ffn_norm.weight", from + "post_attention_layernorm.weight");
            Matrix(to + "ffn_gate.weight", from + "mlp.gate_proj.weight");
            Matrix(to + "ffn_up.weight", from + "mlp.up_proj.weight");
            Matrix(to + "ffn_down.weight", from + "mlp.down_proj.weight");
        }

        file.Save(path);

        void Vector(string name, string origin) =>
            file.Add(name, [.. Find(origin).Shape], GgufType.Float32, MemoryMarshal.AsBytes<float>(Floats(origin)).ToArray());

        void Matrix(string name, string origin, int turnedHead = 0)
        {
            long[] shape = [.. Find(origin).Shape];
            float[] floats = Floats(origin);
            if (turnedHead > 0)
            {
                floats = Interleaved(floats, (int)shape[1], turnedHead);
            }

            file.Add(name, shape, type, type == GgufType.Float32 ? MemoryMarshal.AsBytes<float>(floats).ToArray() : Narrowed(floats));
        }

        TensorView Find(string name) =>
            weights.TryGetTensor(name, out TensorView view) ? view : throw new InvalidDataException($"The weights do not contain {name}.");

        float[] Floats(string name) => RandomWeights.Copy(Find(name));
    }

    /// <summary>
    /// Reorders the rows of each head: llama.cpp rotates adjacent elements of a head together, Hugging Face checkpoints element i
    /// and i + half of it. The products of queries and keys do not change.
    /// </summary>
    private static float[] Interleaved(float[] rows, int width, int headDimension)
    {
        float[] result = new float[rows.Length];
        for (int row = 0; row < rows.Length / width; row++)
        {
            int head = row / headDimension,
                element = row % headDimension;
            int origin = (head * headDimension) + (element / 2) + (element % 2 * (headDimension / 2));
            rows.AsSpan(origin * width, width).CopyTo(result.AsSpan(row * width));
        }

        return result;
    }

    /// <summary>Returns the nearest bfloat16, ties to even.</summary>
    private static byte[] Narrowed(float[] floats)
    {
        byte[] bytes = new byte[floats.Length * sizeof(ushort)];
        Span<ushort> narrow = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
        for (int i = 0; i < floats.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(floats[i]);
            narrow[i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }

        return bytes;
    }
}
