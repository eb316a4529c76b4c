using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>
/// A batch of texts of 4 to 128 tokens, sorted by length and not. ONNX Runtime gets one text a call, or the texts of each length
/// together, so that it computes no padding either.
/// </summary>
internal static class MixedTexts
{
    private const int TextsOfLength = 4;

    private static readonly int[] s_lengths = [4, 8, 16, 24, 32, 64, 96, 128];

    public static IEnumerable<MicroContest> Of(PeerRequest request, MeasuredModel measured, int threads)
    {
        OnnxRuntimeLibrary? library = request.Open("ONNX Runtime", static folder => new OnnxRuntimeLibrary(folder));
        using var weights = new RandomWeights(measured.Tensors, seed: 1);
        using var model = (IEncoderModel<TokenInput>)measured.Load(weights, new ModelOptions { Threads = threads });
        using IEncoderSession<TokenInput> session = model.CreateSession();
        int[] sorted = [.. s_lengths.SelectMany(static length => Enumerable.Repeat(length, TextsOfLength))],
            mixed = [.. Enumerable.Range(0, sorted.Length).Select(text => sorted[text * 5 % sorted.Length])];
        int longest = s_lengths[^1],
            width = model.Description.DModel;
        int[] tokens = OwnSequence.Tokens(sorted.Length * longest, model.Description.VocabularySize),
            types = new int[tokens.Length];
        float[] states = new float[tokens.Length * width];
        List<Contestant> engines =
        [
            new("specialized, sorted", () => Encode(sorted), () => states),
            new("specialized, unsorted", () => Encode(mixed), () => states),
        ];
        List<OnnxSession> peers = [];
        if (library is not null)
        {
            (byte[] bytes, string output) = new OnnxBert(weights, model.Description.Layers, measured.Attention.Heads, width).Write(
                attentionTakesQueries: false
            );
            OnnxSession[] together = [.. s_lengths.Select(length => Peer(TextsOfLength, length))],
                alone = [.. s_lengths.Select(length => Peer(1, length))];
            engines.Add(new("ONNX Runtime, texts of a length together", () => Array.ForEach(together, static peer => peer.Run()), Same));
            engines.Add(
                new(
                    "ONNX Runtime, one text a call",
                    () =>
                    {
                        for (int text = 0; text < TextsOfLength; text++)
                        {
                            Array.ForEach(alone, static peer => peer.Run());
                        }
                    },
                    Same
                )
            );

            OnnxSession Peer(int texts, int length)
            {
                OnnxSession peer = new OnnxSession(library, bytes, output, threads)
                    .With("tokens", tokens[..(texts * length)], texts, length)
                    .With("types", types[..(texts * length)], texts, length);
                peers.Add(peer);
                return peer;
            }
        }

        yield return new MicroContest(
            new Contest($"encode {sorted.Length} of {s_lengths[0]} to {longest}", measured.Name, threads, 1, "calls", engines),
            (long)(model.Description.MultiplyAddsPerToken * measured.BytesPerWeight)
        );
        peers.ForEach(static peer => peer.Dispose());

        float[] Same() => states;

        void Encode(int[] lengths) => session.Encode(new TokenInput(tokens) { TokenTypes = types, Lengths = lengths }, default, states);
    }
}
