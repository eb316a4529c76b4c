using System;
using System.Collections.Generic;

namespace Specializer.Benchmarks;

/// <summary>
/// Small encoders against ONNX Runtime: one text a call, and a batch of 32 texts, which ONNX Runtime gets both together and one
/// by one; an image; an encoder-decoder.
/// </summary>
internal static class MicroEncoders
{
    private const int Batch = 32,
        Decoded = 16;

    private static readonly int[] s_lengths = [4, 8, 16, 64, 128];

    public static IEnumerable<MicroContest> Texts(PeerRequest request, MeasuredModel measured, int threads)
    {
        OnnxRuntimeLibrary? library = request.Open("ONNX Runtime", static folder => new OnnxRuntimeLibrary(folder));
        using var weights = new RandomWeights(measured.Tensors, seed: 1);
        using var model = (IEncoderModel<TokenInput>)measured.Load(weights, new ModelOptions { Threads = threads });
        using IEncoderSession<TokenInput> session = model.CreateSession();
        int width = model.Description.DModel;
        foreach (int length in s_lengths)
        {
            foreach (int texts in new[] { 1, Batch })
            {
                int[] tokens = OwnSequence.Tokens(texts * length, model.Description.VocabularySize),
                    types = new int[tokens.Length];
                float[] states = new float[tokens.Length * width];
                List<Contestant> engines =
                [
                    new(
                        "specialized",
                        () => session.Encode(new TokenInput(tokens) { TokenTypes = types, Sequences = texts }, default, states),
                        () => states
                    ),
                ];
                List<OnnxSession> peers = [];
                if (library is not null)
                {
                    (byte[] bytes, string output) = new OnnxBert(weights, model.Description.Layers, measured.Attention.Heads, width).Write(
                        attentionTakesQueries: false
                    );
                    OnnxSession together = new OnnxSession(library, bytes, output, threads)
                        .With("tokens", tokens, texts, length)
                        .With("types", types, texts, length);
                    peers.Add(together);
                    engines.Add(new Contestant("ONNX Runtime", together.Run, () => together.Result));
                    if (texts > 1)
                    {
                        engines.Add(OneByOne(library, bytes, output));
                    }
                }

                yield return new MicroContest(
                    new Contest(
                        texts == 1 ? $"encode {length}" : $"encode {texts} x {length}",
                        measured.Name,
                        threads,
                        1,
                        "calls",
                        engines
                    ),
                    (long)(model.Description.MultiplyAddsPerToken * measured.BytesPerWeight)
                );
                peers.ForEach(static peer => peer.Dispose());

                Contestant OneByOne(OnnxRuntimeLibrary library, byte[] bytes, string output)
                {
                    OnnxSession alone = new OnnxSession(library, bytes, output, threads)
                        .With("tokens", tokens[..length], 1, length)
                        .With("types", types[..length], 1, length);
                    peers.Add(alone);
                    return new Contestant(
                        "ONNX Runtime, one text a call",
                        () =>
                        {
                            for (int text = 0; text < texts; text++)
                            {
                                alone.Run();
                            }
                        },
                        () => states
                    );
                }
            }
        }
    }

    public static IEnumerable<MicroContest> Images(MeasuredModel measured, int threads)
    {
        using var model = (IEncoderModel<ImageInput>)measured.Load(new ModelOptions { Threads = threads });
        using IEncoderSession<ImageInput> session = model.CreateSession();
        float[] pixels = measured.Pixels(),
            output = new float[model.Description.OutputWidth];
        yield return Alone(
            "image",
            measured,
            threads,
            1,
            () => session.Encode(new ImageInput(pixels), output),
            () => output,
            model.Description
        );
    }

    public static IEnumerable<MicroContest> Translators(MeasuredModel measured, int threads)
    {
        using var model = (ISequenceToSequenceModel<TokenInput>)measured.Load(new ModelOptions { Threads = threads });
        using ISequenceToSequenceSession<TokenInput> session = model.CreateSession(sequences: 1);
        float[] logits = new float[model.Description.VocabularySize];
        foreach (int length in new[] { 8, 16 })
        {
            int[] source = OwnSequence.Tokens(length, model.Description.SourceVocabularySize);
            yield return Alone(
                $"encode {length}",
                measured,
                threads,
                1,
                () => session.Encode(new TokenInput(source)),
                static () => [1],
                model.Description
            );
        }

        int[] tokens = OwnSequence.Tokens(Decoded, model.Description.VocabularySize);
        session.Encode(new TokenInput(OwnSequence.Tokens(Decoded, model.Description.SourceVocabularySize)));
        yield return Alone(
            "decode a token",
            measured,
            threads,
            Decoded,
            () =>
            {
                session.Reset();
                foreach (int token in tokens)
                {
                    session.Decode(token).CopyTo(logits);
                }
            },
            () => logits,
            model.Description
        );
    }

    private static MicroContest Alone(
        string what,
        MeasuredModel measured,
        int threads,
        int amount,
        Action run,
        Func<float[]> result,
        ModelDescription description
    ) =>
        new(
            new Contest(what, measured.Name, threads, amount, "calls", [new Contestant("specialized", run, result)]),
            (long)(description.MultiplyAddsPerToken * measured.BytesPerWeight)
        );
}
