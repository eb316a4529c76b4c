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
        int sourceLength = Math.Min(length, description.SourceLength);
        var random = new Random(seed);
        int Tokens(int vocabulary) => random.Next(vocabulary);
        _tokens =
        [
            .. Enumerable
                .Range(0, Math.Min(length, description.ContextLength))
                .Select(_ => Tokens(Math.Max(1, description.VocabularySize))),
        ];
        _source = [.. Enumerable.Range(0, sourceLength).Select(_ => Tokens(Math.Max(1, description.SourceVocabularySize)))];
        _features = [.. Enumerable.Range(0, sourceLength * description.MelBands).Select(_ => (random.NextSingle() * 2) - 1)];
        _pixels = [.. Enumerable.Range(0, pixels).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>The number of positions.</summary>
    public int Length => _tokens.Length;

    /// <summary>Returns all results of a model: the logits of every position, or the output of an encoder.</summary>
    public float[] Whole(TransformerModel model)
    {
        switch (model)
        {
            case ISequenceToSequenceModel<TokenInput> both:
                using (ISequenceToSequenceSession<TokenInput> session = both.CreateSession(1))
                {
                    session.Encode(new TokenInput(_source));
                    return Prefill(session, model.Description);
                }

            case ISequenceToSequenceModel<LogMelInput> speech:
                using (ISequenceToSequenceSession<LogMelInput> session = speech.CreateSession(1))
                {
                    session.Encode(new LogMelInput(_features));
                    return Prefill(session, model.Description);
                }

            case IDecoderModel decoder:
                using (IDecoderSession session = decoder.CreateSession())
                {
                    return Prefill(session, model.Description);
                }

            case IEncoderModel<ImageInput> images:
                using (IEncoderSession<ImageInput> session = images.CreateSession())
                {
                    float[] result = new float[
                        images.Description.OutputWidth * (images.Description.OutputPerToken ? model.Description.ContextLength : 1)
                    ];
                    session.Encode(new ImageInput(_pixels), result);
                    return result;
                }

            default:
                var encoder = (IEncoderModel<TokenInput>)model;
                using (IEncoderSession<TokenInput> session = encoder.CreateSession())
                {
                    float[] result = new float[encoder.Description.OutputWidth * (encoder.Description.OutputPerToken ? _tokens.Length : 1)];
                    session.Encode(new TokenInput(_tokens), result);
                    return result;
                }
        }
    }

    /// <summary>Returns the results of a decoder, computed token by token; null for models without that mode.</summary>
    public float[]? TokenByToken(TransformerModel model)
    {
        if (model is not IDecoderModel decoder)
        {
            return null;
        }

        using IDecoderSession session = decoder.CreateSession();
        int width = model.Description.VocabularySize;
        float[] logits = new float[_tokens.Length * width];
        for (int i = 0; i < _tokens.Length; i++)
        {
            session.Decode(_tokens[i]).CopyTo(logits.AsSpan(i * width));
        }

        return logits;
    }

    private float[] Prefill(IDecoderSession session, ModelDescription description)
    {
        float[] logits = new float[_tokens.Length * description.VocabularySize];
        session.Prefill(_tokens, logits);
        return logits;
    }
}
