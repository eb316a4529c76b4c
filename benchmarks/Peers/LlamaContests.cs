using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Specializer.Benchmarks;

/// <summary>Whole LLaMA-like models beside llama.cpp: a prompt, and tokens one after the other behind it.</summary>
internal static class LlamaContests
{
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
            foreach (int threads in request.Threads)
            {
                foreach (Contest contest in Of(model, library, threads))
                {
                    yield return contest;
                }
            }
        }
    }

    private static IEnumerable<Contest> Of(MeasuredModel measured, LlamaCppLibrary library, int threads)
    {
        using var weights = new RandomWeights(measured.Tensors, seed: 1);
        string folder = Directory.CreateTempSubdirectory("specializer-peers-").FullName;
        try
        {
            using var model = (DecoderModel)measured.Load(weights, new ModelOptions { Threads = threads });
            using DecoderSession session = model.CreateSession();
            using LlamaCppModel wide = Load(GgufType.Float32), narrow = Load(GgufType.BFloat16);
            float[] logits = new float[model.Description.VocabularySize];
            foreach (int length in s_prompts)
            {
                int[] prompt = Tokens(length);
                yield return new Contest($"prefill {length}", measured.Name, threads, length, "tokens", [Ours(() => Prefill(prompt)), Theirs("f32", wide, peer => peer.Prefill(prompt)), Theirs("bf16", narrow, peer => peer.Prefill(prompt))]);
            }

            int[] before = Tokens(PromptBeforeDecoding), tokens = Tokens(DecodedTokens);
            Prefill(before);
            wide.Prefill(before);
            narrow.Prefill(before);
            yield return new Contest(
                $"decode {DecodedTokens}", measured.Name, threads, DecodedTokens, "tokens", [Ours(() => Decode(tokens)), Theirs("f32", wide, peer => peer.Decode(before.Length, tokens)), Theirs("bf16", narrow, peer => peer.Decode(before.Length, tokens))]);

            LlamaCppModel Load(GgufType type)
            {
                string path = Path.Combine(folder, $"{measured.Name}-{type}.gguf");
                LlamaCheckpoint.Write(path, measured.Generic!, weights, type);
                return new LlamaCppModel(library, path, model.Description.VocabularySize, measured.ContextLength, threads);
            }

            int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(position => (position * 97 + 1) % model.Description.VocabularySize)];

            void Prefill(int[] prompt)
            {
                session.Reset();
                session.Prefill(prompt).CopyTo(logits);
            }

            void Decode(int[] tokens)
            {
                session.Truncate(PromptBeforeDecoding);
                foreach (int token in tokens)
                {
                    session.Decode(token).CopyTo(logits);
                }
            }

            Contestant Ours(Action run) => new("ours f32", run, () => [.. logits]);

            // llama.cpp keeps keys and values as float16.
            static Contestant Theirs(string type, LlamaCppModel peer, Action<LlamaCppModel> run) => new($"llama.cpp {type}", () => run(peer), () => peer.Logits, type == "f32" ? 5e-3 : 5e-2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
