using System;
using System.Linq;

namespace Specializer.Tool;

/// <summary>The inputs of a comparison, the same for all implementations.</summary>
internal sealed class VerificationRun
{
    private readonly int[] _tokens;
    private readonly int[] _source;
    private readonly float[] _features;
    private readonly float[] _pixels;

    /// <param name="model">The model.</param>
    /// <param name="length">The positions to run, at most the model's context.</param>
    /// <param name="seed">The seed of the random tokens.</param>
    /// <param name="pixels">The values of an image; 0 for models of tokens.</param>
    public VerificationRun(TransformerModel model, int length, int seed, int pixels)
    {
        ModelDescription description = model.Description;
        SourceDescription? source = (model as SequenceToSequenceModel)?.Source;
        int sourceLength = source is null ? 0 : Math.Min(length, source.Length);
        var random = new Random(seed);
        int Tokens(int vocabulary) => random.Next(vocabulary);
        _tokens =
        [
            .. Enumerable
                .Range(0, Math.Min(length, description.ContextLength))
                .Select(_ => Tokens(Math.Max(1, description.VocabularySize))),
        ];
        _source = [.. Enumerable.Range(0, sourceLength).Select(_ => Tokens(Math.Max(1, source!.VocabularySize)))];
        _features = [.. Enumerable.Range(0, sourceLength * (source?.MelBands ?? 0)).Select(_ => (random.NextSingle() * 2) - 1)];
        _pixels = [.. Enumerable.Range(0, pixels).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>The number of positions.</summary>
    public int Length => _tokens.Length;

    /// <summary>Returns all results of a model: the logits of every position, or the output of an encoder.</summary>
    public float[] Whole(TransformerModel model)
    {
        switch (model)
        {
            case EncoderDecoderModel both:
                using (EncoderDecoderSession session = both.CreateSession(1))
                {
                    session.Encode(_source);
                    return Prefill(session, model.Description);
                }

            case SpeechModel speech:
                using (SpeechSession session = speech.CreateSession(1))
                {
                    session.Encode(_features);
                    return Prefill(session, model.Description);
                }

            case DecoderModel decoder:
                using (DecoderSession session = decoder.CreateSession())
                {
                    return Prefill(session, model.Description);
                }

            case ImageEncoderModel images:
                using (ImageEncoderSession session = images.CreateSession())
                {
                    float[] result = new float[
                        images.Encoder.OutputWidth * (images.Encoder.OutputPerToken ? model.Description.ContextLength : 1)
                    ];
                    session.Encode(_pixels, result);
                    return result;
                }

            default:
                var encoder = (EncoderModel)model;
                using (EncoderSession session = encoder.CreateSession())
                {
                    float[] result = new float[encoder.Encoder.OutputWidth * (encoder.Encoder.OutputPerToken ? _tokens.Length : 1)];
                    session.Encode(_tokens, result);
                    return result;
                }
        }
    }

    /// <summary>Returns the results of a decoder, computed token by token; null for models without that mode.</summary>
    public float[]? TokenByToken(TransformerModel model)
    {
        if (model is not DecoderModel decoder || model is SequenceToSequenceModel)
        {
            return null;
        }

        using DecoderSession session = decoder.CreateSession();
        int width = model.Description.VocabularySize;
        float[] logits = new float[_tokens.Length * width];
        for (int i = 0; i < _tokens.Length; i++)
        {
            session.Decode(_tokens[i]).CopyTo(logits.AsSpan(i * width));
        }

        return logits;
    }

    private float[] Prefill(DecoderSession session, ModelDescription description)
    {
        float[] logits = new float[_tokens.Length * description.VocabularySize];
        session.Prefill(_tokens, logits);
        return logits;
    }
}
