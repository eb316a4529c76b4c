using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>Whole LLaMA-like models beside llama.cpp: a prompt, and tokens one after the other behind it.</summary>
internal static class LlamaContests
{
    private const double NarrowTolerance = 5e-2;
    private const int DecodedTokens = 64, PromptBeforeDecoding = 128;

    private static readonly int[] s_prompts = [128, 512];

    public static IEnumerable<Contest> All(PeerRequest request)
    {
        if (request.Open("llama.cpp", static folder => new LlamaCppLibrary(folder)) is not { } library)
        {
            yield break;
        }

        foreach (MeasuredModel model in MeasuredModel.Generics.Where(model => request.Asks(model.Name)))
        {
            string folder = Directory.CreateTempSubdirectory("specializer-peers-").FullName;
            try
            {
                using var weights = new RandomWeights(model.Tensors, seed: 1);
                string[] files = [Path.Combine(folder, "f32.gguf"), Path.Combine(folder, "bf16.gguf")];
                LlamaCheckpoint.Write(files[0], model.Generic!, weights, GgufType.Float32);
                LlamaCheckpoint.Write(files[1], model.Generic!, weights, GgufType.BFloat16);
                foreach (int threads in request.Threads)
                {
                    foreach (Contest contest in Of(model, weights, library, files, threads))
                    {
                        yield return contest;
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static IEnumerable<Contest> Of(MeasuredModel measured, WeightsSource weights, LlamaCppLibrary library, string[] files, int threads)
    {
        using LlamaSequence wide = Ours(measured);
        using LlamaSequence? narrow = measured.Narrow is { } twin ? Ours(twin) : null;
        using LlamaCppModel theirsWide = Theirs(files[0]), theirsNarrow = Theirs(files[1]);
        foreach (int length in s_prompts)
        {
            int[] prompt = Tokens(length);
            yield return new Contest($"prefill {length}", measured.Name, threads, length, "tokens", Contestants(sequence => sequence.Prefill(prompt), peer => peer.Prefill(prompt)));
        }

        int[] before = Tokens(PromptBeforeDecoding), tokens = Tokens(DecodedTokens);
        wide.Prefill(before);
        narrow?.Prefill(before);
        theirsWide.Prefill(before);
        theirsNarrow.Prefill(before);
        yield return new Contest(
            $"decode {DecodedTokens}", measured.Name, threads, DecodedTokens, "tokens", Contestants(sequence => sequence.Decode(before.Length, tokens), peer => peer.Decode(before.Length, tokens)));

        LlamaSequence Ours(MeasuredModel model) => new((DecoderModel)model.Load(weights, new ModelOptions { Threads = threads }));

        LlamaCppModel Theirs(string path) => new(library, path, measured.Generic!.VocabularySize, measured.ContextLength, threads);

        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(position => ((position * 97) + 1) % measured.Generic!.VocabularySize)];

        // llama.cpp keeps keys and values as float16.
        Contestant[] Contestants(Action<LlamaSequence> ours, Action<LlamaCppModel> theirs) =>
        [
            new("ours f32", () => ours(wide), () => wide.Logits),
            .. narrow is null ? [] : new[] { new Contestant("ours bf16", () => ours(narrow), () => narrow.Logits, NarrowTolerance) },
            new("llama.cpp f32", () => theirs(theirsWide), () => theirsWide.Logits, 5e-3),
            new("llama.cpp bf16", () => theirs(theirsNarrow), () => theirsNarrow.Logits, NarrowTolerance),
        ];
    }

    /// <summary>A model of ours with one sequence.</summary>
    private sealed class LlamaSequence(DecoderModel model) : IDisposable
    {
        private readonly DecoderSession _session = model.CreateSession();

        public float[] Logits { get; } = new float[model.Description.VocabularySize];

        public void Prefill(int[] prompt)
        {
            _session.Reset();
            _session.Prefill(prompt).CopyTo(Logits);
        }

        public void Decode(int position, int[] tokens)
        {
            _session.Truncate(position);
            foreach (int token in tokens)
            {
                _session.Decode(token).CopyTo(Logits);
            }
        }

        public void Dispose()
        {
            _session.Dispose();
            model.Dispose();
        }
    }
}
