using System;
using Specializer.TestKit;
using Specializer.Tests.Models;
using Xunit;

namespace Specializer.Tests.EncoderDecoder;

/// <summary>A batch reads one cache per session; the sessions of an encoder-decoder each attend to a source of their own, so it is refused.</summary>
[Feature("batches")]
[Feature("encoder-decoder")]
public sealed class BatchRefusalTests
{
    public static TheoryData<string> Models => ["t5", "t5_v11", "bart", "marian", "transformer2017", "whisper", "attributes"];

    [SharedDataTheory]
    [MemberData(nameof(Models))]
    public void A_batch_of_an_encoder_decoder_is_refused(string name)
    {
        SequenceToSequenceModel model = Load(name);
        DecoderModel decoder = model;
        string kind = model.Description.Name;
        foreach (int capacity in new[] { 1, 2 })
        {
            string message = Assert.Throws<NotSupportedException>(() => decoder.CreateBatch(capacity)).Message;
            Assert.StartsWith(kind + " is an encoder-decoder: each session attends to its own source", message, StringComparison.Ordinal);
            Assert.Contains("CreateSession(sequences), Branch and DecodeEach", message, StringComparison.Ordinal);
        }

        AssertTheAdviceHolds(model);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.CreateBatch(1));
    }

    /// <summary>Two sequences over one source in one step give the bits of each by itself.</summary>
    private static void AssertTheAdviceHolds(SequenceToSequenceModel model)
    {
        int[] next = [3, 5];
        using SequenceToSequenceSession alone = model.CreateSession(),
            together = model.CreateSession(sequences: 2);
        Encode(alone);
        Encode(together);
        together.Prefill([1, 2]);
        together.Branch([0, 0]);
        together.DecodeEach(next);
        for (int i = 0; i < next.Length; i++)
        {
            alone.Reset();
            alone.Prefill([1, 2]);
            Assert.Equal(alone.Decode(next[i]).ToArray(), together.LogitsOf(i).ToArray());
        }
    }

    private static void Encode(SequenceToSequenceSession session)
    {
        if (session is SpeechSession speech)
        {
            speech.Encode(new float[Whisper.MelBands * 6]);
        }
        else
        {
            ((EncoderDecoderSession)session).Encode([4, 7, 9]);
        }
    }

    private static SequenceToSequenceModel Load(string name) =>
        name switch
        {
            "whisper" => Whisper.Load(SharedData.Path("goldens", "whisper", "model.safetensors")),
            "attributes" => Transliterator.Load(SharedData.Path("models", "transliteration", "model.safetensors")),
            _ => EncoderDecoderFamily.Named(name).Load(InstructionSets.Best, 1),
        };
}
