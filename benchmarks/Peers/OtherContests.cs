using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Specializer.Benchmarks;

/// <summary>Compares whole models of the other kinds with PyTorch: GPT-2, T5, Whisper, ViT.</summary>
internal static class OtherContests
{
    private const int DecodedTokens = 16,
        PromptLength = 128;

    private static readonly string[] s_models = ["gpt2-124M", "t5-small", "whisper-tiny", "vit-tiny"];

    public static IEnumerable<Contest> All(PeerRequest request)
    {
        foreach (MeasuredModel model in MeasuredModel.All.Where(model => s_models.Contains(model.Name) && request.Asks(model.Name)))
        {
            string folder = Directory.CreateTempSubdirectory("specializer-peers-").FullName;
            try
            {
                using var weights = new RandomWeights(model.Tensors, seed: 1);
                string checkpoint = Path.Combine(folder, "model.safetensors"),
                    input = Path.Combine(folder, "input");
                SafetensorsCopy.Write(checkpoint, weights);
                foreach (int threads in request.Threads)
                {
                    using TransformerModel ours = model.Load(weights, new ModelOptions { Threads = threads });
                    using OwnSteps steps = Steps(model, ours);
                    File.WriteAllBytes(input, MemoryMarshal.AsBytes<float>(steps.Input).ToArray());
                    using TorchProcess? torch = request.Open(
                        "PyTorch",
                        _ => new TorchProcess(checkpoint, Facts(model, ours, input), threads)
                    );
                    foreach (Step step in steps.All)
                    {
                        step.Prepare?.Invoke(torch);
                        var contestants = new List<Contestant> { new("ours f32", step.Ours, () => steps.Result) };
                        if (torch is not null)
                        {
                            contestants.Add(new Contestant("PyTorch f32", () => torch.Call(step.Theirs), () => torch.Result));
                        }

                        yield return new Contest(step.What, model.Name, threads, step.Amount, step.Unit, contestants);
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Returns the properties of a model that the PyTorch process needs.</summary>
    private static object Facts(MeasuredModel measured, TransformerModel model, string input)
    {
        int layers = model.Description.Layers,
            heads = measured.Attention.Heads,
            context = model.Description.ContextLength;
        return model switch
        {
            IEncoderModel<ImageInput> => new
            {
                kind = "vit",
                layers,
                heads,
                input,
                imageSize = measured.Constant("ImageSize"),
            },
            ISequenceToSequenceModel<LogMelInput> => new
            {
                kind = "whisper",
                layers,
                heads,
                context,
                input,
            },

            // The class does not expose T5's buckets and maximum distance; they are the same in every T5.
            ISequenceToSequenceModel<TokenInput> => new
            {
                kind = "t5",
                layers,
                heads,
                context,
                buckets = 32,
                maxDistance = 128,
            },
            _ => new
            {
                kind = "gpt2",
                layers,
                heads,
                context,
            },
        };
    }

    private static OwnSteps Steps(MeasuredModel measured, TransformerModel model) =>
        model switch
        {
            IEncoderModel<ImageInput> images => Image(measured, images),
            ISequenceToSequenceModel<LogMelInput> speech => Speech(measured, speech),
            ISequenceToSequenceModel<TokenInput> translator => Translation(translator),
            IDecoderModel decoder => Decoding(decoder),
            _ => throw new NotSupportedException($"A contest for a {model.GetType().BaseType} does not exist."),
        };

    private static OwnSteps Image(MeasuredModel measured, IEncoderModel<ImageInput> model)
    {
        IEncoderSession<ImageInput> session = model.CreateSession();
        var steps = new OwnSteps(session, new float[model.Description.OutputWidth]) { Input = measured.Pixels() };
        steps.All.Add(new Step("image", 1, "images", () => session.Encode(steps.Input, steps.Result), "encode", "input"));
        return steps;
    }

    private static OwnSteps Speech(MeasuredModel measured, ISequenceToSequenceModel<LogMelInput> model)
    {
        ISequenceToSequenceSession<LogMelInput> session = model.CreateSession();
        var steps = new OwnSteps(session, new float[model.Description.VocabularySize]) { Input = measured.Spectrogram() };
        AddTranslation(
            steps,
            session,
            $"first token of {measured.SourceLength}",
            measured.SourceLength,
            () => session.Encode(steps.Input),
            "input"
        );
        return steps;
    }

    private static OwnSteps Translation(ISequenceToSequenceModel<TokenInput> model)
    {
        ISequenceToSequenceSession<TokenInput> session = model.CreateSession();
        int[] source = OwnSequence.Tokens(PromptLength, model.Description.VocabularySize);
        var steps = new OwnSteps(session, new float[model.Description.VocabularySize]);
        AddTranslation(steps, session, $"first token of {PromptLength}", PromptLength, () => session.Encode(source), source);
        return steps;
    }

    /// <summary>Adds a source with its first token, and the tokens after it.</summary>
    private static void AddTranslation(
        OwnSteps steps,
        ISequenceToSequenceSession session,
        string what,
        int positions,
        Action encode,
        object source
    )
    {
        int[] first = [0],
            tokens = OwnSequence.Tokens(DecodedTokens, steps.Result.Length);
        steps.All.Add(new Step(what, positions, "positions", Translate, "translate", source, first));
        steps.All.Add(
            new Step(
                $"decode {DecodedTokens}",
                DecodedTokens,
                "tokens",
                () => OwnSequence.Decode(session, 0, tokens, steps.Result),
                "decode",
                0,
                tokens
            )
            {
                Prepare = torch =>
                {
                    Translate();
                    torch?.Call("translate", source, first);
                },
            }
        );

        void Translate()
        {
            encode();
            session.Prefill(first).CopyTo(steps.Result);
        }
    }

    private static OwnSteps Decoding(IDecoderModel model)
    {
        IDecoderSession session = model.CreateSession();
        var steps = new OwnSteps(session, new float[model.Description.VocabularySize]);
        int[] prompt = OwnSequence.Tokens(PromptLength, steps.Result.Length),
            tokens = OwnSequence.Tokens(DecodedTokens, steps.Result.Length);
        foreach (int length in new[] { PromptLength, 512 })
        {
            int[] longer = OwnSequence.Tokens(length, steps.Result.Length);
            steps.All.Add(new Step($"prefill {length}", length, "tokens", () => Prefill(longer), "prefill", longer));
        }

        steps.All.Add(
            new Step(
                $"decode {DecodedTokens}",
                DecodedTokens,
                "tokens",
                () => OwnSequence.Decode(session, PromptLength, tokens, steps.Result),
                "decode",
                PromptLength,
                tokens
            )
            {
                Prepare = torch =>
                {
                    Prefill(prompt);
                    torch?.Call("prefill", prompt);
                },
            }
        );
        return steps;

        void Prefill(int[] tokens)
        {
            session.Reset();
            session.Prefill(tokens).CopyTo(steps.Result);
        }
    }

    /// <summary>The steps of a Specializer session, and the buffer of its results.</summary>
    private sealed class OwnSteps(ISession session, float[] result) : IDisposable
    {
        public List<Step> All { get; } = [];

        public float[] Result => result;

        /// <summary>The pixels or the spectrogram; empty for token inputs.</summary>
        public float[] Input { get; init; } = [];

        public void Dispose() => session.Dispose();
    }

    /// <summary>A computation of both engines.</summary>
    private sealed record Step(string What, double Amount, string Unit, Action Ours, params object[] Theirs)
    {
        /// <summary>The preparation that both engines need.</summary>
        public Action<TorchProcess?>? Prepare { get; init; }
    }
}
