using System;
using System.Linq;
using Specializer.TestKit;
using Specializer.Tests.EndToEnd;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>Whisper's golden checkpoint: log-mel spectrograms of 74 frames, which are 37 positions.</summary>
[Feature("checkpoint-biases")]
[Feature("whisper")]
public sealed class WhisperGoldenTests
{
    public static TheoryData<InstructionSet> Cases => [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported)];

    [Feature("audio")]
    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void Logits_and_hidden_states_are_the_golden_ones_in_the_same_bits_on_two_threads(InstructionSet instructionSet)
    {
        using GoldenFile golden = Golden();
        using Whisper model = Load(instructionSet, 1),
            threaded = Load(instructionSet, 2);
        using ISequenceToSequenceSession<LogMelInput> session = model.CreateSession(),
            other = threaded.CreateSession();
        float[] features = golden.Floats("input_features_T37");
        int[] target = golden.Integers("decoder_input_ids_D9");
        float[][] source = [.. Enumerable.Range(0, Whisper.EncoderLayers + 1).Select(_ => new float[37 * Whisper.DModel])];
        float[][] decoded = [.. Enumerable.Range(0, Whisper.Layers + 1).Select(_ => new float[9 * Whisper.DModel])];
        session.SourceHiddenStates = (layer, position, state) => state.CopyTo(source[layer].AsSpan(position * state.Length));
        session.HiddenStates = (layer, position, state) => state.CopyTo(decoded[layer].AsSpan(position * state.Length));
        session.Encode(features);
        float[] output = new float[37 * Whisper.DModel],
            logits = new float[9 * Whisper.VocabularySize];
        session.CopyEncoderOutput(output);
        session.Prefill(target, logits);
        for (int layer = 0; layer <= Whisper.EncoderLayers; layer++)
        {
            Tolerance.Default.AssertClose(
                golden.Rows($"enc_hidden_T37_layer{layer}"),
                source[layer].AsSpan(),
                $"encoder states after layer {layer}"
            );
        }

        Tolerance.Default.AssertClose(golden.Rows("encoder_last_hidden_T37"), output.AsSpan(), "encoder output");
        for (int layer = 0; layer <= Whisper.Layers; layer++)
        {
            Tolerance.Default.AssertClose(
                golden.Rows($"dec_hidden_T37_D9_layer{layer}"),
                decoded[layer].AsSpan(),
                $"decoder states after layer {layer}"
            );
        }

        Tolerance.Default.AssertClose(golden.Rows("logits_T37_D9"), logits.AsSpan(), "logits");

        float[] otherOutput = new float[output.Length];
        other.Encode(features);
        other.CopyEncoderOutput(otherOutput);
        Bits.AssertSame(output, otherOutput, "the encoder's output on two threads");
        Bits.AssertSame(logits.AsSpan(8 * Whisper.VocabularySize), other.Prefill(target), "the last logits on two threads");
    }

    [SharedDataTheory]
    [MemberData(nameof(Cases))]
    public void A_batch_is_the_golden_one_and_so_is_greedy_search(InstructionSet instructionSet)
    {
        using GoldenFile golden = Golden();
        using Whisper model = Load(instructionSet, 2);
        using ISequenceToSequenceSession<LogMelInput> session = model.CreateSession();
        int[][] targets = [.. golden.Integers("decoder_input_ids_B2").Chunk(9)];
        float[][] features = [.. golden.Floats("input_features_B2").Chunk(Whisper.MelBands * 74)];
        for (int i = 0; i < 2; i++)
        {
            session.Encode(features[i]);
            float[] output = new float[37 * Whisper.DModel],
                logits = new float[9 * Whisper.VocabularySize];
            session.CopyEncoderOutput(output);
            session.Prefill(targets[i], logits);
            Tolerance.Default.AssertClose(
                golden.Rows("encoder_last_hidden_B2")[(i * 37)..((i + 1) * 37)],
                output.AsSpan(),
                $"encoder output of row {i}"
            );
            Tolerance.Default.AssertClose(golden.Rows("logits_B2_D9")[(i * 9)..((i + 1) * 9)], logits.AsSpan(), $"logits of row {i}");
        }

        session.Encode(golden.Floats("input_features_T37"));
        int[] expected = golden.Integers("greedy_T37"),
            actual = new int[16];
        Assert.Equal(16, GreedySearch.Generate(session, [6], actual));
        Assert.Equal(expected, actual);
    }

    /// <summary>Zeros follow the last frame, so frames of silence change nothing that no convolution sees.</summary>
    [SharedDataFact]
    public void Fewer_frames_are_fewer_positions_and_wrong_ones_are_said()
    {
        using Whisper model = Load(InstructionSets.Best, 1);
        using ISequenceToSequenceSession<LogMelInput> session = model.CreateSession();
        session.Encode(new float[Whisper.MelBands]);
        Assert.Equal(1, session.EncodedLength);
        session.Encode(new float[Whisper.MelBands * 5]);
        Assert.Equal(3, session.EncodedLength);
        AssertRefused("There are 0 features; Whisper takes frames of 24 mel bands", () => session.Encode([]));
        AssertRefused("There are 25 features;", () => session.Encode(new float[25]));
        AssertRefused("There are 75 frames of sound; Whisper encodes at most 74.", () => session.Encode(new float[24 * 75]));
        Assert.Equal(3, session.EncodedLength);
    }

    private static GoldenFile Golden() => GoldenFile.Open(SharedData.Path("goldens", "whisper", "golden.safetensors"));

    private static Whisper Load(InstructionSet instructionSet, int threads) =>
        Whisper.Load(
            SharedData.Path("goldens", "whisper", "model.safetensors"),
            new ModelOptions { InstructionSet = instructionSet, Threads = threads }
        );

    private static void AssertRefused(string message, Action call) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
}
