using System;
using System.Collections.Generic;
using System.Linq;
using Specializer.TestKit;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>Every family's golden checkpoint, declared by its own config.json, on every instruction set of this process.</summary>
[Feature("encoder-decoder")]
[Feature("cross-attention")]
[Feature("sinusoidal", "transformer2017")]
[Feature("sinusoidal-halves", "marian")]
[Feature("learned-positions", "bart")]
[Feature("relative-bias", "t5", "t5_v11")]
[Feature("logits-scale", "t5", "bart")]
[Feature("encoder-decoder-families", "t5", "t5_v11", "bart", "marian", "transformer2017")]
public sealed class EncoderDecoderGoldenTests
{
    public static TheoryData<string, InstructionSet, int> Cases => EncoderDecoderFamily.Cases;

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_are_the_golden_ones(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = Golden(name);
        using ISequenceToSequenceModel<TokenInput> model = EncoderDecoderFamily.Named(name).Load(instructionSet, threads);
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        int[] target = golden.Integers("decoder_input_ids_D9");

        // The longest first, so that nothing of it may be left in the shorter ones.
        foreach (int length in new[] { 37, 7, 1 })
        {
            var source = new HiddenStates(length);
            var decoded = new HiddenStates(target.Length);
            session.SourceHiddenStates = source.Observe;
            session.HiddenStates = decoded.Observe;
            session.Encode(golden.Integers($"input_ids_T{length}"));
            float[] output = new float[length * model.Description.DModel];
            session.CopyEncoderOutput(output);
            Tolerance.Default.AssertClose(
                golden.Rows($"encoder_last_hidden_T{length}"),
                output.AsSpan(),
                $"{name} encoder output of {length} tokens"
            );

            float[] logits = new float[target.Length * model.Description.VocabularySize];
            session.Prefill(target, logits);
            Tolerance.Default.AssertClose(golden.Rows($"logits_T{length}_D9"), logits.AsSpan(), $"{name} logits over {length} tokens");

            // The golden files hold hidden states of the longest source only.
            for (int layer = 0; length == 37 && layer <= model.Description.EncoderLayers; layer++)
            {
                Tolerance.Default.AssertClose(
                    golden.Rows($"enc_hidden_T37_layer{layer}"),
                    source[layer].AsSpan(),
                    $"{name} encoder states after layer {layer}"
                );
            }

            for (int layer = 0; length == 37 && layer <= model.Description.Layers; layer++)
            {
                Tolerance.Default.AssertClose(
                    golden.Rows($"dec_hidden_T37_D9_layer{layer}"),
                    decoded[layer].AsSpan(),
                    $"{name} decoder states after layer {layer}"
                );
            }
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Sources_of_a_padded_batch_are_the_golden_ones(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = Golden(name);
        using ISequenceToSequenceModel<TokenInput> model = EncoderDecoderFamily.Named(name).Load(instructionSet, threads);
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        int[][] sources = [.. golden.Integers("input_ids_B3").Chunk(37)];
        int[][] masks = [.. golden.Integers("attention_mask_B3").Chunk(37)];
        int[][] targets = [.. golden.Integers("decoder_input_ids_B3").Chunk(9)];
        double[][] outputs = golden.Rows("encoder_last_hidden_B3");
        double[][] logits = golden.Rows("logits_B3_D9");
        for (int i = 0; i < sources.Length; i++)
        {
            int length = masks[i].Sum();
            session.Encode(sources[i].AsSpan(0, length));
            float[] output = new float[length * model.Description.DModel];
            session.CopyEncoderOutput(output);
            Tolerance.Default.AssertClose(outputs[(i * 37)..((i * 37) + length)], output.AsSpan(), $"{name} encoder output of row {i}");

            float[] actual = new float[9 * model.Description.VocabularySize];
            session.Prefill(targets[i], actual);
            Tolerance.Default.AssertClose(logits[(i * 9)..((i * 9) + 9)], actual.AsSpan(), $"{name} logits of row {i}");
        }
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Greedy_tokens_are_the_golden_ones(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = Golden(name);
        EncoderDecoderFamily family = EncoderDecoderFamily.Named(name);
        using ISequenceToSequenceModel<TokenInput> model = family.Load(instructionSet, threads);
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        int[] expected = golden.Integers("greedy_T37");
        int[] actual = new int[expected.Length];
        session.Encode(golden.Integers("input_ids_T37"));

        Assert.Equal(expected.Length, GreedySearch.Generate(session, [family.StartToken], actual));
        Assert.Equal(expected, actual);
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Threads_chunks_and_single_tokens_give_the_same_bits(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = Golden(name);
        using ISequenceToSequenceModel<TokenInput> model = EncoderDecoderFamily.Named(name).Load(instructionSet, threads);
        using ISequenceToSequenceModel<TokenInput> other = EncoderDecoderFamily.Named(name).Load(instructionSet, 3 - threads);
        int[] source = golden.Integers("input_ids_T37");

        // Long enough for several chunks; any tokens will do.
        int[] target = [.. golden.Integers("decoder_input_ids_B3").Skip(1)];
        using ISequenceToSequenceSession<TokenInput> whole = model.CreateSession();
        whole.Encode(source);
        float[] output = new float[source.Length * model.Description.DModel];
        whole.CopyEncoderOutput(output);
        float[] expected = whole.Prefill(target).ToArray();

        using ISequenceToSequenceSession<TokenInput> cut = other.CreateSession();
        cut.Encode(source);
        float[] otherOutput = new float[output.Length];
        cut.CopyEncoderOutput(otherOutput);
        Assert.Equal(output, otherOutput);
        cut.Prefill(target.AsSpan(0, 5));
        Assert.Equal(expected, cut.Prefill(target.AsSpan(5)).ToArray());

        cut.Reset();
        float[] last = [];
        foreach (int token in target)
        {
            last = cut.Decode(token).ToArray();
        }

        Assert.Equal(expected, last);
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Sequences_decoded_together_give_the_bits_of_each_alone(string name, InstructionSet instructionSet, int threads)
    {
        using GoldenFile golden = Golden(name);
        EncoderDecoderFamily family = EncoderDecoderFamily.Named(name);
        using ISequenceToSequenceModel<TokenInput> model = family.Load(instructionSet, threads);
        int[] source = golden.Integers("input_ids_T37");
        using ISequenceToSequenceSession<TokenInput> together = model.CreateSession(sequences: 4);
        together.Encode(source);
        together.Prefill([family.StartToken, 5]);

        // Which sequence each one continues, and with which token. One goes on twice, others end, caches change places.
        (int[] Parents, int[] Tokens)[] steps =
        [
            ([0, 0, 0], [10, 11, 12]),
            ([2, 0, 0, 1], [20, 21, 22, 23]),
            ([3, 3], [30, 31]),
            ([1, 0, 1, 0], [40, 41, 42, 43]),
            ([0, 1, 2, 3], [50, 51, 52, 53]),
        ];
        int[][] histories =
        [
            [family.StartToken, 5],
        ];
        foreach ((int[] parents, int[] tokens) in steps)
        {
            together.Branch(parents);
            together.DecodeEach(tokens);
            histories = [.. parents.Select((parent, i) => (int[])[.. histories[parent], tokens[i]])];
            using ISequenceToSequenceSession<TokenInput> alone = model.CreateSession();
            alone.Encode(source);
            for (int i = 0; i < histories.Length; i++)
            {
                alone.Reset();
                Assert.Equal(alone.Prefill(histories[i]).ToArray(), together.LogitsOf(i).ToArray());
            }
        }
    }

    private static GoldenFile Golden(string name) => GoldenFile.Open(SharedData.Path("goldens", name, "golden.safetensors"));

    private sealed class HiddenStates(int length)
    {
        private readonly Dictionary<int, float[]> _layers = [];

        public float[] this[int layer] => _layers[layer];

        public void Observe(int layer, int position, ReadOnlySpan<float> state)
        {
            _layers.TryAdd(layer, new float[length * state.Length]);
            state.CopyTo(_layers[layer].AsSpan(position * state.Length));
        }
    }
}
