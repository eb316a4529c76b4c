using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Specializer.GenericEngine;

namespace Specializer.Benchmarks;

/// <summary>Compares whole LLaMA-like models with llama.cpp: a prompt, and tokens decoded one after another.</summary>
internal static class LlamaContests
{
    private const double NarrowTolerance = 5e-2;

    // Random weights have no structure, so that rounding to 4 bits changes their logits a lot. "quality" measures trained weights.
    private const double IntegerTolerance = 2;
    private const int DecodedTokens = 64,
        PromptBeforeDecoding = 128;

    /// <summary>The types of llama.cpp beside weights of 8 and 4 bits.</summary>
    private static readonly (string Name, uint Type)[] s_quantized =
    [
        ("q8_0", LlamaCppQuantization.Q80),
        ("q4_0", LlamaCppQuantization.Q40),
        ("q4_K_M", LlamaCppQuantization.Q4KM),
    ];

    private static readonly int[] s_prompts = [128, 512];

    public static IEnumerable<Contest> All(PeerRequest request)
    {
        LlamaCppLibrary? library = request.Open("llama.cpp", static folder => new LlamaCppLibrary(folder));
        foreach (MeasuredModel model in MeasuredModel.Generics.Where(model => request.Asks(model.Name)))
        {
            string folder = Directory.CreateTempSubdirectory("specializer-peers-").FullName;
            try
            {
                using var weights = new RandomWeights(model.Tensors, seed: 1);
                string[] files =
                [
                    Path.Combine(folder, "f32.gguf"),
                    Path.Combine(folder, "bf16.gguf"),
                    Path.Combine(folder, "model.safetensors"),
                ];
                LlamaCheckpoint.Write(files[0], model.Generic!, weights, GgufType.Float32);
                LlamaCheckpoint.Write(files[1], model.Generic!, weights, GgufType.BFloat16);
                SafetensorsCopy.Write(files[2], weights);
                foreach ((string name, uint type) in library is null ? [] : s_quantized)
                {
                    LlamaCppQuantization.Run(library!, files[0], Path.Combine(folder, name + ".gguf"), type);
                }

                foreach (int threads in request.Threads)
                {
                    foreach (Contest contest in Of(request, model, weights, library, files, threads))
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

    private static IEnumerable<Contest> Of(
        PeerRequest request,
        MeasuredModel measured,
        WeightsSource weights,
        LlamaCppLibrary? library,
        string[] files,
        int threads
    )
    {
        GenericDecoderConfiguration shape = measured.Generic!;
        using OwnSequence wide = Ours(measured);
        using OwnSequence? narrow = measured.Narrow is { } twin ? Ours(twin) : null;
        (string Name, OwnSequence Sequence)[] integers =
        [
            .. new[] { "int8", "int4", "uint4" }
                .Select(storage => (storage, MeasuredModel.All.FirstOrDefault(model => model.Name == $"{measured.Name}-{storage}")))
                .Where(static pair => pair.Item2 is not null)
                .Select(pair => ("ours " + pair.storage, Ours(pair.Item2!))),
        ];
        (string Name, LlamaCppModel Model)[] quantized =
        [
            .. s_quantized
                .Where(_ => integers.Length > 0 && library is not null)
                .Select(type => ("llama.cpp " + type.Name, Theirs(Path.Combine(Path.GetDirectoryName(files[0])!, type.Name + ".gguf"))!)),
        ];
        using LlamaCppModel? theirsWide = Theirs(files[0]),
            theirsNarrow = Theirs(files[1]);
        using TorchProcess? torch = request.Open(
            "PyTorch",
            _ => new TorchProcess(
                files[2],
                new
                {
                    kind = "llama",
                    layers = shape.Layers,
                    heads = shape.Heads,
                    keyValueHeads = measured.Attention.KeyValueHeads,
                    width = shape.Width,
                    context = shape.ContextLength,
                    epsilon = shape.Epsilon,
                },
                threads
            )
        );
        foreach (int length in s_prompts)
        {
            int[] prompt = Tokens(length);
            yield return new Contest(
                $"prefill {length}",
                measured.Name,
                threads,
                length,
                "tokens",
                Contestants(sequence => sequence.Prefill(prompt), peer => peer.Prefill(prompt), peer => peer.Call("prefill", prompt))
            );
        }

        int[] before = Tokens(PromptBeforeDecoding),
            tokens = Tokens(DecodedTokens);
        wide.Prefill(before);
        narrow?.Prefill(before);
        theirsWide?.Prefill(before);
        theirsNarrow?.Prefill(before);
        torch?.Call("prefill", before);
        Array.ForEach(integers, own => own.Sequence.Prefill(before));
        Array.ForEach(quantized, peer => peer.Model.Prefill(before));
        yield return new Contest(
            $"decode {DecodedTokens}",
            measured.Name,
            threads,
            DecodedTokens,
            "tokens",
            Contestants(
                sequence => sequence.Decode(before.Length, tokens),
                peer => peer.Decode(before.Length, tokens),
                peer => peer.Call("decode", before.Length, tokens)
            )
        );

        Array.ForEach(integers, static own => own.Sequence.Dispose());
        Array.ForEach(quantized, static peer => peer.Model.Dispose());

        OwnSequence Ours(MeasuredModel model) => new((IDecoderModel)model.Load(weights, new ModelOptions { Threads = threads }));

        LlamaCppModel? Theirs(string path) =>
            library is null ? null : new LlamaCppModel(library, path, shape.VocabularySize, measured.ContextLength, threads);

        int[] Tokens(int count) => OwnSequence.Tokens(count, shape.VocabularySize);

        // llama.cpp stores keys and values as float16.
        IReadOnlyList<Contestant> Contestants(Action<OwnSequence> ours, Action<LlamaCppModel> theirs, Action<TorchProcess> torchs)
        {
            var all = new List<Contestant> { new("ours f32", () => ours(wide), () => wide.Logits) };
            if (narrow is not null)
            {
                all.Add(new Contestant("ours bf16", () => ours(narrow), () => narrow.Logits, NarrowTolerance));
            }

            if (theirsWide is not null && theirsNarrow is not null)
            {
                all.Add(new Contestant("llama.cpp f32", () => theirs(theirsWide), () => theirsWide.Logits, 5e-3));
                all.Add(new Contestant("llama.cpp bf16", () => theirs(theirsNarrow), () => theirsNarrow.Logits, NarrowTolerance));
            }

            all.AddRange(
                integers.Select(own => new Contestant(own.Name, () => ours(own.Sequence), () => own.Sequence.Logits, IntegerTolerance))
            );
            all.AddRange(
                quantized.Select(peer => new Contestant(peer.Name, () => theirs(peer.Model), () => peer.Model.Logits, IntegerTolerance))
            );
            if (torch is not null)
            {
                all.Add(new Contestant("PyTorch f32", () => torchs(torch), () => torch.Result));
            }

            return all;
        }
    }
}
