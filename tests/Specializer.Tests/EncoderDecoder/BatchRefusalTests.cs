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
        TransformerModel model = Load(name);
        Assert.False(model is IDecoderModel);
        Assert.Null(model.GetType().GetMethod(nameof(IDecoderModel.CreateBatch)));
        foreach (int capacity in new[] { 1, 2 })
        {
            string message = Assert.Throws<ArgumentException>("model", () => new DecoderBatch(model, capacity)).Message;
            Assert.StartsWith(model.Description.Name + " is no decoder", message, StringComparison.Ordinal);
        }

        AssertTheAdviceHolds(model);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new DecoderBatch(model, 1));
    }

    /// <summary>Two sequences over one source in one step give the bits of each by itself.</summary>
    private static void AssertTheAdviceHolds(TransformerModel model)
    {
        int[] next = [3, 5];
        using ISequenceToSequenceSession alone = CreateSession(model, 1),
            together = CreateSession(model, 2);
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

    private static ISequenceToSequenceSession CreateSession(TransformerModel model, int sequences) =>
        model is ISequenceToSequenceModel<LogMelInput> speech
            ? speech.CreateSession(sequences)
            : ((ISequenceToSequenceModel<TokenInput>)model).CreateSession(sequences);

    private static void Encode(ISequenceToSequenceSession session)
    {
        if (session is ISequenceToSequenceSession<LogMelInput> speech)
        {
            speech.Encode(new float[Whisper.MelBands * 6]);
        }
        else
        {
            ((ISequenceToSequenceSession<TokenInput>)session).Encode([4, 7, 9]);
        }
    }

    private static TransformerModel Load(string name) =>
        name switch
        {
            "whisper" => Whisper.Load(SharedData.Path("goldens", "whisper", "model.safetensors")),
            "attributes" => Transliterator.Load(SharedData.Path("models", "transliteration", "model.safetensors")),
            _ => (TransformerModel)EncoderDecoderFamily.Named(name).Load(InstructionSets.Best, 1),
        };
}
