using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>Small decoders against the generic engine and llama.cpp.</summary>
internal static class MicroDecoders
{
    private const int Before = 64,
        Decoded = 64,
        Batch = 32;

    private static readonly int[] s_prompts = [1, 4, 16, 64];

    public static IEnumerable<MicroContest> Of(PeerRequest request, MeasuredModel measured, int threads)
    {
        LlamaCppLibrary? library = request.Open("llama.cpp", static folder => new LlamaCppLibrary(folder));
        string file = Path.GetTempFileName();
        try
        {
            using var weights = new RandomWeights(measured.Tensors, seed: 1);
            LlamaCheckpoint.Write(file, measured.Generic!, weights, GgufType.Float32);
            var options = new ModelOptions { Threads = threads };
            var model = (IDecoderModel)measured.Load(weights, options);
            IDecoderModel genericModel = GenericDecoder.Load(weights, measured.Generic!, options);
            using OwnSequence ours = new(model),
                generic = new(genericModel);
            int vocabulary = model.Description.VocabularySize;
            using LlamaCppModel? theirs = library is null
                ? null
                : new LlamaCppModel(library, file, vocabulary, measured.ContextLength, threads);
            long bytes = (long)(model.Description.MultiplyAddsPerToken * measured.BytesPerWeight);
            foreach (int length in s_prompts)
            {
                int[] prompt = OwnSequence.Tokens(length, vocabulary);
                yield return Contest($"prefill {length}", 1, sequence => sequence.Prefill(prompt), peer => peer.Prefill(prompt));
            }

            int[] before = OwnSequence.Tokens(Before, vocabulary),
                tokens = OwnSequence.Tokens(Decoded, vocabulary);
            ours.Prefill(before);
            generic.Prefill(before);
            theirs?.Prefill(before);
            MicroContest decoding = Contest(
                "decode a token",
                Decoded,
                sequence => sequence.Decode(Before, tokens),
                peer => peer.Decode(Before, tokens)
            );
            using OwnSequence? narrow = measured.Type == typeof(Micro1600K) ? new(Micro1600KBFloat16.Load(weights, options)) : null;
            narrow?.Prefill(before);
            yield return narrow is null
                ? decoding
                : decoding with
                {
                    Contest = decoding.Contest with
                    {
                        Contestants =
                        [
                            .. decoding.Contest.Contestants,
                            new Contestant("specialized, bfloat16", () => narrow.Decode(Before, tokens), () => narrow.Logits, 5e-2),
                        ],
                    },
                };
            using BatchOfDecoders batch = new(model, Batch),
                genericBatch = new(genericModel, Batch);
            yield return new MicroContest(
                new Contest(
                    $"decode a token of each of {Batch}",
                    measured.Name,
                    threads,
                    1,
                    "steps",
                    [
                        new Contestant("specialized", batch.Step, () => batch.Logits),
                        new Contestant("generic", genericBatch.Step, () => genericBatch.Logits),
                    ]
                ),
                bytes
            );

            MicroContest Contest(string what, int amount, Action<OwnSequence> own, Action<LlamaCppModel> peer)
            {
                List<Contestant> engines =
                [
                    new("specialized", () => own(ours), () => ours.Logits),
                    new("generic", () => own(generic), () => generic.Logits),
                ];
                if (theirs is not null)
                {
                    engines.Add(new Contestant("llama.cpp", () => peer(theirs), () => theirs.Logits, 5e-2));
                }

                return new MicroContest(new Contest(what, measured.Name, threads, amount, "tokens", engines), bytes);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Sessions at position 16 that decode together.</summary>
    private sealed class BatchOfDecoders : IDisposable
    {
        private const int Position = 16;

        private readonly IDecoderSession[] _sessions;
        private readonly DecoderBatch _batch;
        private readonly int[] _tokens;

        public BatchOfDecoders(IDecoderModel model, int count)
        {
            _batch = model.CreateBatch(count);
            _sessions = [.. Enumerable.Range(0, count).Select(_ => model.CreateSession())];
            _tokens = OwnSequence.Tokens(count, model.Description.VocabularySize);
            foreach (IDecoderSession session in _sessions)
            {
                session.Prefill(_tokens.AsSpan(0, Position));
            }
        }

        public float[] Logits => [.. _batch.LogitsOf(0)];

        public void Step()
        {
            foreach (IDecoderSession session in _sessions)
            {
                session.Truncate(Position);
            }

            _batch.Decode(_sessions, _tokens);
        }

        public void Dispose() => Array.ForEach(_sessions, static session => session.Dispose());
    }
}
