using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>A loaded model with the measurements of the whole model.</summary>
internal sealed class WholeModel : IDisposable
{
    /// <summary>The length of the prompt before decoded tokens, and of the input of an encoder.</summary>
    public const int PromptLength = 128;

    private const int DecodedTokens = 16;
    private const int ShortLength = 16;

    private readonly MeasuredModel _measured;
    private readonly TransformerModel _model;
    private readonly ISession _session;
    private readonly int[] _tokens;

    public WholeModel(MeasuredModel measured, ModelOptions options)
    {
        _measured = measured;
        _model = measured.Load(options);
        _tokens = [.. Enumerable.Range(0, 512).Select(position => (position * 97) % Math.Max(1, Description.VocabularySize))];
        (_session, Runs) = _model switch
        {
            ISequenceToSequenceModel<LogMelInput> speech => Speech(speech.CreateSession()),
            ISequenceToSequenceModel<TokenInput> translator => Translator(translator.CreateSession(sequences: 1)),
            IDecoderModel decoder => Decoder(decoder.CreateSession()),
            IEncoderModel<TokenInput> encoder => Encoder(encoder.CreateSession()),
            IEncoderModel<ImageInput> images => Images(images.CreateSession()),
            _ => throw new NotSupportedException($"The measurements do not support a {_model.GetType().BaseType}."),
        };
    }

    /// <summary>The measurements.</summary>
    public IReadOnlyList<ModelRun> Runs { get; }

    private ModelDescription Description => _model.Description;

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }

    private (ISession, ModelRun[]) Decoder(IDecoderSession session) =>
        (
            session,
            [
                .. new[] { PromptLength, 512 }.Select(length => new ModelRun(
                    "prefill",
                    length,
                    PrefillOperations(length),
                    0,
                    () =>
                    {
                        session.Reset();
                        session.Prefill(_tokens.AsSpan(0, length));
                    }
                )),
                Decode(session, PromptLength),
            ]
        );

    private (ISession, ModelRun[]) Encoder(IEncoderSession<TokenInput> session)
    {
        float[] hiddenStates = new float[PromptLength * Description.DModel];
        return (
            session,
            [
                .. new[] { ShortLength, PromptLength }.Select(length => new ModelRun(
                    "encode",
                    length,
                    LinearOperations(Description.MultiplyAddsPerToken, length) + AttentionOperations(Description.Layers, length, length),
                    0,
                    () => session.Encode(_tokens.AsSpan(0, length), default, hiddenStates.AsSpan(0, length * Description.DModel))
                )),
            ]
        );
    }

    private (ISession, ModelRun[]) Images(IEncoderSession<ImageInput> session)
    {
        float[] pixels = _measured.Pixels(),
            output = new float[Description.OutputWidth];
        int length = Description.ContextLength;
        return (
            session,
            [
                new ModelRun(
                    "image",
                    length,
                    LinearOperations(Description.MultiplyAddsPerToken, length) + AttentionOperations(Description.Layers, length, length),
                    0,
                    () => session.Encode(pixels, output)
                ),
            ]
        );
    }

    private (ISession, ModelRun[]) Translator(ISequenceToSequenceSession<TokenInput> session) =>
        (session, [Encode(PromptLength, () => session.Encode(_tokens.AsSpan(0, PromptLength))), Decode(session, ShortLength)]);

    private (ISession, ModelRun[]) Speech(ISequenceToSequenceSession<LogMelInput> session)
    {
        float[] features = _measured.Spectrogram();
        return (session, [Encode(_measured.SourceLength, () => session.Encode(features)), Decode(session, ShortLength)]);
    }

    private ModelRun Encode(int length, Action run) =>
        new(
            "encode",
            length,
            LinearOperations(EncoderMultiplyAdds(), length) + AttentionOperations(_measured.Constant("EncoderLayers"), length, length),
            0,
            run
        );

    /// <summary>Decodes tokens one after another, after a number of positions; the weights are the bytes to read per token.</summary>
    private ModelRun Decode(IDecoderSession session, int position)
    {
        bool isReady = false;
        return new ModelRun(
            "decode",
            1,
            2.0 * Description.MultiplyAddsPerToken,
            (long)(Description.MultiplyAddsPerToken * _measured.BytesPerWeight),
            () =>
            {
                if (!isReady)
                {
                    session.Reset();
                    session.Prefill(_tokens.AsSpan(0, position));
                    isReady = true;
                }

                session.Truncate(Math.Min(position, session.Position));
                for (int i = 0; i < DecodedTokens; i++)
                {
                    session.Decode(_tokens[i]);
                }
            }
        )
        {
            Repetitions = DecodedTokens,
        };
    }

    /// <summary>
    /// Returns the operations of a prefill, which computes the logits of the last position only, and attention of half of all
    /// pairs.
    /// </summary>
    private double PrefillOperations(int length)
    {
        double logits = 2.0 * Description.VocabularySize * Description.DModel;
        return LinearOperations(Description.MultiplyAddsPerToken, length)
            - (logits * (length - 1))
            + AttentionOperations(Description.Layers, length, (length + 1) / 2.0);
    }

    private static double LinearOperations(long multiplyAdds, int length) => 2.0 * multiplyAdds * length;

    private double AttentionOperations(int layers, int queries, double keys) =>
        2.0 * layers * _measured.AttentionMultiplyAdds * queries * keys;

    /// <summary>Returns the multiply-adds of the encoder of an encoder-decoder for one position: matrices and convolutions.</summary>
    private long EncoderMultiplyAdds() =>
        _measured
            .Tensors.Required.Where(static tensor =>
                tensor.Shape.Length > 1
                && tensor.Name.Contains("encoder", StringComparison.Ordinal)
                && !tensor.Name.Contains("embed", StringComparison.Ordinal)
            )
            .Sum(static tensor => Math.Max(1, tensor.Layers) * tensor.Shape.Aggregate(1L, static (product, extent) => product * extent));
}

/// <summary>A measurement of a whole model.</summary>
/// <param name="Name">"prefill", "encode", "image" or "decode".</param>
/// <param name="Length">The number of positions that are computed together.</param>
/// <param name="Operations">Floating-point operations of one repetition, a multiply-add counted as two.</param>
/// <param name="Bytes">The bytes of the weights if reading is the limit; otherwise 0.</param>
/// <param name="Run">Runs the measurement.</param>
internal sealed record ModelRun(string Name, int Length, double Operations, long Bytes, Action Run)
{
    /// <summary>The number of repetitions in one run.</summary>
    public int Repetitions { get; init; } = 1;
}
